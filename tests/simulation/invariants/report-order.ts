/**
 * An older report never replaces a newer one, and an earlier run never a later one. This holds for the
 * reports of attackers too.
 */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";
import type { GroundTruth } from "../world/ground-truth.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";
import type { RememberedMachines } from "./remembered.ts";

const NAME = "an older report never replaces a newer one";

export class ReportOrder implements Invariant {
  readonly #subject: Subject;
  readonly #truth: GroundTruth;
  readonly #remembered: RememberedMachines;
  /** By machine id, the live report that was shown last. */
  readonly #live = new Map<string, { incarnation: string | undefined; madeMs: number }>();

  constructor(
    subject: Subject,
    { truth, remembered }: { truth: GroundTruth; remembered: RememberedMachines },
  ) {
    this.#subject = subject;
    this.#truth = truth;
    this.#remembered = remembered;
  }

  start(): void {
    this.#live.clear();
  }

  output(output: Output): void {
    if (output.kind === "remember") this.#check(output.machine);
  }

  inspectTable(machines: readonly Machine[]): void {
    for (const { id, incarnation, isLive, report } of machines) {
      const madeMs = report?.load?.five;
      if (isLive !== true || madeMs === undefined) continue;
      const before = this.#live.get(id);
      if (before?.incarnation === incarnation && madeMs < (before?.madeMs ?? 0)) {
        this.#breach(`a live report of ${before?.madeMs} by one of ${madeMs} of ${id}`);
      }
      this.#live.set(id, { incarnation, madeMs });
    }
  }

  #check(now: KnownMachine): void {
    const { id, incarnation, sequence = 0 } = now;
    if (incarnation === undefined) return;
    const remembered = this.#remembered.get(id);
    if (remembered === undefined) return;
    if (remembered.incarnation === incarnation) {
      const { sequence: before = 0 } = remembered;
      if (sequence < before) this.#breach(`report ${before} by ${sequence} of ${id}`);
      return;
    }
    const [run, before] = [
      this.#truth.runOf(incarnation),
      this.#truth.runOf(remembered.incarnation),
    ];
    if (run !== undefined && run.machine === before?.machine && run.order < before.order) {
      this.#breach(`run ${before.order} by run ${run.order} of ${id}`);
    }
  }

  #breach(what: string): never {
    throw new Violation(NAME, `${this.#subject.machine} replaced ${what}`);
  }
}
