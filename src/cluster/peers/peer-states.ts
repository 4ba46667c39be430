/**
 * The state of each machine, when it changes, and what follows from a change.
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
 * A machine is heard of only when it answers an open question. The times are on the clock of deadlines,
 * so that this machine's own absence is never held against the others. `stopped` and `down` are
 * outages: they are entries of the history, which begin when the machine was last heard.
 */
import { quoted } from "../../base/printable.ts";
import type { Report } from "../../protocol/report.ts";
import type { Entry, MachineState } from "../../store/history-types.ts";
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
import { withMessagesOf } from "./live-report.ts";
import { isDownOrStopped, isQuiet, type Peer } from "./peer.ts";
import { knownFromPeer } from "./peer-record.ts";
import type { PeerTable } from "./peer-table.ts";
import { silenceIntervalMs } from "./v1-reports.ts";

export class PeerStates {
  readonly #context: CoreContext;
  readonly #table: PeerTable;
  readonly #onRemove: (peer: Peer) => void;
  /** When each machine's state is to be checked; a check that turns out to be early is planned anew. */
  readonly #checks = new DeadlineQueue<Peer>();
  readonly #changed = new Set<Peer>();
  readonly #toRemember = new Set<Peer>();
  /** On the clock of ages. */
  #lastRunMs: number;
  /** Since when packets have been read without a pause (clock of deadlines). */
  #awakeFromMs: number;

  /** `onRemove` is called with each machine that is about to leave the table. */
  constructor(context: CoreContext, table: PeerTable, onRemove: (peer: Peer) => void) {
    this.#context = context;
    this.#table = table;
    this.#onRemove = onRemove;
    this.#lastRunMs = context.clock.ageMs;
    this.#awakeFromMs = context.clock.deadlineMs;
  }

  nextMs(): number {
    return this.#checks.nextMs();
  }

  sizes() {
    return { plannedStateChecks: this.#checks.size };
  }

  /** Puts a machine into the table, newly met or known from an earlier run. */
  add(peer: Peer): void {
    this.#table.add(peer);
    this.planCheck(peer);
  }

  /** Something that the state depends on has changed: the machine's interval, the time it was heard. */
  planCheck(peer: Peer): void {
    this.#checks.set(peer, this.#dueMs(peer));
  }

  /** Removes the machine together with its history. */
  forget(peer: Peer): void {
    this.#remove(peer);
    this.#context.emit({ kind: "forget", id: peer.id });
    this.#context.emit({ kind: "changed", id: peer.id });
  }

  /** Removes the machine from the table; the store keeps its history, for when it comes back. */
  evict(peer: Peer): void {
    if (this.#toRemember.has(peer)) this.#remember(peer);
    this.#remove(peer);
    this.#context.emit({ kind: "changed", id: peer.id });
  }

  /** Keeps an interval report, in the table and in the history. */
  keepReport(peer: Peer, report: Report, ageMs: number): void {
    const { clock } = this.#context;
    peer.report = report;
    peer.reportMadeMs = clock.ageMs - ageMs;
    peer.httpPort = report.httpPort;
    peer.emptyAnswers = 0;
    if (peer.live !== undefined) {
      peer.live = { ...peer.live, report: withMessagesOf(peer.live.report, report) };
    }
    const atWallMs = Math.round(clock.wallAt(peer.reportMadeMs));
    peer.reportAtWallMs = atWallMs;
    this.#context.emit({ kind: "entry", id: peer.id, entry: { state: "up", atWallMs, report } });
    this.noteChange(peer, { remember: true });
  }

  /** The machine has answered an open question; its report, if one came, is already in place. */
  noteAnswer(peer: Peer): void {
    this.noteRingAnswer(peer);
    peer.unanswered = 0;
    this.#table.setHeard(peer);
    peer.round = undefined;
    peer.goodbye = undefined;
    if (isDownOrStopped(peer)) {
      const untilWallMs = this.#context.clock.wallMs;
      this.#context.emit({ kind: "outage-over", id: peer.id, untilWallMs });
    }
    this.#setState(peer, peer.report === undefined ? "new" : "up");
  }

  /** The machine has answered a quick question: it is alive, and nothing else is known by that. */
  noteRingAnswer(peer: Peer): void {
    const { clock } = this.#context;
    peer.heardMs = clock.ageMs;
    peer.heardDeadlineMs = clock.deadlineMs;
    peer.silenceFromMs = clock.deadlineMs;
    peer.askedMs = undefined;
  }

  /** The machine's silence counts from now on, as if it had just answered. */
  resetSilence(peer: Peer): void {
    peer.silenceFromMs = this.#context.clock.deadlineMs;
    this.planCheck(peer);
  }

  /** The machine has left a question and its repeats unanswered. */
  setSilent(peer: Peer): void {
    if (!isQuiet(peer)) this.#setState(peer, "silent");
  }

  /** The machine has said goodbye, and has left the question that tested it unanswered. */
  setStopped(peer: Peer): void {
    peer.goodbye = undefined;
    peer.spokeMs = Number.NEGATIVE_INFINITY;
    const saidWallMs = this.#context.clock.wallMs - GOODBYE_TEST_MS - GOODBYE_WAIT_MS;
    this.#beginOutage(peer, { state: "stopped", atWallMs: saidWallMs });
  }

  /** Readers, and with `remember` the store, learn of the change once for each call of the core. */
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
    for (const peer of this.#checks.due(nowMs)) {
      const isDue = this.#dueMs(peer) <= nowMs;
      if (isDue && isDownOrStopped(peer)) {
        this.#context.log(
          "info",
          `${describePeer(peer)} is forgotten: not heard of for ${FORGET_INTERVALS} intervals`,
        );
        this.forget(peer);
        continue;
      }
      if (isDue) {
        const atWallMs = this.#context.clock.wallAt(peer.heardMs);
        this.#beginOutage(peer, { state: "down", atWallMs });
      }
      this.planCheck(peer);
    }
  }

