/**
 * Nobody is called silent, stopped or down on hearsay, nor although he answers (docs/protocol.md):
 *
 * - silent: questions of this very machine were left unanswered, four ordinary ones, which take 11 s,
 *   or six quick ones, which take 1.6 s: so they must lie within the last 13 s;
 * - stopped: one question, after the goodbye;
 * - down: nothing that counts as an answer has come for three intervals, or 15 s.
 *
 * What came is what was delivered (answered.ts).
 */

import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";
import type { Run, Truth } from "../world/ground-truth.ts";
import { QUESTIONS } from "../world/packet-kind.ts";
import { Answered } from "./answer-record.ts";
import { type Invariant, type Received, type Sent, type Subject, Violation } from "./invariant.ts";
import type { Held } from "./remembered.ts";

const NAME = "nobody is called silent on hearsay";
const WINDOW_MS = 13_000;
/** After this it has told everybody where it is. */
const MOVED_MS = 600_000;
const QUESTIONS_FOR_SILENT = 4;
const QUICK_QUESTIONS_FOR_SILENT = 6;
const QUESTIONS_FOR_STOPPED = 1;
const DOWN_INTERVALS = 3;
const LEAST_DOWN_MS = 15_000;
const WAKING_MS = 6000;
/** Clocks run fast by a hundredth at most. */
const DRIFT = 1.02;
/** So many old questions are dropped at a time. */
const MANY = 1024;

interface World {
  readonly nowMs: number;
}

export class Evidence implements Invariant {
  readonly #subject: Subject;
  readonly #truth: Truth;
  readonly #world: World;
  /** The questions of the last 13 s, and some before them: looked at far less often than added to. */
  readonly #asked: { readonly to: string; readonly atMs: number; readonly isQuick: boolean }[] = [];
  /** Where those of the last 13 s begin, at the earliest. */
  #first = 0;
  readonly #answered: Answered;
  readonly #held: Held;
  /** By key, when it got or lost an address, which was asked before. */
  readonly #changedMs = new Map<string, number>();

  constructor(subject: Subject, parts: { truth: Truth; world: World; held: Held }) {
    const { truth, world } = parts;
    this.#subject = subject;
    this.#truth = truth;
    this.#world = world;
    this.#held = parts.held;
    this.#answered = new Answered(truth, world);
  }

  start(): void {
    this.#asked.length = 0;
    this.#first = 0;
    this.#answered.start();
    this.#changedMs.clear();
  }

  sent(sent: Sent): void {
    const { to, kind } = sent;
    if (!QUESTIONS.has(kind)) return;
    this.#asked.push({ to, atMs: this.#world.nowMs, isQuick: kind === "ring-question" });
    this.#answered.asked(sent);
    this.#dropOld();
  }

  #dropOld(): void {
    const sinceMs = this.#world.nowMs - WINDOW_MS;
    for (;;) {
      const first = this.#asked[this.#first];
      if (first === undefined || first.atMs >= sinceMs) break;
      this.#answered.expire(first.to, first.atMs);
      this.#first++;
    }
    if (this.#first < MANY) return;
    this.#asked.splice(0, this.#first);
    this.#first = 0;
  }

  received(received: Received): void {
    // What is under way when it finds that it was suspended counts for nothing.
    const isAwake = this.#world.nowMs - this.#subject.troubledMs >= WAKING_MS;
    this.#answered.received(received, { isCounted: isAwake });
  }

  told(output: Output): void {
    if (output.kind !== "remember") return;
    const { id, state, incarnation, addresses } = output.machine;
    const before = this.#held.get(id);
    const isSame = before !== undefined && isEqual(before.addresses, addresses);
    if (!isSame) this.#changedMs.set(id, this.#world.nowMs);
    if (state === before?.state) return;
    if (state === "down") this.#checkDown(output.machine);
    const run = this.#truth.runOf(incarnation);
    // Who has lost its address to another cannot be asked, and is silent for that.
    if (run === undefined || this.#hasMoved(run) || this.#isTaken(output.machine)) return;
    // A pause of this machine may lie between its questions, however long it was.
    const changedMs = Math.max(this.#subject.troubledMs, this.#changedMs.get(id) ?? 0);
    if (this.#world.nowMs - changedMs < 2 * WINDOW_MS) return;
    if (state === "silent" || state === "stopped") this.#checkAsked(output.machine);
  }

  /** Where it was, another is held to be: one of its clones, say. */
  #isTaken({ id, addresses }: KnownMachine): boolean {
    return addresses.every((address) => this.#held.hasOtherAt(address, id));
  }

  #checkDown(machine: KnownMachine): void {
    const quietMs = this.#world.nowMs - this.#answered.lastMs(machine).any;
    const intervalsMs = DOWN_INTERVALS * this.#subject.updateSeconds * 1000;
    if (quietMs * DRIFT >= Math.max(intervalsMs, LEAST_DOWN_MS)) return;
    this.#breach(machine, `${Math.round(quietMs / 1000)} s after it has answered`);
  }

  #checkAsked(machine: KnownMachine): void {
    const { slow, any } = this.#answered.lastMs(machine);
    const asked = this.#askedSince(slow, machine, { isQuick: false });
    if (machine.state === "stopped") {
      if (asked < QUESTIONS_FOR_STOPPED) this.#breach(machine, "unasked");
      return;
    }
    // An ordinary answer ends a test by quick questions, but not the other way round.
    const askedQuickly = this.#askedSince(any, machine, { isQuick: true });
    if (asked >= QUESTIONS_FOR_SILENT || askedQuickly >= QUICK_QUESTIONS_FOR_SILENT) return;
    this.#breach(machine, `after ${asked} ordinary and ${askedQuickly} quick questions`);
  }

  #breach({ id, state }: KnownMachine, why: string): never {
    throw new Violation(NAME, `${this.#subject.machine} calls ${id} ${state} ${why}`);
  }

  #hasMoved({ machine }: Run): boolean {
    const movedMs = this.#truth.movedMs.get(machine) ?? Number.NEGATIVE_INFINITY;
    return this.#world.nowMs - movedMs < MOVED_MS;
  }

  /** How many questions of a sort have gone to it since then, within the last 13 s. */
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
