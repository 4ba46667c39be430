/** What kind of message a packet is, by its first bytes alone; the network's name and port. */

export const SIGNATURE = "world";
export const PORT = 10_080;

export type Kind =
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

export const QUESTIONS: ReadonlySet<Kind> = new Set(["request", "question", "ring-question"]);
export const ANSWERS: ReadonlySet<Kind> = new Set(["alive", "answer", "ring-answer", "report-v1"]);

/** Where the sign is. */
export const START = SIGNATURE.length;
const LONGEST_RING_ANSWER = START + 1 + 16;

/** For a plain message; of a sealed packet nothing else can be told. */
export function kindOf(message: Uint8Array): Kind {
  const isMore = message.length > START + 1;
  switch (message[START]) {
    case 0x3f:
      return "query";
    case 0x21:
      return "list";
    case 0x23:
      return "sealed";
    case 0x3e:
      if (!isMore) return "request";
      return message[START + 1] === 0x7b ? "question" : "ring-question";
    case 0x3c:
      if (!isMore) return "alive";
      if (message[START + 1] === 0x7b) return statusKind(message[START + 3]);
      return message.length <= LONGEST_RING_ANSWER ? "ring-answer" : "report-v1";
    default:
      return "other";
  }
}

/** By the first letter of the key: `{"answer`, `{"bye`, `{"hint`, `{"forget`. */
function statusKind(letter: number | undefined): Kind {
  if (letter === 0x61) return "answer";
  if (letter === 0x62) return "goodbye";
  if (letter === 0x68) return "hint";
  return letter === 0x66 ? "forget" : "other";
}

/** What follows the sign. */
export function bodyOf(message: Uint8Array): string {
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString(
    "latin1",
    START + 1,
  );
}