  #remember(peer: Peer): void {
    this.#context.emit({ kind: "remember", machine: knownFromPeer(peer, this.#context.clock) });
  }

  #remove(peer: Peer): void {
    this.#onRemove(peer);
    this.#table.remove(peer);
    this.#checks.delete(peer);
    this.#changed.delete(peer);
    this.#toRemember.delete(peer);
  }

  /** When the machine is to be called down or, if it is down or stopped already, forgotten. */
  #dueMs(peer: Peer): number {
    const intervalMs = silenceIntervalMs(peer, this.#context.intervalMs);
    const fromMs = Math.max(peer.heardDeadlineMs, peer.silenceFromMs);
    const downMs = fromMs + Math.max(DOWN_INTERVALS * intervalMs, MIN_DOWN_MS);
    if (!isDownOrStopped(peer)) return Math.max(downMs, this.#proofMs(peer));
    // After a long absence of our own, each machine is asked before it is forgotten.
    return Math.max(peer.heardDeadlineMs + FORGET_INTERVALS * intervalMs, downMs);
  }

  /** When the machine's silence proves something: it was asked, and we could have read its answer. */
  #proofMs(peer: Peer): number {
    const nowMs = this.#context.clock.deadlineMs;
    // The test of its goodbye decides by itself.
    if (peer.goodbye !== undefined) return nowMs + SECOND;
    const { askedMs = nowMs } = peer;
    const isAskable = peer.contacts.length > 0;
    return Math.max(isAskable ? askedMs : 0, this.#awakeFromMs) + ANSWER_WAIT_MS;
  }

  /** After a pause of this machine, answers that came meanwhile may still wait in the socket. */
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
    // When a silent machine becomes down, it keeps the pace at which it is asked.
    if (!wasQuiet) peer.quietSinceMs = this.#context.clock.deadlineMs;
    this.noteChange(peer, { remember: true });
    this.planCheck(peer);
    this.#context.log("info", `${describePeer(peer)} is ${state}`);
  }
}

/** For the log: `machine 'ant' at 10.0.0.7`. */
export function describePeer(peer: Peer): string {
  return `machine ${quoted(peer.name)} at ${peer.address}`;
}
