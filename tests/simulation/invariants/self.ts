/** A machine is in its own table exactly once: as itself, up or new, and not as another machine. */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";
import type { GroundTruth } from "../world/ground-truth.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";

const NAME = "a machine shows itself exactly once, as itself";

export class Self implements Invariant {
  readonly #subject: Subject;
  readonly #truth: GroundTruth;

  constructor(subject: Subject, truth: GroundTruth) {
    this.#subject = subject;
    this.#truth = truth;
  }

  output(output: Output): void {
    if (output.kind === "remember") this.#check(output.machine);
    const isOutage = output.kind === "entry" && output.entry.state !== "up";
    if (isOutage && output.id === this.#subject.id) this.#breach("records an outage of its own");
  }

  inspectTable(machines: readonly Machine[]): void {
    const selves = machines.filter(({ isSelf }) => isSelf);
    if (selves.length !== 1) this.#breach(`shows itself ${selves.length} times`);
    const [self] = selves;
    if (self?.id !== this.#subject.id || self.incarnation !== this.#subject.incarnation) {
      this.#breach(`takes ${self?.id} for itself`);
    }
    if (self?.state !== "up" && self?.state !== "new") this.#breach(`shows itself ${self?.state}`);
    for (const machine of machines) if (!machine.isSelf) this.#check(machine);
  }

  #check({ id, incarnation, protocol }: KnownMachine | Machine): void {
    const subject = this.#subject;
    if (id === subject.id) {
      if (incarnation !== subject.incarnation) this.#breach(`takes ${incarnation} for itself`);
      return;
    }
    if (incarnation === subject.incarnation) this.#breach(`takes itself for ${id}`);
    // It may remember the machine that had one of its present addresses before it did.
    const isOwnAddress =
      protocol === 1 && subject.addresses.includes(id) && !this.#truth.movedMs.has(subject.machine);
    if (isOwnAddress) this.#breach(`takes its own address ${id} for a protocol-1 machine`);
  }

  #breach(what: string): never {
    throw new Violation(NAME, `${this.#subject.machine} ${what}`);
  }
}
