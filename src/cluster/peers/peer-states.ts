/**
 * What is thought of a machine, and what follows from a change of mind.
 *
 *     (candidate) ──answers──▶ new ──first report──▶ up ◀────────────┐
 *                               │                    │               │ answers
 *                               └──four questions────┤               │ (any of the three)
 *                                  left unanswered   ▼               │
 *                                                  silent ───────────┤
 *         goodbye, and the test of it                │ not heard of  │
 *         two seconds later unanswered               │ for 3 intervals, 15 s at least
 *     new, up, silent ─────────▶ stopped ────────────┼───────────────┤
 *                                                    ▼               │
 *                                                   down ────────────┘
 *     stopped, down ──not heard of for 1,440 intervals──▶ forgotten
 *
 * Only an answer to an open question counts as being heard of. The times are on the clock of
 * deadlines, so this machine's own absence is never held against the others. `stopped` and
 * `down` are outages: they are entries of the history and begin when the machine was last heard.
 */

import type { Entry, MachineState } from "../../store/kept.ts";
import type { CoreContext } from "../core-context.ts";
import {
  ANSWER_WAIT_MS,
  DOWN_INTERVALS,
  FORGET_INTERVALS,
  GOODBYE_TEST_MS,
  GOODBYE_WAIT_MS,
  MIN_DOWN_MS,
  SECOND,
  TICK_PROMISE_MS,
} from "../limits.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import { quote } from "../serving/quote.ts";
import { isQuiet, type Peer } from "./peer.ts";
import { knownFromPeer } from "./peer-record.ts";
import type { PeerTable } from "./peer-table.ts";
import { silenceIntervalMs } from "./v1-reports.ts";

export class PeerStates {
  readonly #context: CoreContext;
  readonly #table: PeerTable;
  readonly #onGone: (peer: Peer) => void;
  /** When each machine is to be looked at again; late deadlines are moved when they come. */
  readonly #queue = new DeadlineQueue<Peer>();
  readonly #changed = new Set<Peer>();
  readonly #toRemember = new Set<Peer>();
  /** On the clock of ages. */
  #lastRunMs: number;
  /** Since when packets have been read without a pause (clock of deadlines). */
  #awakeFromMs: number;

  /** `onGone`: this machine is about to leave the table. */
  constructor(context: CoreContext, table: PeerTable, onGone: (peer: Peer) => void) {
    this.#context = context;
    this.#table = table;
    this.#onGone = onGone;
    this.#lastRunMs = context.clock.ageMs;
    this.#awakeFromMs = context.clock.deadlineMs;
  }

  nextMs(): number {
    return this.#queue.nextMs();
  }

  /** Machines that have a time to be looked at, each one. */
  get planned(): number {
    return this.#queue.size;
  }

  /** A machine is in the table now, met or remembered. */
  add(peer: Peer): void {
    this.#table.add(peer);
    this.updateDeadline(peer);
  }

  /** What the states rests on has changed: its interval, the time it was heard. */
  updateDeadline(peer: Peer): void {
    this.#queue.set(peer, this.#dueMs(peer));
  }

  /** It is forgotten, with its history. */
  forget(peer: Peer): void {
    this.#remove(peer);
    this.#context.emit({ kind: "forget", id: peer.id });
    this.#context.emit({ kind: "changed", id: peer.id });
  }

