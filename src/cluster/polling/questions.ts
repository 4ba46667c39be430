/**
 * Sends the questions and knows which of them are open: a report counts only as the answer to a question
 * that is open to the very address it comes from.
 */

import type { Writable } from "../../base/writable.ts";
import { encodeQuestion } from "../../protocol/encode.ts";
import type { Question } from "../../protocol/message.ts";
import { encodeRequest } from "../../protocol/v1/messages.ts";
import type { CoreContext } from "../core-context.ts";
import { QUESTION_OPEN_MS } from "../limits.ts";
import { type Contact, isQuiet, type OpenQuestion, type Peer } from "../peers/peer.ts";

export class Questions {
  readonly #context: CoreContext;
  readonly #request: Uint8Array;
  /** Whether a person is watching on this machine. */
  watching = false;

  constructor(context: CoreContext) {
    this.#context = context;
    this.#request = encodeRequest(context.signature);
  }

  /** Asks this address. A repeated question keeps its number, so that an answer to any of them counts. */
  ask(contact: Contact, number: number): void {
    // Noted even if sending is not allowed: a machine that is now outside the ranges will be down.
    if (contact.peer !== undefined) contact.peer.askedMs ??= this.#context.clock.deadlineMs;
    const isBare = isBareTurn(contact, this.#context);
    const bytes = isBare ? this.#request : this.#encode(contact.peer, number);
    if (!this.#context.sendToPeer(contact.address, bytes)) return;
    contact.asked++;
    const nowMs = this.#context.clock.deadlineMs;
    if (isBare) contact.lastBareMs = nowMs;
    else if (this.#isForWatcher(contact.peer)) contact.lastWatchingMs = nowMs;
    if (contact.question?.number === number) contact.question.lastSentMs = nowMs;
    else contact.question = { number, firstSentMs: nowMs, lastSentMs: nowMs, isAnswered: false };
  }

  /** Whether a protocol-1 answer from here may be a protocol-2 machine's, given to a bare request. */
  mayAnswerBare(contact: Contact): boolean {
    if (this.#context.isProtocol1Only) return false;
    return this.#context.clock.deadlineMs - contact.lastBareMs < QUESTION_OPEN_MS;
  }

  /** The question that may still be answered from this address. */
  open(contact: Contact): OpenQuestion | undefined {
    const { question } = contact;
    const isOpen = this.msSinceAsked(contact) < QUESTION_OPEN_MS;
    return isOpen ? question : undefined;
  }

  msSinceAsked(contact: Contact): number {
    const lastSentMs = contact.question?.lastSentMs ?? Number.NEGATIVE_INFINITY;
    return this.#context.clock.deadlineMs - lastSentMs;
  }

  /** Protocol 1 does not know watching, and a candidate has no report yet. */
  #isForWatcher(peer: Peer | undefined): boolean {
    return this.watching && peer?.protocol === 2;
  }

  #encode(peer: Peer | undefined, number: number): Uint8Array {
    // Before the machine has answered in this run, the question says that we hold nothing: so it notices
    // our restart, and asks for our new incarnation now instead of in an interval.
    const isHeld = peer?.protocol === 2 && peer.report !== undefined && !peer.isRecalled;
    const watching = this.#isForWatcher(peer);
    const liveSequence = watching && isHeld ? peer?.live?.sequence : undefined;
    const question: Writable<Omit<Question, "kind">> = {
      question: number,
      id: this.#context.self.id,
      watching,
    };
    if (isHeld && peer.incarnation !== undefined) question.incarnation = peer.incarnation;
    if (isHeld && peer.sequence !== undefined) question.sequence = peer.sequence;
    if (liveSequence !== undefined) question.liveSequence = liveSequence;
    return encodeQuestion(this.#context.signature, question);
  }
}

/** An answer to a question that this address was once asked is late or a repetition. */
export function whyNotOpen(contact: Contact | undefined) {
  return contact?.question === undefined ? "answer to no open question" : "late answer";
}

/**
 * Whether a machine has been silent, stopped or down for an interval. From then on a protocol-1 report may
 * show that another program has taken its place.
 */
export function isLongQuiet(peer: Peer, context: CoreContext): boolean {
  return isQuiet(peer) && context.clock.deadlineMs - peer.quietSinceMs > context.intervalMs;
}

/**
 * Whether the next question is a bare `>`, the request of protocol 1. In a network that speaks nothing
 * else all are. Elsewhere the first is not, and then every second one is. A machine known to speak
 * protocol 2 gets none, until it has been quiet for an interval: another program may have taken its
 * place, so every fourth question is bare.
 */
function isBareTurn(contact: Contact, context: CoreContext): boolean {
  const { peer, asked } = contact;
  if (context.isProtocol1Only) return true;
  if (asked === 0 || context.isSealed) return false;
  if (peer?.protocol !== 2) return asked % 2 === 0;
  return isLongQuiet(peer, context) && asked % 4 === 0;
}
