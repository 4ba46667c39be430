/**
 * Decides how far a sealed packet is believed. The seal shows that a machine of the network
 * made the packet, and the replay window that it is no copy from the same incarnation. It may still be a
 * copy from an earlier incarnation. So until an incarnation has answered an open question, which no copy
 * can do, its questions are answered and nothing else that it says counts.
 */
import type { Message } from "../../protocol/message.ts";
import { incarnationStart } from "../../protocol/ring.ts";
import type { SealedBy } from "../../sealing/envelope.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import type { Polling } from "../polling/polling.ts";

/** Messages that change nothing here, or prove themselves by the number of our question. */
const FROM_ANY_INCARNATION: ReadonlySet<Message["kind"]> = new Set([
  "initial-query",
  "request",
  "question",
  "answer",
  "ring-question",
  "ring-answer",
]);

export class SealVerifier {
  readonly #parts: Polling;

  constructor(parts: Polling) {
    this.#parts = parts;
  }

  /** A plain packet is the message itself, and was sealed by nobody. */
  open(packet: Uint8Array) {
    const opened = this.#parts.context.envelope?.open(packet);
    if (opened === undefined) return { ok: true as const, message: packet };
    return opened.ok ? { ok: opened.ok, message: opened.message, sealer: opened } : opened;
  }

  /** Why nothing may follow from this message, not even that its sender is there. */
  forgeryReason(message: Message, sealer: SealedBy | undefined): CoreDropReason | undefined {
    if (sealer === undefined) return undefined;
    switch (message.kind) {
      // These name no machine: any holder of the key could send them under any other's address.
      case "report-v1":
      case "alive":
        return "protocol 1 in a sealed network";
      case "question":
        return message.id === sealer.id ? undefined : "sealed by another machine";
      case "answer":
      case "goodbye": {
        const isOwn = message.id === sealer.id && message.incarnation === sealer.incarnation;
        return isOwn ? undefined : "sealed by another machine";
      }
      case "ring-answer": {
        const isOwn = message.incarnationStart === incarnationStart(sealer.incarnation);
        return isOwn ? undefined : "sealed by another machine";
      }
      // These name no machine, and nothing is believed because of them but after a question.
      case "initial-query":
      case "address-list":
      case "request":
      case "ring-question":
      case "hint":
      case "removal-request":
        return undefined;
      default:
        return message satisfies never;
    }
  }

  /** Why this message is not acted upon, although its sender may be asked whether it is there. */
  refusalReason(message: Message, sealer: SealedBy | undefined): CoreDropReason | undefined {
    if (sealer === undefined || FROM_ANY_INCARNATION.has(message.kind)) return undefined;
    return this.#isConfirmed(sealer) ? undefined : "sender's start not confirmed yet";
  }

  /** An incarnation of an earlier run was confirmed then, but its replay window is lost. */
  #isConfirmed({ id, incarnation }: SealedBy): boolean {
    return this.#parts.table
      .group(id)
      .some((peer) => peer.incarnation === incarnation && !peer.isRecalled);
  }
}
