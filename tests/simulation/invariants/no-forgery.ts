/**
 * A forged packet never changes or invents a machine. What is remembered and shown of a run is what
 * that run has said; beyond that there is only what an attacker says about itself from an address of
 * its own. (Protocol 1 proves nothing: see attackers/attackers.ts.)
 */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { Report } from "../../../src/protocol/report.ts";
import type { Entry, KnownMachine } from "../../../src/store/history-types.ts";
import type { GroundTruth, Run } from "../world/ground-truth.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";

const NAME = "a forged packet neither changes nor invents a machine";

export class NoForgery implements Invariant {
  readonly #subject: Subject;
  readonly #truth: GroundTruth;
  /** Machines with an outage in the history that has begun but not ended. */
  readonly #out = new Set<string>();
  /** By machine id, the report of its newest entry. */
  readonly #reports = new Map<string, Report>();
  /** How many entries in the history say that a machine was down or stopped. */
  outages = 0;

  constructor(subject: Subject, truth: GroundTruth) {
    this.#subject = subject;
    this.#truth = truth;
  }

  start(known: readonly KnownMachine[]): void {
    this.#out.clear();
    this.#reports.clear();
    for (const { id, state } of known) if (isDownOrStopped(state)) this.#out.add(id);
  }

  output(output: Output): void {
    if (output.kind === "forget") this.#drop(output.id);
    if (output.kind === "rename") this.#drop(output.fromId);
    if (output.kind === "outage-over") this.#out.delete(output.id);
    if (output.kind === "entry") this.#note(output.id, output.entry);
    if (output.kind !== "remember" || output.machine.id === this.#subject.id) return;
    const { id, state } = output.machine;
    if (!isDownOrStopped(state) && this.#out.has(id)) {
      this.#breach(`shows ${id} ${state} during an outage in its history`);
    }
    const report = this.#reports.get(id);
    this.#check(report === undefined ? output.machine : { ...output.machine, report });
  }

  inspectTable(machines: readonly Machine[]): void {
    for (const machine of machines) this.#check(machine);
  }

  #note(id: string, entry: Entry): void {
    if (entry.state === "up") {
      this.#reports.set(id, entry.report);
    } else {
      this.#out.add(id);
      this.outages++;
    }
  }

  #drop(id: string): void {
    this.#out.delete(id);
    this.#reports.delete(id);
  }

  #check(machine: KnownMachine | Machine): void {
    const { id, incarnation, protocol } = machine;
    if (protocol === 1) {
      const isThere = this.#truth.isV1Forged || this.#truth.v1Addresses.has(id);
      if (!isThere) this.#breach(`shows ${id} as a protocol-1 machine`);
      return;
    }
    if (this.#truth.isInvented(incarnation)) return;
    const run = this.#truth.runOf(incarnation);
    if (run === undefined) this.#breach(`shows ${id} with the unknown incarnation ${incarnation}`);
    this.#checkRun(machine, run);
  }

  #checkRun({ id, sequence, report }: KnownMachine | Machine, run: Run): void {
    const isUnderOwnId = id === run.id || id.startsWith(`${run.id}~`);
    if (!isUnderOwnId) this.#breach(`shows ${run.machine} as ${id}`);
    const newest = run.published.at(-1)?.sequence ?? 0;
    if ((sequence ?? 0) > newest) {
      this.#breach(`has report ${sequence} of ${run.machine}, whose newest is ${newest}`);
    }
    if (report !== undefined) this.#checkReport(report, run);
  }

  /** The report may be of an earlier run until the first one of this run arrives. */
  #checkReport({ name, load }: Report, run: Run): void {
    // Two clones take turns under one id until they are recognised as clones.
    const isOwn = name.startsWith(`name-${run.id}`) || this.#truth.isForgedName(name);
    if (!isOwn) this.#breach(`shows a report of ${name}, ${load?.one}, as ${run.machine}'s`);
  }

  #breach(what: string): never {
    throw new Violation(NAME, `${this.#subject.machine} ${what}`);
  }
}

function isDownOrStopped(state: Machine["state"]): boolean {
  return state === "down" || state === "stopped";
}
