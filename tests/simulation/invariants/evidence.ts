/**
 * A machine shows another as silent, stopped or down only on evidence of its own, never because a
 * third machine says so, and never while the other answers (docs/protocol.md):
 *
 * - silent: within the last 13 s it has left unanswered four ordinary questions of this machine, which
 *   take 11 s, or six quick ones, which take 1.6 s;
 * - stopped: it has left one question after its goodbye unanswered;
 * - down: nothing that counts as an answer has come for three intervals, at least 15 s.
 *
 * Whether it answered is judged by the packets that were delivered (answer-record.ts).
 */

import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";
import type { GroundTruth, Run } from "../world/ground-truth.ts";
import { QUESTIONS } from "../world/packet-kind.ts";
import { AnswerRecord } from "./answer-record.ts";
import { type Invariant, type Received, type Sent, type Subject, Violation } from "./invariant.ts";
import type { RememberedMachines } from "./remembered.ts";

const NAME = "no machine is shown silent, stopped or down without evidence";
const WINDOW_MS = 13_000;
/** This long after an address change, all machines know the new address. */
const MOVED_MS = 600_000;
const QUESTIONS_FOR_SILENT = 4;
const QUICK_QUESTIONS_FOR_SILENT = 6;
const QUESTIONS_FOR_STOPPED = 1;
const DOWN_INTERVALS = 3;
const LEAST_DOWN_MS = 15_000;
const WAKING_MS = 6000;
/** Clocks run fast by 1 % at most; the other 1 % is margin. */
const DRIFT = 1.02;
/** How many expired questions are removed from the array at a time. */
const DROPPED_AT_ONCE = 1024;

interface World {
  readonly nowMs: number;
}

export class Evidence implements Invariant {
  readonly #subject: Subject;
  readonly #truth: GroundTruth;
  readonly #world: World;
  /** The questions of the last 13 s, preceded by expired ones that are dropped many at a time. */
  readonly #asked: { readonly to: string; readonly atMs: number; readonly isQuick: boolean }[] = [];
  /** The index of the first question that has not expired. */
  #first = 0;
  readonly #answers: AnswerRecord;
  readonly #remembered: RememberedMachines;
  /** By machine id, the world time at which it got or lost an address. */
  readonly #changedMs = new Map<string, number>();

  constructor(
    subject: Subject,
    parts: { truth: GroundTruth; world: World; remembered: RememberedMachines },
  ) {
    const { truth, world } = parts;
    this.#subject = subject;
    this.#truth = truth;
    this.#world = world;
    this.#remembered = parts.remembered;
    this.#answers = new AnswerRecord(truth, world);
  }

  start(): void {
    this.#asked.length = 0;
    this.#first = 0;
    this.#answers.start();
    this.#changedMs.clear();
  }

  sent(sent: Sent): void {
    const { to, kind } = sent;
    if (!QUESTIONS.has(kind)) return;
    this.#asked.push({ to, atMs: this.#world.nowMs, isQuick: kind === "ring-question" });
    this.#answers.asked(sent);
    this.#dropOld();
  }

  #dropOld(): void {
    const sinceMs = this.#world.nowMs - WINDOW_MS;
    for (;;) {
      const first = this.#asked[this.#first];
      if (first === undefined || first.atMs >= sinceMs) break;
      this.#answers.expire(first.to, first.atMs);
      this.#first++;
    }
    if (this.#first < DROPPED_AT_ONCE) return;
    this.#asked.splice(0, this.#first);
    this.#first = 0;
  }

  received(received: Received): void {
    // The core discards answers that arrive while it is noticing that it was suspended.
    const isAwake = this.#world.nowMs - this.#subject.disturbedMs >= WAKING_MS;
    this.#answers.received(received, { isCounted: isAwake });
  }

  output(output: Output): void {
    if (output.kind !== "remember") return;
    const { id, state, incarnation, addresses } = output.machine;
    const before = this.#remembered.get(id);
    const isSame = before !== undefined && isEqual(before.addresses, addresses);
    if (!isSame) this.#changedMs.set(id, this.#world.nowMs);
    if (state === before?.state) return;
    if (state === "down") this.#checkDown(output.machine);
    const run = this.#truth.runOf(incarnation);
    // A machine whose address another has taken cannot be asked, and is rightly silent.
    if (run === undefined || this.#hasRecentlyMoved(run) || this.#isAddressTaken(output.machine))
      return;
    // A pause of this machine, of any length, may lie between its questions.
    const changedMs = Math.max(this.#subject.disturbedMs, this.#changedMs.get(id) ?? 0);
    if (this.#world.nowMs - changedMs < 2 * WINDOW_MS) return;
    if (state === "silent" || state === "stopped") this.#checkAsked(output.machine);
  }

  /** Whether each of its addresses now belongs to another machine, such as one of its clones. */
  #isAddressTaken({ id, addresses }: KnownMachine): boolean {
    return addresses.every((address) => this.#remembered.hasOtherAt(address, id));
  }

  #checkDown(machine: KnownMachine): void {
    const quietMs = this.#world.nowMs - this.#answers.lastMs(machine).any;
    const intervalsMs = DOWN_INTERVALS * this.#subject.updateSeconds * 1000;
    if (quietMs * DRIFT >= Math.max(intervalsMs, LEAST_DOWN_MS)) return;
    this.#breach(machine, `${Math.round(quietMs / 1000)} s after its last answer`);
  }

  #checkAsked(machine: KnownMachine): void {
    const { slow, any } = this.#answers.lastMs(machine);
    const asked = this.#askedSince(slow, machine, { isQuick: false });
    if (machine.state === "stopped") {
      if (asked < QUESTIONS_FOR_STOPPED) this.#breach(machine, "without having asked it");
      return;
    }
    // An ordinary answer also ends a test by quick questions; a quick answer ends only the latter.
    const askedQuickly = this.#askedSince(any, machine, { isQuick: true });
    if (asked >= QUESTIONS_FOR_SILENT || askedQuickly >= QUICK_QUESTIONS_FOR_SILENT) return;
    this.#breach(machine, `after ${asked} ordinary and ${askedQuickly} quick questions`);
  }

  #breach({ id, state }: KnownMachine, why: string): never {
    throw new Violation(NAME, `${this.#subject.machine} shows ${id} ${state} ${why}`);
  }

  #hasRecentlyMoved({ machine }: Run): boolean {
    const movedMs = this.#truth.movedMs.get(machine) ?? Number.NEGATIVE_INFINITY;
    return this.#world.nowMs - movedMs < MOVED_MS;
  }

  /** How many quick or ordinary questions went to it since then, within the last 13 s. */
  #askedSince(
    sinceMs: number,
    { addresses }: KnownMachine,
    { isQuick }: { readonly isQuick: boolean },
  ): number {
    this.#dropOld();
    let count = 0;
    for (let i = this.#first; i < this.#asked.length; i++) {
      const asked = this.#asked[i];
      if (asked === undefined || asked.isQuick !== isQuick || asked.atMs < sinceMs) continue;
      if (addresses.includes(asked.to)) count++;
    }
    return count;
  }
}

function isEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, i) => one === others[i]);
}