  /** It is shown no longer; what the store has of it stays there, for when it comes back. */
  evict(peer: Peer): void {
    if (this.#toRemember.has(peer)) this.#remember(peer);
    this.#remove(peer);
    this.#context.emit({ kind: "changed", id: peer.id });
  }

  /** It has answered an open question; its report, if one came, is in place. */
  noteAnswer(peer: Peer): void {
    const { clock } = this.#context;
    peer.heardMs = clock.ageMs;
    peer.heardDeadlineMs = clock.deadlineMs;
    peer.silenceFromMs = clock.deadlineMs;
    peer.unanswered = 0;
    peer.askedMs = undefined;
    this.#table.setHeard(peer);
    peer.round = undefined;
    peer.goodbye = undefined;
    if (peer.state === "down" || peer.state === "stopped") {
      this.#context.emit({ kind: "outage-over", id: peer.id, untilWallMs: clock.wallMs });
    }
    this.#setState(peer, peer.report === undefined ? "new" : "up");
  }

  /** It has answered a quick question: alive, and nothing else is known of it by that. */
  noteRingAnswer(peer: Peer): void {
    const { clock } = this.#context;
    peer.heardMs = clock.ageMs;
    peer.heardDeadlineMs = clock.deadlineMs;
    peer.silenceFromMs = clock.deadlineMs;
    peer.askedMs = undefined;
  }

  /** Its silence counts from now on, as if it had been heard. */
  resetSilence(peer: Peer): void {
    peer.silenceFromMs = this.#context.clock.deadlineMs;
    this.updateDeadline(peer);
  }

  /** A question and its repeats were left unanswered. */
  setSilent(peer: Peer): void {
    if (!isQuiet(peer)) this.#setState(peer, "silent");
  }

  /** It said goodbye, and left the question after that unanswered. */
  setStopped(peer: Peer): void {
    peer.goodbye = undefined;
    peer.spokeMs = Number.NEGATIVE_INFINITY;
    const saidWallMs = this.#context.clock.wallMs - GOODBYE_TEST_MS - GOODBYE_WAIT_MS;
    this.#beginOutage(peer, { state: "stopped", atWallMs: saidWallMs });
  }

  /** For readers and for the store, once for each call of the core. */
  noteChange(peer: Peer, options: { readonly remember: boolean }): void {
    this.#changed.add(peer);
    if (options.remember) this.#toRemember.add(peer);
  }

  flush(): void {
    if (this.#changed.size === 0 && this.#toRemember.size === 0) return;
    for (const peer of this.#toRemember) this.#remember(peer);
    this.#toRemember.clear();
    for (const peer of this.#changed) this.#context.emit({ kind: "changed", id: peer.id });
    this.#changed.clear();
  }

  run(): void {
    const nowMs = this.#context.clock.deadlineMs;
    this.#notePause();
    for (;;) {
      const peer = this.#queue.popDue(nowMs);
      if (peer === undefined) return;
      const isDue = this.#dueMs(peer) <= nowMs;
      if (isDue && isGone(peer)) {
        this.#context.log("info", `${describePeer(peer)} is forgotten`);
        this.forget(peer);
        continue;
      }
      if (isDue) {
        const atWallMs = this.#context.clock.wallAt(peer.heardMs);
        this.#beginOutage(peer, { state: "down", atWallMs });
      }
      this.updateDeadline(peer);
    }
  }

  #remember(peer: Peer): void {
    this.#context.emit({ kind: "remember", machine: knownFromPeer(peer, this.#context.clock) });
  }

  #remove(peer: Peer): void {
    this.#onGone(peer);
    this.#table.remove(peer);
    this.#queue.delete(peer);
    this.#changed.delete(peer);
    this.#toRemember.delete(peer);
  }

  /** When the machine would be down, or, if it is gone already, forgotten. */
  #dueMs(peer: Peer): number {
    const intervalMs = silenceIntervalMs(peer, this.#context.intervalMs);
    const from = Math.max(peer.heardDeadlineMs, peer.silenceFromMs);
    const downMs = from + Math.max(DOWN_INTERVALS * intervalMs, MIN_DOWN_MS);
    if (!isGone(peer)) return Math.max(downMs, this.#proofMs(peer));
    // After a long absence of our own, each machine is asked before it is forgotten.
    return Math.max(peer.heardDeadlineMs + FORGET_INTERVALS * intervalMs, downMs);
  }

  /** When its silence proves something: it was asked, and this machine was there to hear it. */
  #proofMs(peer: Peer): number {
    const nowMs = this.#context.clock.deadlineMs;
    // That test comes to a conclusion of its own.
    if (peer.goodbye !== undefined) return nowMs + SECOND;
    const { askedMs = nowMs } = peer;
    const isAskable = peer.contacts.length > 0;
    return Math.max(isAskable ? askedMs : 0, this.#awakeFromMs) + ANSWER_WAIT_MS;
  }

  /** After a pause the answers that came meanwhile may still wait in the socket. */
  #notePause(): void {
    const { ageMs, deadlineMs } = this.#context.clock;
    if (ageMs - this.#lastRunMs > 2 * TICK_PROMISE_MS) this.#awakeFromMs = deadlineMs;
    this.#lastRunMs = ageMs;
  }

  #beginOutage(peer: Peer, outage: Extract<Entry, { state: "down" | "stopped" }>): void {
    this.#setState(peer, outage.state, outage.atWallMs);
    this.#context.emit({ kind: "entry", id: peer.id, entry: outage });
  }

  #setState(peer: Peer, state: MachineState, sinceWallMs = this.#context.clock.wallMs): void {
    if (peer.state === state) return;
    const wasQuiet = isQuiet(peer);
    this.#table.setState(peer, state);
    peer.stateSinceWallMs = sinceWallMs;
    // From silent to down it stays on the pace that it has reached.
    if (!wasQuiet) peer.quietSinceMs = this.#context.clock.deadlineMs;
    this.noteChange(peer, { remember: true });
    this.updateDeadline(peer);
    this.#context.log("info", `${describePeer(peer)} is ${state}`);
  }
}

function isGone(peer: Peer): boolean {
  return peer.state === "down" || peer.state === "stopped";
}

export function describePeer(peer: Peer): string {
  return `machine ${quote(peer.name)} at ${peer.address}`;
}
