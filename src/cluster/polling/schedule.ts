/**
 * Which machine to ask next. Each machine waits in one of two queues: one for machines that answer, and
 * one for quiet machines, whose small budget of their own keeps them from delaying the others.
 */
import type { CoreContext } from "../core-context.ts";
import {
  GOODBYE_TEST_MS,
  GOODBYE_WAIT_MS,
  NUDGE_PAUSE_MS,
  PATIENT_QUESTIONS,
  RESTART_CHECK_PAUSE_MS,
  RETRY_PAUSES_MS,
  SECOND,
  WAKE_SPREAD_MS,
  WATCHING_QUESTIONS_PLANNED,
} from "../limits.ts";
import type { Budget } from "../pacing/budget.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import { isDownOrStopped, isQuiet, type Peer } from "../peers/peer.ts";
import type { PeerStates } from "../peers/peer-states.ts";
import { silenceIntervalMs } from "../peers/v1-reports.ts";
import type { Probes } from "./probes.ts";
import { quietPauseMs, recheckMs, untilNextReportMs, watchingPeriodMs } from "./question-times.ts";
import type { Questions } from "./questions.ts";

interface Parts {
  readonly context: CoreContext;
  readonly budget: Budget;
  readonly questions: Questions;
  readonly states: PeerStates;
  readonly probes: Probes;
}

export class Schedule {
  readonly #context: CoreContext;
  readonly #budget: Budget;
  readonly #questions: Questions;
  readonly #states: PeerStates;
  readonly #probes: Probes;
  readonly #answering = new DeadlineQueue<Peer>();
  readonly #quiet = new DeadlineQueue<Peer>();
  /** Machines that said goodbye, until their test is over. */
  readonly #goodbyes = new DeadlineQueue<Peer>();
  /**
   * Quiet machines and probes of their addresses take turns at the small budget: anybody can cause
   * probes by sending under a machine's address, and must not delay the machines by that.
   */
  #isProbesTurn = false;

  constructor(parts: Parts) {
    this.#context = parts.context;
    this.#budget = parts.budget;
    this.#questions = parts.questions;
    this.#states = parts.states;
    this.#probes = parts.probes;
  }

