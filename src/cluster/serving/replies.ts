/** Answers what others ask. Nothing that this machine holds changes by that. */
import type { Endpoint } from "../../net/endpoint.ts";
import type { Question } from "../../protocol/message.ts";
import { encodeRingAnswer } from "../../protocol/ring.ts";
import { encodeAlive } from "../../protocol/v1/messages.ts";
import type { AddressLists } from "../discovery/address-lists.ts";
import { LIVE_WAIT_MS, MAX_LIVE_WAITING } from "../limits.ts";
import type { Admission } from "../pacing/admission.ts";
import type { Polling } from "../polling/polling.ts";
import type { LiveDemand } from "./live-demand.ts";
import type { OwnReport } from "./own-report.ts";

interface Parts extends Polling {
  readonly admission: Admission;
  readonly lists: AddressLists;
  readonly ownReport: OwnReport;
  readonly liveDemand: LiveDemand;
}

/** A watcher's question whose answer waits for the live sample that is being taken. */
interface Waiting {
  readonly from: Endpoint;
  readonly question: Question;
  /** Clock of deadlines. */
  readonly untilMs: number;
}

export class Replies {
  readonly #parts: Parts;
  readonly #alive: Uint8Array;
  /** In the order in which they came; all wait equally long. */
  #waiting: Waiting[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#alive = encodeAlive(parts.context.signature);
  }

  sizes() {
    return { waitingAnswers: this.#waiting.length };
  }

  /**
   * Sends the list of machines that answer. The query has paid for one packet; each further one takes a
   * token of the asker, so that a small query with a forged sender does not flood anybody.
   */
  toInitialQuery(from: Endpoint, isKnown: boolean): boolean {
    const nowMs = this.#parts.context.clock.deadlineMs;
    for (const [index, packet] of this.#parts.lists.packetsFor(from.address).entries()) {
      const isPaid = index === 0 || this.#parts.admission.admit(from.address, { isKnown, nowMs });
      if (!isPaid) return true;
      if (!this.#reply(from, packet)) return false;
    }
    return true;
  }

  /** Sends the report, if there is a newer one. The answer to a watcher may wait for a live report. */
  toQuestion(from: Endpoint, question: Question): boolean {
    const mayWait = question.watching && this.#parts.liveDemand.noteQuestion();
    if (!mayWait || this.#waiting.length >= MAX_LIVE_WAITING) return this.#answer(from, question);
    const untilMs = this.#parts.context.clock.deadlineMs + LIVE_WAIT_MS;
    this.#waiting.push({ from, question, untilMs });
    return true;
  }

  toRingQuestion(from: Endpoint, number: number): boolean {
    const { signature, self } = this.#parts.context;
    const { incarnation } = self;
    return this.#reply(from, encodeRingAnswer(signature, { number, incarnation }));
  }

  /** The live report is there, or has not come in time. */
  answerWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { from, question } of waiting) this.#answer(from, question);
  }

  run(): void {
    if (this.#parts.context.clock.deadlineMs >= this.nextMs()) this.answerWaiting();
  }

  nextMs(): number {
    return this.#waiting[0]?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Sends the protocol-1 report, if it is newer than the one this source was served last. The 2005
   * program takes whoever does not answer for down, so it gets a sign of life; its documentation has no
   * such answer, so others get none.
   */
  toRequest(from: Endpoint, isV1Peer: boolean): boolean {
    const packet = this.#parts.ownReport.packetV1();
    const isNews =
      packet !== undefined &&
      this.#parts.admission.serveOnce(from.address, {
        sequence: this.#parts.ownReport.sequence,
        isPeerPort: from.port === this.#parts.context.port,
      });
    if (isNews) return this.#reply(from, packet);
    return !isV1Peer || this.#reply(from, this.#alive);
  }

  #answer(from: Endpoint, question: Question): boolean {
    return this.#reply(from, this.#parts.ownReport.answerTo(question, from.address));
  }

  /** Returns false if this machine has sent too many answers in all. */
  #reply(to: Endpoint, bytes: Uint8Array): boolean {
    if (!this.#parts.budget.answers.take(this.#parts.context.clock.deadlineMs)) return false;
    this.#parts.context.send(to, bytes);
    return true;
  }
}
