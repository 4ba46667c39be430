/**
 * The ring watch (design 6.6): a death noticed in seconds, whatever the interval is. This machine
 * asks its two successors in the ring of ids quick questions all the time. When one leaves three
 * unanswered, it tells all others to ask as well; each believes only what it has found itself.
 *
 * A test is some quick questions to one machine, 0.27 s apart: up to six, when somebody hints or this
 * machine seems to be cut off; nine when the machine has its turn, since whoever hints must not be
 * sooner to call it silent than those that it tells.
 */
import type { RingAnswer } from "../../protocol/message.ts";
import { encodeRingQuestion, incarnationStart } from "../../protocol/ring.ts";
import type { CoreContext } from "../core-context.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import {
  CPU_LACK_MS,
  HEARD_NOBODY_MS,
  HEARD_NOBODY_SPREAD_MS,
  HINT_REST_MS,
  HINT_SPREAD_MS,
  RING_GRACE_MS,
  RING_LATE_MS,
  RING_MISSES,
  RING_PERIOD_MS,
  RING_QUESTIONS,
  RING_STEER_MS,
  RING_SUCCESSORS,
  RING_TURN_QUESTIONS,
  RING_WAIT_MS,
  TICK_PROMISE_MS,
  WAKE_SPREAD_MS,
} from "../limits.ts";
import type { Budget } from "../pacing/budget.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import type { Contact, Peer, RingTest } from "../peers/peer.ts";
import type { PeerTable } from "../peers/peer-table.ts";
import type { Schedule } from "../polling/schedule.ts";
import { Hints } from "./hints.ts";
import { isInRing, isRightBefore, successorsOf } from "./ring-order.ts";

interface Parts {
  readonly context: CoreContext;
  readonly budget: Budget;
  readonly table: PeerTable;
  readonly schedule: Schedule;
}

