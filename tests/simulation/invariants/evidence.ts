/**
 * Nobody is called silent on hearsay: a machine must have left four questions of this very one
 * unanswered, and one for `stopped`. Six quick ones take 1.6 s, four others 11 s (docs/protocol.md),
 * so they must lie within the last 13 s.
 */
import type { KnownMachine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { Run, Truth } from "../truth.ts";
import { QUESTIONS } from "../wire.ts";
import { type Invariant, type Sent, type Subject, Violation } from "./invariant.ts";

const NAME = "nobody is called silent on hearsay";
const WINDOW_MS = 13_000;
/** After this it has told everybody where it is. */
const MOVED_MS = 600_000;
const QUESTIONS_FOR_SILENT = 4;
const QUESTIONS_FOR_STOPPED = 1;
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
  readonly #asked: { readonly to: string; readonly atMs: number }[] = [];
  /** Where those of the last 13 s begin, at the earliest. */
  #first = 0;
  readonly #held = new Map<string, KnownMachine>();
  /** By key, when it got or lost an address, which was asked before. */
  readonly #changedMs = new Map<string, number>();

  constructor(subject: Subject, { truth, world }: { truth: Truth; world: World }) {
    this.#subject = subject;
    this.#truth = truth;
    this.#world = world;
  }

  start(known: readonly KnownMachine[]): void {
    this.#asked.length = 0;
    this.#first = 0;
    this.#held.clear();
    this.#changedMs.clear();
    for (const machine of known) this.#held.set(machine.id, machine);
  }

  sent({ to, kind }: Sent): void {
    if (!QUESTIONS.has(kind)) return;
    this.#asked.push({ to, atMs: this.#world.nowMs });
    this.#dropOld();
  }

  #dropOld(): void {
    const sinceMs = this.#world.nowMs - WINDOW_MS;
    while ((this.#asked[this.#first]?.atMs ?? sinceMs) < sinceMs) this.#first++;
    if (this.#first < MANY) return;
    this.#asked.splice(0, this.#first);
    this.#first = 0;
  }

  told(output: Output): void {
    if (output.kind === "forget") this.#held.delete(output.id);
    if (output.kind !== "remember") return;
    const { id, state, boot, addresses } = output.machine;
    const before = this.#held.get(id);
    this.#held.set(id, output.machine);
    const isSame = before !== undefined && isEqual(before.addresses, addresses);
    if (!isSame) this.#changedMs.set(id, this.#world.nowMs);
    const run = this.#truth.runOf(boot);
    // Who has lost its address to another cannot be asked, and is silent for that.
    if (state === before?.state || run === undefined || this.#hasMoved(run)) return;
    const needed = questionsFor(state);
    // A pause of this machine may lie between its questions, however long it was.
    const changedMs = Math.max(this.#subject.troubledMs, this.#changedMs.get(id) ?? 0);
    if (needed === 0 || this.#world.nowMs - changedMs < 2 * WINDOW_MS) return;
    const asked = addresses.reduce((sum, address) => sum + this.#askedLately(address), 0);
    if (asked >= needed) return;
    const { machine } = this.#subject;
    throw new Violation(NAME, `${machine} calls ${id} ${state} after ${asked} questions`);
  }

  #hasMoved({ machine }: Run): boolean {
    const movedMs = this.#truth.movedMs.get(machine) ?? Number.NEGATIVE_INFINITY;
    return this.#world.nowMs - movedMs < MOVED_MS;
  }

  #askedLately(address: string): number {
    this.#dropOld();
    let count = 0;
    for (let i = this.#first; i < this.#asked.length; i++) {
      if (this.#asked[i]?.to === address) count++;
    }
    return count;
  }
}

function questionsFor(state: KnownMachine["state"]): number {
  if (state === "silent") return QUESTIONS_FOR_SILENT;
  return state === "stopped" ? QUESTIONS_FOR_STOPPED : 0;
}

function isEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, i) => one === others[i]);
}
