/**
 * Whom to ask next. Each machine is in one of two queues: of those that answer, and of those
 * that are quiet, which have a small budget of their own so that they hold nobody up.
 */

import type { CoreContext } from "../core-context.ts";
import {
  GOODBYE_TEST_MS,
  GOODBYE_WAIT_MS,
  NUDGE_PAUSE_MS,
  PATIENT_QUESTIONS,
  PROBES,
  RESTART_CHECK_PAUSE_MS,
  RETRY_PAUSES_MS,
  SECOND,
  WAKE_SPREAD_MS,
  WATCHING_QUESTIONS_PLANNED,
} from "../limits.ts";
import type { Budget } from "../pacing/budget.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import { type Contact, isQuiet, type Peer } from "../peers/peer.ts";
import type { PeerStates } from "../peers/peer-states.ts";
import { silenceIntervalMs } from "../peers/v1-reports.ts";
import { quietPauseMs, recheckMs, untilNextReportMs, watchingPeriodMs } from "./pace.ts";
import type { Questions } from "./questions.ts";

interface Parts {
  readonly context: CoreContext;
  readonly budget: Budget;
  readonly questions: Questions;
  readonly states: PeerStates;
}

export class Schedule {
  readonly #context: CoreContext;
  readonly #budget: Budget;
  readonly #questions: Questions;
  readonly #states: PeerStates;
  readonly #asking = new DeadlineQueue<Peer>();
  readonly #quiet = new DeadlineQueue<Peer>();
  readonly #goodbyes = new DeadlineQueue<Peer>();
  /** Addresses asked on the side: does another incarnation still answer there? (identity.ts) */
  readonly #probes = new DeadlineQueue<Contact>();
  /** Of those the addresses of quiet machines, which share the small budget with the machines. */
  readonly #quietProbes = new DeadlineQueue<Contact>();
  /** They take turns, as anybody can have addresses asked by speaking in their name. */
  #isProbesTurn = false;

  constructor(parts: Parts) {
    this.#context = parts.context;
    this.#budget = parts.budget;
    this.#questions = parts.questions;
    this.#states = parts.states;
  }

  /** Machines that have a time to be asked at, each one. */
  get planned(): number {
    return this.#asking.size + this.#quiet.size + this.#goodbyes.size;
  }

  /** Addresses that are asked on the side, each one. */
  get probes(): number {
    return this.#probes.size + this.#quietProbes.size;
  }

