/** Tells the kind of a message by its first bytes, and names the simulated network's signature and port. */

export const SIGNATURE = "world";
export const PORT = 10_080;

export type PacketKind =
  | "query"
  | "list"
  | "request"
  | "question"
  | "ring-question"
  | "alive"
  | "answer"
  | "ring-answer"
  | "report-v1"
  | "goodbye"
  | "hint"
  | "forget"
  | "sealed"
  | "other";

export const QUESTIONS: ReadonlySet<PacketKind> = new Set(["request", "question", "ring-question"]);
export const ANSWERS: ReadonlySet<PacketKind> = new Set([
  "alive",
  "answer",
  "ring-answer",
  "report-v1",
]);

/** Where the character that tells the kind stands. */
export const KIND_OFFSET = SIGNATURE.length;
const LONGEST_RING_ANSWER = KIND_OFFSET + 1 + 16;

/** A plain packet: the signature and this text. */
export function packetOf(text: string): Uint8Array {
  return Buffer.from(`${SIGNATURE}${text}`);
}

/** The kind of a plain message; a packet that is still sealed is always `sealed`. */
export function kindOf(message: Uint8Array): PacketKind {
  const isMore = message.length > KIND_OFFSET + 1;
  switch (message[KIND_OFFSET]) {
    case 0x3f:
      return "query";
    case 0x21:
      return "list";
    case 0x23:
      return "sealed";
    case 0x3e:
      if (!isMore) return "request";
      return message[KIND_OFFSET + 1] === 0x7b ? "question" : "ring-question";
    case 0x3c:
      if (!isMore) return "alive";
      if (message[KIND_OFFSET + 1] === 0x7b) return statusKind(message[KIND_OFFSET + 3]);
      return message.length <= LONGEST_RING_ANSWER ? "ring-answer" : "report-v1";
    default:
      return "other";
  }
}

/** The kind by the first letter of the JSON key: `{"answer`, `{"bye`, `{"hint`, `{"forget`. */
function statusKind(contentOf: number | undefined): PacketKind {
  if (contentOf === 0x61) return "answer";
  if (contentOf === 0x62) return "goodbye";
  if (contentOf === 0x68) return "hint";
  return contentOf === 0x66 ? "forget" : "other";
}

/** What follows the character that tells the kind. */
export function bodyOf(message: Uint8Array): string {
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString(
    "latin1",
    KIND_OFFSET + 1,
  );
}
