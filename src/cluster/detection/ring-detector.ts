/**
 * Notices within seconds that a machine has died, whatever the interval is. This machine keeps
 * testing its two successors in the ring of ids. When one of them leaves three quick questions unanswered,
 * it tells all others to test it as well; each believes only what it has found itself.
 *
 * A test is a row of quick questions to one machine, 0.27 s apart, which ends with the first answer. Six
 * unanswered questions make the machine silent; in the turn of a successor it is nine, so that a machine
 * that sends a hint does not reach its verdict before those that it told.
 */
import type { RingAnswer } from "../../protocol/message.ts";
import { encodeRingQuestion, incarnationStart } from "../../protocol/ring.ts";
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
  RING_QUESTIONS,
  RING_TURN_QUESTIONS,
  RING_WAIT_MS,
  TICK_PROMISE_MS,
} from "../limits.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import type { Contact, Peer, RingTest } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import { Hints } from "./hints.ts";
import { isInRing, RingTurns } from "./ring-turns.ts";

export class RingDetector {
  readonly #parts: Polling;
  readonly #hints: Hints;
  readonly #turns: RingTurns;
  /** Machines under test, each by the time of its next question. */
  readonly #tests = new DeadlineQueue<Peer>();
  /** When anything last came in from a known machine. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #ranMs: number;
  /** Until this time tests had to wait for the budget, which is no delay of this machine. */
  #budgetMs = Number.NEGATIVE_INFINITY;
  /** When this machine was last late itself. */
  #lateMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Polling) {
    this.#parts = parts;
    this.#hints = new Hints(parts);
    this.#turns = new RingTurns(parts);
    this.#ranMs = parts.context.clock.deadlineMs;
  }

  sizes() {
    return { ringTests: this.#tests.size, ...this.#hints.sizes() };
  }

  /** Something valid came from a known machine, so this one is not cut off. */
  noteHeard(): void {
    this.#heardMs = this.#parts.context.clock.deadlineMs;
  }

  /** Another machine says that these do not answer: they are tested, and nothing else follows. */
  noteHint(sender: Peer | undefined, addresses: readonly string[]): void {
    if (sender === undefined || !isInRing(sender)) return;
    for (const address of addresses) {
      const peer = this.#parts.table.contactOf(address)?.peer;
      if (peer !== undefined && peer !== sender) this.#beginTestSoon(peer, HINT_SPREAD_MS);
    }
  }

  /** Another machine has sent us a quick question. */
  noteAsked(sender: Peer | undefined): void {
    this.#turns.steer(sender);
  }

  /**
   * Returns the machine that has given a sign of life by this answer, the reason why the answer was
   * dropped, or `undefined` if it shows nothing new.
   */
  takeAnswer(contact: Contact | undefined, answer: RingAnswer): Peer | CoreDropReason | undefined {
    const peer = contact?.peer;
    if (peer?.ringTest === undefined) return "answer to no open question";
    const test = peer.ringTest;
    if (test.number !== answer.number) return "late answer";
    // The second answer, to the question or its repeat, or one that comes after the verdict.
    if (test.isOver) return undefined;
    this.#end(peer, test);
    const { incarnation } = peer;
    if (incarnation !== undefined && incarnationStart(incarnation) === answer.incarnationStart) {
      return peer;
    }
    // The machine has restarted: an ordinary question will fetch its incarnation.
    this.#parts.schedule.notePossibleRestart(peer);
    return undefined;
  }

  /** This machine was suspended: none can have answered, and the network may not be there yet. */
  reset(): void {
    for (const peer of this.#tests.due(Number.POSITIVE_INFINITY)) {
      if (peer.ringTest !== undefined) peer.ringTest.isOver = true;
      this.#tests.delete(peer);
    }
    this.#hints.clear();
    this.#heardMs = Number.NEGATIVE_INFINITY;
    this.#turns.postpone();
  }

  run(): void {
    const nowMs = this.#parts.context.clock.deadlineMs;
    this.#lacksCpu();
    this.#ranMs = nowMs;
    if (nowMs >= this.#turns.nextMs()) {
      const peer = this.#turns.take(nowMs);
      if (peer !== undefined) this.#beginTest(peer, nowMs, RING_TURN_QUESTIONS);
    }
    this.#runTests(nowMs);
    this.#hints.run();
  }

  nextMs(): number {
    const { budget, context } = this.#parts;
    const readyMs = budget.ring.readyMs(context.clock.deadlineMs);
    const testMs = Math.max(this.#tests.nextMs(), readyMs);
    return Math.min(this.#turns.nextMs(), testMs, this.#hints.nextMs());
  }

  /**
   * At most one such test of a machine in 10 s: a hint that comes earlier counts when that time is over.
   * Six questions are enough while the three that led to the hint are recent; otherwise the test is as
   * long as in a turn.
   */
  #beginTestSoon(peer: Peer, spreadMs: number): void {
    if (!isInRing(peer)) return;
    const { clock, random } = this.#parts.context;
    const soonMs = clock.deadlineMs + spreadMs * random();
    const restMs = peer.hintedMs + HINT_REST_MS;
    const atMs = Math.max(soonMs, restMs);
    const isPrompt = atMs === soonMs && !this.#lacksCpu();
    const most = isPrompt ? RING_QUESTIONS : RING_TURN_QUESTIONS;
    if (this.#beginTest(peer, atMs, most)) peer.hintedMs = atMs;
  }

  /** Returns whether this is a new test; a planned one that has not begun yet is brought forward. */
  #beginTest(peer: Peer, atMs: number, most: number): boolean {
    if (!this.#tests.has(peer)) {
      const number = this.#parts.context.requestNumber();
      peer.ringTest = { number, most, sent: 0, firstMs: 0, isOver: false };
      this.#tests.set(peer, atMs);
      return true;
    }
    const hasBegun = peer.ringTest?.sent !== 0;
    if (!hasBegun && atMs < this.#tests.atMs(peer)) this.#tests.set(peer, atMs);
    return false;
  }

  #end(peer: Peer, test: RingTest): void {
    test.isOver = true;
    this.#tests.delete(peer);
  }

  #runTests(nowMs: number): void {
    const missed: Peer[] = [];
    for (const peer of this.#tests.due(nowMs)) {
      if (!this.#advance(peer, { nowMs, missed })) break;
    }
    this.#budgetMs = this.#parts.budget.ring.readyMs(nowMs);
    // A machine that may be cut off itself hints at nobody.
    if (missed.length > 0 && !this.#heardNobody(nowMs)) {
      this.#hints.tell(missed, (peer) => peer.ringTest?.isOver === false || !isInRing(peer));
    }
  }

  /**
   * Takes the next step of the test that is due. Returns false when the budget allows no more questions
   * now. Machines that the others are to test are added to `missed`.
   */
  #advance(peer: Peer, { nowMs, missed }: { readonly nowMs: number; missed: Peer[] }): boolean {
    const test = peer.ringTest;
    if (test === undefined || this.#parts.table.get(peer.id) !== peer || !isInRing(peer)) {
      this.#tests.delete(peer);
    } else if (test.sent > 0 && peer.heardDeadlineMs > test.firstMs) {
      // It has answered an ordinary question meanwhile, after a restart, say.
      this.#end(peer, test);
    } else if (test.sent > 0 && nowMs - this.#feasibleMs(this.#tests.atMs(peer)) > RING_LATE_MS) {
      this.#tests.set(peer, nowMs + RING_GRACE_MS);
    } else if (test.sent >= test.most) {
      this.#conclude(peer, test);
    } else {
      if (!this.#parts.budget.ring.take(nowMs)) return false;
      if (test.sent === RING_MISSES && this.#turns.successors().includes(peer)) missed.push(peer);
      this.#ask(peer, test);
      this.#tests.set(peer, nowMs + RING_WAIT_MS);
    }
    return true;
  }

  /** Every other question goes to the address that answered last, the rest to the others in turn. */
  #ask(peer: Peer, test: RingTest): void {
    const { context } = this.#parts;
    const { contacts } = peer;
    if (test.sent === 0) test.firstMs = context.clock.deadlineMs;
    const turn = (test.sent + 1) / 2;
    const place =
      test.sent % 2 === 0 || contacts.length < 2 ? 0 : 1 + (turn % (contacts.length - 1));
    const contact = contacts[place];
    const question = encodeRingQuestion(context.signature, test.number);
    if (contact !== undefined) context.sendToPeer(contact.address, question);
    test.sent++;
  }

  /** The machine has left all questions unanswered. If all are silent, this machine may be cut off. */
  #conclude(peer: Peer, test: RingTest): void {
    this.#end(peer, test);
    this.#parts.schedule.setSilent(peer, test.sent);
    if (!this.#heardNobody(this.#parts.context.clock.deadlineMs)) return;
    for (const other of this.#parts.table.all()) this.#beginTestSoon(other, HEARD_NOBODY_SPREAD_MS);
  }

  /** Whether this machine was late in the last 10 s: then a hint may have waited in the socket. */
  #lacksCpu(): boolean {
    const nowMs = this.#parts.context.clock.deadlineMs;
    const testMs = this.#feasibleMs(this.#tests.nextMs());
    const dueMs = Math.min(this.#turns.nextMs(), testMs, this.#ranMs + TICK_PROMISE_MS);
    if (nowMs - dueMs > RING_LATE_MS) this.#lateMs = nowMs;
    return nowMs - this.#lateMs < CPU_LACK_MS;
  }

  /** When the budget allowed what was due at this time. */
  #feasibleMs(dueMs: number): number {
    return Math.max(dueMs, this.#budgetMs);
  }

  #heardNobody(nowMs: number): boolean {
    return nowMs - this.#heardMs > HEARD_NOBODY_MS;
  }
}