  /** Asks this machine after so many ms; whatever was planned for it is dropped. */
  plan(peer: Peer, afterMs: number): void {
    const atMs = this.#context.clock.deadlineMs + afterMs;
    const isNowQuiet = isQuiet(peer);
    this.#goodbyes.delete(peer);
    (isNowQuiet ? this.#asking : this.#quiet).delete(peer);
    (isNowQuiet ? this.#quiet : this.#asking).set(peer, atMs);
  }

  drop(peer: Peer): void {
    this.#goodbyes.delete(peer);
    this.#asking.delete(peer);
    this.#quiet.delete(peer);
    for (const contact of peer.contacts) this.#dropProbe(contact);
  }

  /** This machine was suspended: what it holds of those that answer is old. */
  askAllSoon(peers: Iterable<Peer>): void {
    for (const peer of peers) {
      if (!this.#isIdle(peer)) continue;
      const soonMs = WAKE_SPREAD_MS * this.#context.random();
      if (soonMs < this.#untilAskedMs(peer)) this.plan(peer, soonMs);
    }
  }

  /**
   * Somebody watches from now on, or nobody any more: when those that answer are asked next.
   * One that was asked for a watcher just now has its turn a period after that.
   */
  noteWatching(isWatching: boolean, peers: readonly Peer[]): void {
    const liveDemand = peers.filter((peer) => peer.protocol === 2 && this.#isIdle(peer));
    for (const peer of liveDemand) {
      if (!isWatching) {
        if (peer.report !== undefined) this.plan(peer, this.#untilNextReportMs(peer));
        continue;
      }
      const spreadMs = (liveDemand.length * SECOND) / WATCHING_QUESTIONS_PLANNED;
      const restMs = watchingPeriodMs(liveDemand.length) - this.#msSinceWatched(peer);
      const soonMs = Math.max(restMs, spreadMs * this.#context.random());
      if (soonMs < this.#untilAskedMs(peer)) this.plan(peer, soonMs);
    }
  }

  /** Answers, and nothing is under way with it. */
  #isIdle(peer: Peer): boolean {
    return !isQuiet(peer) && peer.round === undefined && peer.goodbye === undefined;
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

  /** A quiet machine has sent something: that proves nothing, but it is asked at once, and often. */
  nudge(peer: Peer): void {
    if (!isQuiet(peer) || peer.goodbye !== undefined) return;
    peer.spokeMs = this.#context.clock.deadlineMs;
    const soonMs = Math.max(0, NUDGE_PAUSE_MS - this.#msSinceAsked(peer));
    if (soonMs < this.#untilAskedMs(peer)) this.plan(peer, soonMs);
  }

  /** A machine asks as one does who knows nothing of us: it may have started anew. */
  notePossibleRestart(peer: Peer): void {
    // Back before the test of its goodbye is over: the question went to nobody, and proves nothing.
    if (peer.goodbye === "asked") {
      peer.goodbye = undefined;
      this.plan(peer, 0);
      return;
    }
    if (!this.#isIdle(peer)) return;
    const soonMs = Math.max(0, RESTART_CHECK_PAUSE_MS - this.#msSinceAsked(peer));
    if (soonMs < this.#untilAskedMs(peer)) this.plan(peer, soonMs);
  }

  noteGoodbye(peer: Peer): void {
    if (peer.goodbye !== undefined || peer.state === "down" || peer.state === "stopped") return;
    this.plan(peer, 0);
    this.#asking.delete(peer);
    this.#quiet.delete(peer);
    peer.round = undefined;
    peer.goodbye = "to be tested";
    this.#goodbyes.set(peer, this.#context.clock.deadlineMs + GOODBYE_TEST_MS);
  }

  /** It has left so many quick questions unanswered: as if it were those of a round (ring watch). */
  setSilent(peer: Peer, unanswered: number): void {
    peer.round = undefined;
    peer.unanswered += unanswered;
    this.#states.setSilent(peer);
    this.plan(peer, this.#quietPauseMs(peer));
  }

  probe(contact: Contact, afterMs = 0): void {
    contact.probesLeft = PROBES;
    const atMs = this.#context.clock.deadlineMs + afterMs;
    if (!this.#quietProbes.has(contact)) this.#probes.set(contact, atMs);
  }

  /** As soon as a second has passed since it was last asked, whoever answers what there. */
  probeSoon(contact: Contact): void {
    const restMs = NUDGE_PAUSE_MS - this.#questions.msSinceAsked(contact);
    this.probe(contact, Math.max(0, restMs));
  }

  endProbe(contact: Contact): void {
    contact.probesLeft = 0;
    this.#dropProbe(contact);
  }

  #dropProbe(contact: Contact): void {
    this.#probes.delete(contact);
    this.#quietProbes.delete(contact);
  }

  run(): void {
    const nowMs = this.#context.clock.deadlineMs;
    this.#runGoodbyes(nowMs);
    this.#runAsking(nowMs);
    this.#runProbes(nowMs);
    this.#runQuiet(nowMs);
  }

  nextMs(): number {
    const nowMs = this.#context.clock.deadlineMs;
    const { questions, quiet } = this.#budget;
    const askMs = Math.min(this.#asking.nextMs(), this.#goodbyes.nextMs(), this.#probes.nextMs());
    const quietMs = Math.min(this.#quiet.nextMs(), this.#quietProbes.nextMs());
    return Math.min(
      Math.max(askMs, questions.readyMs(nowMs)),
      Math.max(quietMs, questions.readyMs(nowMs), quiet.readyMs(nowMs)),
    );
  }

  #runAsking(nowMs: number): void {
    for (;;) {
      const peer = this.#asking.peekDue(nowMs);
      if (peer === undefined) return;
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
    if (isPatient) {
      this.plan(peer, recheckMs(this.#context.intervalMs));
      return;
    }
    peer.unanswered++;
    this.#states.setSilent(peer);
    this.plan(peer, this.#quietPauseMs(peer));
  }

  /** A protocol-1 machine may ignore what finds nothing new: within its interval that is fine. */
  #isPatientWith(peer: Peer): boolean {
    if (peer.protocol === 2) return false;
    const intervalMs = silenceIntervalMs(peer, this.#context.intervalMs);
    // A sixteenth more, for the report that is on its way when the interval ends.
    return this.#context.clock.deadlineMs - peer.silenceFromMs < (intervalMs * 17) / 16;
  }

  #runQuiet(nowMs: number): void {
    for (;;) {
      const peer = this.#quiet.peekDue(nowMs);
      const contact = this.#quietProbes.peekDue(nowMs);
      if (peer === undefined && contact === undefined) return;
      const { questions, quiet } = this.#budget;
      if (quiet.readyMs(nowMs) > nowMs || !questions.take(nowMs)) return;
      quiet.take(nowMs);
      const isProbe = peer === undefined || (contact !== undefined && this.#isProbesTurn);
      this.#isProbesTurn = !isProbe;
      if (!isProbe) this.#askQuiet(peer);
      else if (contact !== undefined) this.#askProbed(contact, this.#quietProbes);
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
    // One that said goodbye is not expected back, unless it has spoken since.
    const isExpected = peer.state !== "stopped" || peer.spokeMs >= peer.quietSinceMs;
    return quietPauseMs({
      quietForMs: isExpected ? this.#context.clock.deadlineMs - sinceMs : Number.POSITIVE_INFINITY,
      ownIntervalMs: this.#context.intervalMs,
      random: this.#context.random(),
    });
  }

  #runGoodbyes(nowMs: number): void {
    for (;;) {
      const peer = this.#goodbyes.peekDue(nowMs);
      if (peer === undefined) return;
      if (peer.goodbye === "asked") {
        this.#states.setStopped(peer);
        this.plan(peer, this.#quietPauseMs(peer));
        continue;
      }
      if (!this.#budget.questions.take(nowMs)) return;
      const contact = peer.contacts[0];
      if (contact !== undefined) this.#questions.ask(contact, this.#context.requestNumber());
      peer.goodbye = "asked";
      this.#goodbyes.set(peer, nowMs + GOODBYE_WAIT_MS);
    }
  }

  #runProbes(nowMs: number): void {
    for (;;) {
      const contact = this.#probes.peekDue(nowMs);
      if (contact === undefined) return;
      if (contact.peer !== undefined && isQuiet(contact.peer)) {
        this.#probes.delete(contact);
        this.#quietProbes.set(contact, nowMs);
      } else if (!this.#budget.questions.take(nowMs)) return;
      else this.#askProbed(contact, this.#probes);
    }
  }

  #askProbed(contact: Contact, queue: DeadlineQueue<Contact>): void {
    contact.probesLeft--;
    this.#questions.ask(contact, this.#context.requestNumber());
    if (contact.probesLeft > 0) queue.set(contact, this.#context.clock.deadlineMs + SECOND);
    else queue.delete(contact);
  }

  #untilAskedMs(peer: Peer): number {
    const atMs = Math.min(this.#asking.atMs(peer), this.#quiet.atMs(peer));
    return atMs - this.#context.clock.deadlineMs;
  }

  #msSinceWatched(peer: Peer): number {
    const times = peer.contacts.map(({ lastWatchingMs }) => lastWatchingMs);
    return this.#context.clock.deadlineMs - Math.max(...times);
  }

  #msSinceAsked(peer: Peer): number {
    return Math.min(...peer.contacts.map((contact) => this.#questions.msSinceAsked(contact)));
  }
}
