/** Nobody marks itself: this machine is in its table once, as itself, and as nobody else. */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";
import type { Truth } from "../world/ground-truth.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";

const NAME = "nobody marks itself";

export class Self implements Invariant {
  readonly #subject: Subject;
  readonly #truth: Truth;

  constructor(subject: Subject, truth: Truth) {
    this.#subject = subject;
    this.#truth = truth;
  }

  told(output: Output): void {
    if (output.kind === "remember") this.#check(output.machine);
    const isMarked = output.kind === "entry" && output.entry.state !== "up";
    if (isMarked && output.id === this.#subject.id) this.#breach("holds itself for out");
  }

  look(machines: readonly Machine[]): void {
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
    // Of an address that it has been given, it may remember who was there before.
    const isOwnAddress =
      protocol === 1 && subject.addresses.includes(id) && !this.#truth.movedMs.has(subject.machine);
    if (isOwnAddress) this.#breach(`takes its own address ${id} for a machine of 2005`);
  }

  #breach(what: string): never {
    throw new Violation(NAME, `${this.#subject.machine} ${what}`);
  }
}
