/**
 * The two small messages by which the ring checks a machine (docs/protocol.md): a question with a number,
 * and an answer with the same number and the start of the incarnation, which shows a restart. Sealed,
 * with a signature of 9 bytes, the answer has 90 bytes; JSON would need half as many again.
 *
 *     lab>Ej9sQ0aB
 *     lab<Ej9sQ0aBc4d07a96
 *
 * Neither can be mistaken for another message: JSON begins with a brace, and a report of protocol 1
 * has four lines.
 */
import type { RingAnswer, RingQuestion } from "./message.ts";
import { utf8 } from "./packet-text.ts";

/** 48 bits as base64url, big-endian. */
const NUMBER_CHARACTERS = 8;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** The start of the incarnation, which two runs share by a chance of one in four billion. */
const INCARNATION_CHARACTERS = 8;

const QUESTION = /^[A-Za-z0-9_-]{8}$/;
const ANSWER = /^[A-Za-z0-9_-]{9,16}$/;

/** `signature>NNNNNNNN`; the number has 48 bits. */
export function encodeRingQuestion(signature: string, number: number): Uint8Array {
  return utf8(`${signature}>${numberText(number)}`);
}

/** `signature<NNNNNNNNbbbbbbbb` */
export function encodeRingAnswer(
  signature: string,
  answer: { readonly number: number; readonly incarnation: string },
): Uint8Array {
  return utf8(`${signature}<${numberText(answer.number)}${incarnationStart(answer.incarnation)}`);
}

/** Reads what follows the `>`; `undefined` if it is no ring question. */
export function readRingQuestion(body: Buffer): RingQuestion | undefined {
  if (body.length !== NUMBER_CHARACTERS) return undefined;
  const text = body.toString("latin1");
  return QUESTION.test(text) ? { kind: "ring-question", number: readNumber(text) } : undefined;
}

/** Reads what follows the `<`; `undefined` if it is no ring answer. */
export function readRingAnswer(body: Buffer): RingAnswer | undefined {
  if (body.length > NUMBER_CHARACTERS + INCARNATION_CHARACTERS) return undefined;
  const text = body.toString("latin1");
  if (!ANSWER.test(text)) return undefined;
  const number = readNumber(text.slice(0, NUMBER_CHARACTERS));
  return { kind: "ring-answer", number, incarnationStart: text.slice(NUMBER_CHARACTERS) };
}

/** The part of an incarnation that a ring answer carries. */
export function incarnationStart(incarnation: string): string {
  return incarnation.slice(0, INCARNATION_CHARACTERS);
}

/** Writes digit by digit, as a buffer would take several times as long and this runs every second. */
function numberText(number: number): string {
  let text = "";
  for (let place = 64 ** (NUMBER_CHARACTERS - 1); place >= 1; place /= 64) {
    text += DIGITS.charAt(Math.floor(number / place) % 64);
  }
  return text;
}

function readNumber(text: string): number {
  let number = 0;
  for (const digit of text) number = number * 64 + DIGITS.indexOf(digit);
  return number;
}