  sizes() {
    return { plannedQuestions: this.#answering.size + this.#quiet.size + this.#goodbyes.size };
  }

  /** Asks this machine after so many ms, and drops whatever was planned for it. */
  plan(peer: Peer, afterMs: number): void {
    const atMs = this.#context.clock.deadlineMs + afterMs;
    const isNowQuiet = isQuiet(peer);
    this.#goodbyes.delete(peer);
    (isNowQuiet ? this.#answering : this.#quiet).delete(peer);
    (isNowQuiet ? this.#quiet : this.#answering).set(peer, atMs);
  }

  /** The machine leaves the table. */
  drop(peer: Peer): void {
    this.#goodbyes.delete(peer);
    this.#answering.delete(peer);
    this.#quiet.delete(peer);
    this.#probes.dropAllOf(peer);
  }

  /** This machine was suspended, or its interval has changed: asks all that answer for new reports. */
  askAllSoon(peers: Iterable<Peer>): void {
    for (const peer of peers) {
      if (!isIdle(peer)) continue;
      this.#planAtLatest(peer, WAKE_SPREAD_MS * this.#context.random());
    }
  }

  /**
   * Replans the questions when people begin to watch, or when the last of them stops. A machine that was
   * asked for a watcher just now has its next turn one period after that question.
   */
  noteWatching(isWatching: boolean, peers: readonly Peer[]): void {
    const idle = peers.filter((peer) => peer.protocol === 2 && isIdle(peer));
    for (const peer of idle) {
      if (!isWatching) {
        if (peer.report !== undefined) this.plan(peer, this.#untilNextReportMs(peer));
        continue;
      }
      const spreadMs = (idle.length * SECOND) / WATCHING_QUESTIONS_PLANNED;
      const restMs = watchingPeriodMs(idle.length) - this.#msSinceAskedForWatcher(peer);
      this.#planAtLatest(peer, Math.max(restMs, spreadMs * this.#context.random()));
    }
  }

  /** A quiet machine has sent something: that proves nothing, but it is asked at once, and often. */
  nudge(peer: Peer): void {
    if (!isQuiet(peer) || peer.goodbye !== undefined) return;
    peer.spokeMs = this.#context.clock.deadlineMs;
    this.#planAtLatest(peer, Math.max(0, NUDGE_PAUSE_MS - this.#msSinceAsked(peer)));
  }

  /** A machine asks as if it knew nothing of us: it may have restarted. */
  notePossibleRestart(peer: Peer, { isQuery = false } = {}): void {
    // It is back before the test of its goodbye is over: the question of that test went to nobody and
    // proves nothing. A query may also be that of a program of protocol 1.
    if (peer.goodbye === "asked" && isQuery) {
      peer.goodbye = "to be asked again";
      this.#goodbyes.set(peer, this.#context.clock.deadlineMs);
      return;
    }
    if (!isQuery && (peer.goodbye === "asked" || peer.goodbye === "asked again")) {
      peer.goodbye = undefined;
      this.plan(peer, 0);
      return;
    }
    if (!isIdle(peer)) return;
    this.#planAtLatest(peer, Math.max(0, RESTART_CHECK_PAUSE_MS - this.#msSinceAsked(peer)));
  }

  noteGoodbye(peer: Peer): void {
    if (peer.goodbye !== undefined || isDownOrStopped(peer)) return;
    this.#answering.delete(peer);
    this.#quiet.delete(peer);
    peer.round = undefined;
    peer.goodbye = "to be tested";
    this.#goodbyes.set(peer, this.#context.clock.deadlineMs + GOODBYE_TEST_MS);
  }

  /** The machine has left a round unanswered, or so many quick questions, which count as those do. */
  setSilent(peer: Peer, unanswered: number): void {
    peer.round = undefined;
    peer.unanswered += unanswered;
    this.#states.setSilent(peer);
    this.plan(peer, this.#quietPauseMs(peer));
  }

  run(): void {
    const nowMs = this.#context.clock.deadlineMs;
    this.#runGoodbyes(nowMs);
    this.#runAnswering(nowMs);
    this.#probes.run(nowMs);
    this.#runQuiet(nowMs);
  }

  nextMs(): number {
    const nowMs = this.#context.clock.deadlineMs;
    const { questions, quiet } = this.#budget;
    const askMs = Math.min(
      this.#answering.nextMs(),
      this.#goodbyes.nextMs(),
      this.#probes.nextMs(),
    );
    const quietMs = Math.min(this.#quiet.nextMs(), this.#probes.nextQuietMs());
    return Math.min(
      Math.max(askMs, questions.readyMs(nowMs)),
      Math.max(quietMs, questions.readyMs(nowMs), quiet.readyMs(nowMs)),
    );
  }

  #runAnswering(nowMs: number): void {
    for (const peer of this.#answering.due(nowMs)) {
      if (this.#isRoundOver(peer)) this.#concludeRound(peer);
      else if (!this.#budget.questions.take(nowMs)) return;
      else this.#askInRound(peer);
    }
  }

  #isRoundOver(peer: Peer): boolean {
    const limit = this.#isPatientWith(peer) ? PATIENT_QUESTIONS : RETRY_PAUSES_MS.length;
    return peer.round !== undefined && peer.round.sent >= limit;
  }

  #askInRound(peer: Peer): void {
    peer.round ??= { number: this.#context.requestNumber(), sent: 0 };
    if (peer.round.sent > 0 && !this.#isPatientWith(peer)) peer.unanswered++;
    const contact = peer.contacts[peer.round.sent % Math.max(1, peer.contacts.length)];
    if (contact !== undefined) this.#questions.ask(contact, peer.round.number);
    const pauseMs = RETRY_PAUSES_MS[peer.round.sent] ?? SECOND;
    peer.round.sent++;
    this.plan(peer, pauseMs);
  }

  #concludeRound(peer: Peer): void {
    const isPatient = this.#isPatientWith(peer);
    peer.round = undefined;
    if (isPatient) this.plan(peer, recheckMs(this.#context.intervalMs));
    else this.setSilent(peer, 1);
  }

  /**
   * Whether the silence of this machine means nothing yet: one of protocol 1 ignores requests that
   * find nothing new, which within its interval is all of them.
   */
  #isPatientWith(peer: Peer): boolean {
    if (peer.protocol === 2) return false;
    const intervalMs = silenceIntervalMs(peer, this.#context.intervalMs);
    // A sixteenth more, for the report that is on its way when the interval ends.
    return this.#context.clock.deadlineMs - peer.silenceFromMs < (intervalMs * 17) / 16;
  }

  #runQuiet(nowMs: number): void {
    for (;;) {
      const peer = this.#quiet.peekDue(nowMs);
      const probed = this.#probes.peekQuiet(nowMs);
      if (peer === undefined && probed === undefined) return;
      const { questions, quiet } = this.#budget;
      if (quiet.readyMs(nowMs) > nowMs || !questions.take(nowMs)) return;
      quiet.take(nowMs);
      const isProbe = peer === undefined || (probed !== undefined && this.#isProbesTurn);
      this.#isProbesTurn = !isProbe;
      if (!isProbe) this.#askQuiet(peer);
      else if (probed !== undefined) this.#probes.askQuiet(probed);
    }
  }

  #askQuiet(peer: Peer): void {
    const contact = peer.contacts[peer.unanswered % Math.max(1, peer.contacts.length)];
    if (contact !== undefined) this.#questions.ask(contact, this.#context.requestNumber());
    peer.unanswered++;
    this.plan(peer, this.#quietPauseMs(peer));
  }

  #quietPauseMs(peer: Peer): number {
    if (!isQuiet(peer)) return 0;
    const sinceMs = Math.max(peer.quietSinceMs, peer.spokeMs);
    // A machine that said goodbye is not expected back, unless it has spoken since.
    const isExpected = peer.state !== "stopped" || peer.spokeMs >= peer.quietSinceMs;
    return quietPauseMs({
      quietForMs: isExpected ? this.#context.clock.deadlineMs - sinceMs : Number.POSITIVE_INFINITY,
      ownIntervalMs: this.#context.intervalMs,
      random: this.#context.random(),
    });
  }

  #runGoodbyes(nowMs: number): void {
    for (const peer of this.#goodbyes.due(nowMs)) {
      if (peer.goodbye === "asked" || peer.goodbye === "asked again") {
        this.#states.setStopped(peer);
        this.plan(peer, this.#quietPauseMs(peer));
        continue;
      }
      if (!this.#budget.questions.take(nowMs)) return;
      const contact = peer.contacts[0];
      if (contact !== undefined) this.#questions.ask(contact, this.#context.requestNumber());
      peer.goodbye = peer.goodbye === "to be tested" ? "asked" : "asked again";
      this.#goodbyes.set(peer, nowMs + GOODBYE_WAIT_MS);
    }
  }

  /** Brings the machine's question forward to this time, if it is planned for later. */
  #planAtLatest(peer: Peer, afterMs: number): void {
    if (afterMs < this.#untilAskedMs(peer)) this.plan(peer, afterMs);
  }

  #untilAskedMs(peer: Peer): number {
    const atMs = Math.min(this.#answering.atMs(peer), this.#quiet.atMs(peer));
    return atMs - this.#context.clock.deadlineMs;
  }

  #untilNextReportMs(peer: Peer): number {
    const { clock, intervalMs, random } = this.#context;
    return untilNextReportMs({
      ageMs: clock.ageMs - peer.reportMadeMs,
      intervalMs: peer.intervalMs ?? intervalMs,
      ownIntervalMs: intervalMs,
      random: random(),
    });
  }

  #msSinceAskedForWatcher(peer: Peer): number {
    const times = peer.contacts.map(({ lastWatchingMs }) => lastWatchingMs);
    return this.#context.clock.deadlineMs - Math.max(...times);
  }

  #msSinceAsked(peer: Peer): number {
    return Math.min(...peer.contacts.map((contact) => this.#questions.msSinceAsked(contact)));
  }
}

/** Whether the machine answers, and no round and no test of it is under way. */
function isIdle(peer: Peer): boolean {
  return !isQuiet(peer) && peer.round === undefined && peer.goodbye === undefined;
}
