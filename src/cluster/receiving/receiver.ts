/**
 * Takes packets in: decides whether each is admitted and readable, and hands the message to the part
 * that it concerns. Returns the reason for each packet that was dropped.
 */
import type { Endpoint } from "../../net/endpoint.ts";
import { decodeMessage } from "../../protocol/decode.ts";
import type { Message, RingAnswer } from "../../protocol/message.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import type { CoreParts } from "../parts.ts";
import type { Contact } from "../peers/peer.ts";

/** The messages of protocol 1, with `alive`, by which its program says that it has nothing new. */
const V1_KINDS: ReadonlySet<Message["kind"]> = new Set([
  "initial-query",
  "address-list",
  "request",
  "report-v1",
  "alive",
]);

export class Receiver {
  readonly #parts: CoreParts;

  constructor(parts: CoreParts) {
    this.#parts = parts;
  }

  /** The reason why the packet was dropped; `undefined` if it was taken. */
  receive(from: Endpoint, bytes: Uint8Array): CoreDropReason | undefined {
    const { context, table, candidates, admission, seals, unsealed } = this.#parts;
    if (!context.ranges.allow(from.address)) return "outside the allowed ranges";
    // The seal is checked before the rate, so that packets forged under a machine's address cannot use
    // up what that machine may send. Refusing a packet costs no more than receiving it did.
    const opened = seals.open(bytes);
    if (!opened.ok) {
      if (opened.reason === "not sealed") unsealed.note(from, bytes);
      return opened.reason;
    }
    unsealed.forget(from.address);
    const contact = table.contactOf(from.address) ?? candidates.get(from.address);
    const isKnown = contact?.peer !== undefined;
    const nowMs = context.clock.deadlineMs;
    if (!admission.admit(from.address, { isKnown, nowMs })) {
      return "too many packets from one source";
    }
    const decoded = decodeMessage(opened.message, context.signature);
    if (!decoded.ok) {
      // A sealed network takes no report of protocol 1, and none is taken from another port.
      const isTaken = opened.sealer === undefined && from.port === context.port;
      if (isTaken && decoded.reportFault !== undefined) {
        this.#parts.v1Answers.noteRefused(contact, decoded.reportFault);
      }
      return decoded.reason;
    }
    const message = decoded.value;
    if (context.isProtocol1Only && !V1_KINDS.has(message.kind)) return "not protocol 1";
    const forged = seals.forgeryReason(message, opened.sealer);
    if (forged !== undefined) return forged;
    // Anybody can fetch our protocol-1 report and send it on in another's name: it proves nothing.
    if (message.kind === "report-v1" && this.#parts.ownReport.isPacketV1(bytes)) {
      return "our own, sent back";
    }
    if (contact !== undefined && this.#isFromUs(contact, message)) {
      this.#parts.selfEncounters.note(contact);
      return undefined;
    }
    const refused = seals.refusalReason(message, opened.sealer);
    const dropped = refused ?? this.#handle(from, message, contact);
    this.#parts.discovery.learnFromSender(from, message);
    return dropped;
  }

  /**
   * Whether the message is a question of ours that came back: it carries our id, and the number of the
   * question that is open to the very address that it came from. (Our answers carry our incarnation.)
   */
  #isFromUs(contact: Contact, message: Message): boolean {
    return (
      message.kind === "question" &&
      contact.question?.number === message.question &&
      message.id === this.#parts.context.self.id
    );
  }

  #handle(
    from: Endpoint,
    message: Message,
    contact: Contact | undefined,
  ): CoreDropReason | undefined {
    const { context, replies, answers, v1Answers, discovery, ring, removal, schedule } =
      this.#parts;
    const peer = contact?.peer;
    switch (message.kind) {
      case "initial-query":
        return limited(replies.toInitialQuery(from, peer !== undefined));
      case "request":
        return limited(replies.toRequest(from, peer?.protocol === 1));
      case "question":
        return limited(replies.toQuestion(from, message));
      case "ring-question":
        ring.noteAsked(peer);
        return limited(replies.toRingQuestion(from, message.number));
    }
    // What changes our state must come from the peers' port: any user of a machine can send from its
    // other ports.
    if (from.port !== context.port) return "not from the peers' port";
    switch (message.kind) {
      case "address-list":
        discovery.learnFromList(message.addresses, from.address);
        return undefined;
      case "answer":
        return answers.takeAnswer(contact, message);
      case "report-v1":
        return v1Answers.takeReport(contact, message);
      case "alive":
        return v1Answers.takeAlive(contact);
      case "goodbye":
        if (peer?.protocol === 2 && peer.incarnation === message.incarnation) {
          schedule.noteGoodbye(peer);
        }
        return undefined;
      case "hint":
        ring.noteHint(peer, message.addresses);
        return undefined;
      case "ring-answer":
        return this.#takeRingAnswer(contact, message);
      case "removal-request":
        if (peer?.protocol === 2) removal.noteRequest(message);
        return undefined;
      default:
        // A new kind of message does not compile without its case.
        return message satisfies never;
    }
  }

  #takeRingAnswer(contact: Contact | undefined, message: RingAnswer): CoreDropReason | undefined {
    const taken = this.#parts.ring.takeAnswer(contact, message);
    if (typeof taken === "string" || taken === undefined) return taken;
    this.#parts.answers.takeRingAnswer(taken);
    return undefined;
  }
}

function limited(wasSent: boolean): CoreDropReason | undefined {
  return wasSent ? undefined : "too many answers in all";
}