export class RingDetector {
  readonly #context: CoreContext;
  readonly #budget: Budget;
  readonly #table: PeerTable;
  readonly #schedule: Schedule;
  readonly #hints: Hints;
  /** Machines under test, each by the time of its next question. */
  readonly #due = new DeadlineQueue<Peer>();
  #turn = 0;
  #turnMs: number;
  /** Once in a turn: whoever asks all the time must not keep us from asking. */
  #isSteered = false;
  /** When anything last came in from a machine that is known. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #ranMs: number;
  /** Until then tests have had to wait for others: that is no delay of ours. */
  #budgetMs = Number.NEGATIVE_INFINITY;
  /** When this machine was last late itself. */
  #lateMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#context = parts.context;
    this.#budget = parts.budget;
    this.#table = parts.table;
    this.#schedule = parts.schedule;
    this.#hints = new Hints(parts);
    this.#ranMs = this.#context.clock.deadlineMs;
    // Those that start together must not ask together.
    this.#turnMs = this.#context.clock.deadlineMs + (RING_PERIOD_MS / 2) * this.#context.random();
  }

  sizes() {
    return { ringTests: this.#due.size, hints: this.#hints.size };
  }

  /** Something valid came from a known machine: this one is not cut off. */
  noteHeard(): void {
    this.#heardMs = this.#context.clock.deadlineMs;
  }

  /** Somebody says that these machines do not answer: they are asked, and that is all. */
  noteHint(sender: Peer | undefined, addresses: readonly string[]): void {
    if (sender === undefined || !isInRing(sender)) return;
    for (const address of addresses) {
      const peer = this.#table.contactOf(address)?.peer;
      if (peer !== undefined && peer !== sender) this.#beginSoon(peer, HINT_SPREAD_MS);
    }
  }

  /**
   * We are asked. The one right before us in the ring asks our first successor half a period after
   * us, so that one is asked evenly by the two of us if we ask it when we are asked ourselves.
   */
  noteAsked(sender: Peer | undefined): void {
    if (sender === undefined || this.#isSteered) return;
    if (!isRightBefore(this.#context.self.id, sender, this.#table.all())) return;
    const nowMs = this.#context.clock.deadlineMs;
    const isFirstNext = this.#turn !== 0;
    const firstMs = this.#turnMs + (isFirstNext ? 0 : RING_PERIOD_MS / RING_SUCCESSORS);
    const lateMs = nearestZero(firstMs - nowMs, RING_PERIOD_MS);
    const shiftMs = Math.min(Math.max(-lateMs, -RING_STEER_MS), RING_STEER_MS);
    this.#turnMs = Math.max(nowMs, this.#turnMs + shiftMs);
    this.#isSteered = true;
  }

  /** The machine that has given a sign of life; a reason, if the answer is none. */
  takeAnswer(contact: Contact | undefined, answer: RingAnswer): Peer | CoreDropReason | undefined {
    const peer = contact?.peer;
    if (peer?.ringTest === undefined) return "answer to no open question";
    const { ringTest } = peer;
    if (ringTest.number !== answer.number) return "late answer";
    // The second answer to a question and its repeat, or one that comes too late.
    if (ringTest.isOver) return undefined;
    this.#end(peer, ringTest);
    if (
      peer.incarnation !== undefined &&
      incarnationStart(peer.incarnation) === answer.incarnationStart
    )
      return peer;
    // It has started anew: the ordinary question brings its incarnation.
    this.#schedule.notePossibleRestart(peer);
    return undefined;
  }

  /** This machine was suspended: nobody can have answered, and the network may not be there yet. */
  reset(): void {
    for (;;) {
      const peer = this.#due.popDue(Number.POSITIVE_INFINITY);
      if (peer === undefined) break;
      if (peer.ringTest !== undefined) peer.ringTest.isOver = true;
    }
    this.#hints.clear();
    this.#heardMs = Number.NEGATIVE_INFINITY;
    this.#turnMs = this.#context.clock.deadlineMs + WAKE_SPREAD_MS;
  }

  run(): void {
    const nowMs = this.#context.clock.deadlineMs;
    this.#lacksCpu();
    this.#ranMs = nowMs;
    if (nowMs >= this.#turnMs) this.#takeTurn(nowMs);
    this.#runTests(nowMs);
    this.#hints.run();
  }

  nextMs(): number {
    const readyMs = this.#budget.ring.readyMs(this.#context.clock.deadlineMs);
    const testMs = Math.max(this.#due.nextMs(), readyMs);
    return Math.min(this.#turnMs, testMs, this.#hints.nextMs());
  }

  /** The next of the two successors is asked; the other one has its turn half a period later. */
  #takeTurn(nowMs: number): void {
    const pauseMs = RING_PERIOD_MS / RING_SUCCESSORS;
    // Varied a little, so that no two go on for ever at one and the same moment.
    this.#turnMs = nowMs + pauseMs * (0.98 + this.#context.random() / 25);
    this.#turn = (this.#turn + 1) % RING_SUCCESSORS;
    this.#isSteered = false;
    const peer = this.#successors()[this.#turn];
    if (peer !== undefined) this.#begin(peer, nowMs, RING_TURN_QUESTIONS);
  }

  #successors(): readonly Peer[] {
    return successorsOf(this.#context.self.id, this.#table.all());
  }

  /**
   * At most one test in 10 s: a hint that comes earlier counts when that time is over. The machine
   * was asked for 0.8 s before the hint: when that is no longer so, it has as long now as in a turn.
   */
  #beginSoon(peer: Peer, spreadMs: number): void {
    if (!isInRing(peer)) return;
    const soonMs = this.#context.clock.deadlineMs + spreadMs * this.#context.random();
    const restMs = peer.hintedMs + HINT_REST_MS;
    const atMs = Math.max(soonMs, restMs);
    const isPrompt = atMs === soonMs && !this.#lacksCpu();
    const most = isPrompt ? RING_QUESTIONS : RING_TURN_QUESTIONS;
    if (this.#begin(peer, atMs, most)) peer.hintedMs = atMs;
  }

  /** Whether there is a new test; one that has not begun yet is brought forward. */
  #begin(peer: Peer, atMs: number, most: number): boolean {
    const isUnderTest = this.#due.has(peer);
    if (!isUnderTest) {
      const number = this.#context.requestNumber();
      peer.ringTest = { number, most, sent: 0, firstMs: 0, isOver: false };
      this.#due.set(peer, atMs);
    } else if (peer.ringTest?.sent === 0 && atMs < this.#due.atMs(peer)) this.#due.set(peer, atMs);
    return !isUnderTest;
  }

  #end(peer: Peer, test: RingTest): void {
    test.isOver = true;
    this.#due.delete(peer);
  }

  #runTests(nowMs: number): void {
    const missed: Peer[] = [];
    for (;;) {
      const peer = this.#due.peekDue(nowMs);
      if (peer === undefined || !this.#step(peer, { nowMs, missed })) break;
    }
    this.#budgetMs = this.#budget.ring.readyMs(nowMs);
    if (missed.length > 0 && !this.#heardNobody(nowMs)) {
      this.#hints.tell(missed, (peer) => peer.ringTest?.isOver === false || !isInRing(peer));
    }
  }

  /** False: no more questions now. `missed` gets those that the others are to ask. */
  #step(peer: Peer, { nowMs, missed }: { readonly nowMs: number; missed: Peer[] }): boolean {
    const test = peer.ringTest;
    if (test === undefined || this.#table.get(peer.id) !== peer || !isInRing(peer)) {
      this.#due.delete(peer);
      return true;
    }
    // It has started anew, say, and has answered an ordinary question: it is there.
    if (test.sent > 0 && peer.heardDeadlineMs > test.firstMs) {
      this.#end(peer, test);
      return true;
    }
    if (test.sent > 0 && nowMs - this.#testMs(this.#due.atMs(peer)) > RING_LATE_MS) {
      this.#due.set(peer, nowMs + RING_GRACE_MS);
      return true;
    }
    if (test.sent >= test.most) {
      this.#conclude(peer, test);
      return true;
    }
    if (!this.#budget.ring.take(nowMs)) return false;
    if (test.sent === RING_MISSES && this.#successors().includes(peer)) missed.push(peer);
    this.#ask(peer, test);
    this.#due.set(peer, nowMs + RING_WAIT_MS);
    return true;
  }

  /** On the address that answered last, and on the others in turn. */
  #ask(peer: Peer, test: RingTest): void {
    const { contacts } = peer;
    if (test.sent === 0) test.firstMs = this.#context.clock.deadlineMs;
    const turn = (test.sent + 1) / 2;
    const place =
      test.sent % 2 === 0 || contacts.length < 2 ? 0 : 1 + (turn % (contacts.length - 1));
    const contact = contacts[place];
    const question = encodeRingQuestion(this.#context.signature, test.number);
    if (contact !== undefined) this.#context.sendToPeer(contact.address, question);
    test.sent++;
  }

  #conclude(peer: Peer, test: RingTest): void {
    this.#end(peer, test);
    this.#schedule.setSilent(peer, test.sent);
    if (!this.#heardNobody(this.#context.clock.deadlineMs)) return;
    for (const other of this.#table.all()) this.#beginSoon(other, HEARD_NOBODY_SPREAD_MS);
  }

  /** Whether this machine was late just now, or in the last 10 s: then a hint may have waited. */
  #lacksCpu(): boolean {
    const nowMs = this.#context.clock.deadlineMs;
    const testMs = this.#testMs(this.#due.nextMs());
    const dueMs = Math.min(this.#turnMs, testMs, this.#ranMs + TICK_PROMISE_MS);
    if (nowMs - dueMs > RING_LATE_MS) this.#lateMs = nowMs;
    return nowMs - this.#lateMs < CPU_LACK_MS;
  }

  /** When something that was to be done then could be done. */
  #testMs(dueMs: number): number {
    return Math.max(dueMs, this.#budgetMs);
  }

  #heardNobody(nowMs: number): boolean {
    return nowMs - this.#heardMs > HEARD_NOBODY_MS;
  }
}

/** Of all numbers that differ from this by whole periods the one nearest to 0. */
function nearestZero(value: number, period: number): number {
  return value - Math.round(value / period) * period;
}
