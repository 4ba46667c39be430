/**
 * A forged packet never overwrites a machine and invents none: what is remembered and shown of a
 * run is what that run has said, and there is nothing else but what somebody hostile says of himself
 * from an address of his own. (Protocol 1 proves nothing: see hostile/attackers.ts.)
 */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { Report } from "../../../src/protocol/report.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";
import type { Run, Truth } from "../world/ground-truth.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";

const NAME = "a forged packet overwrites nobody";

export class Truthful implements Invariant {
  readonly #subject: Subject;
  readonly #truth: Truth;
  /** Machines whose outage has begun in the history and is not over there. */
  readonly #out = new Set<string>();
  /** Entries of the history that say that a machine was out. */
  outages = 0;

  constructor(subject: Subject, truth: Truth) {
    this.#subject = subject;
    this.#truth = truth;
  }

  start(known: readonly KnownMachine[]): void {
    this.#out.clear();
    for (const { id, state } of known) if (isGone(state)) this.#out.add(id);
  }

  told(output: Output): void {
    if (output.kind === "forget") this.#out.delete(output.id);
    if (output.kind === "rename") this.#out.delete(output.fromId);
    if (output.kind === "outage-over") this.#out.delete(output.id);
    if (output.kind === "entry" && output.entry.state !== "up") {
      this.#out.add(output.id);
      this.outages++;
    }
    if (output.kind !== "remember" || output.machine.id === this.#subject.id) return;
    const { id, state } = output.machine;
    if (!isGone(state) && this.#out.has(id)) this.#breach(`holds ${id} for ${state} and for out`);
    this.#check(output.machine);
  }

  look(machines: readonly Machine[]): void {
    for (const machine of machines) this.#check(machine);
  }

  #check(machine: KnownMachine | Machine): void {
    const { id, incarnation, protocol } = machine;
    if (protocol === 1) {
      const isThere = this.#truth.isProtocolOneForged || this.#truth.protocolOne.has(id);
      if (!isThere) this.#breach(`holds ${id} for a machine of 2005`);
      return;
    }
    if (this.#truth.isInvented(incarnation)) return;
    const run = this.#truth.runOf(incarnation);
    if (run === undefined)
      this.#breach(`holds ${id} with incarnation ${incarnation}, which nobody has`);
    else this.#checkRun(machine, run);
  }

  #checkRun({ id, sequence, report }: KnownMachine | Machine, run: Run): void {
    const isUnderOwnId = id === run.id || id.startsWith(`${run.id}~`);
    if (!isUnderOwnId) this.#breach(`holds ${run.machine} for ${id}`);
    const newest = run.published.at(-1)?.sequence ?? 0;
    if ((sequence ?? 0) > newest) {
      this.#breach(`holds report ${sequence} of ${run.machine}, whose newest is ${newest}`);
    }
    if (report !== undefined) this.#checkReport(report, run);
  }

  /** The report may be of an earlier run, as long as that of this one is under way. */
  #checkReport({ name, load }: Report, run: Run): void {
    // Two clones take turns under one id until they are known for what they are.
    const isOwn = name.startsWith(`name-${run.id}`) || this.#truth.isLie(name);
    if (!isOwn) this.#breach(`shows a report of ${name}, ${load?.one}, as ${run.machine}'s`);
  }

  #breach(what: string): never {
    throw new Violation(NAME, `${this.#subject.machine} ${what}`);
  }
}

function isGone(state: Machine["state"]): boolean {
  return state === "down" || state === "stopped";
}
