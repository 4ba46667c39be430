/**
 * The two small messages of the ring watch (design 6.6): a number there, and the same number back
 * with the beginning of the incarnation, which shows a restart. Sealed, with a signature of 9 bytes, the
 * answer has 90 bytes; JSON would need half as much again, every second, for nothing.
 *
 *     lab>Ej9sQ0aB
 *     lab<Ej9sQ0aBc4d07a96
 *
 * Neither can be taken for anything else: JSON begins with a brace, a report has four lines.
 */
import type { RingAnswer, RingQuestion } from "./message.ts";

/** 48 bits as base64url, big-endian. */
const NUMBER_CHARACTERS = 8;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Of the incarnation: two runs of a machine that begin alike are one chance in four billion. */
const INCARNATION_CHARACTERS = 8;

const QUESTION = /^[A-Za-z0-9_-]{8}$/;
const ANSWER = /^[A-Za-z0-9_-]{9,16}$/;

/** `signature>NNNNNNNN`; a number of 48 bits. */
export function encodeRingQuestion(signature: string, number: number): Uint8Array {
  return encoder.encode(`${signature}>${numberText(number)}`);
}

/** `signature<NNNNNNNNbbbbbbbb` */
export function encodeRingAnswer(
  signature: string,
  answer: { readonly number: number; readonly incarnation: string },
): Uint8Array {
  return encoder.encode(
    `${signature}<${numberText(answer.number)}${incarnationStart(answer.incarnation)}`,
  );
}

/** What follows the `>`; `undefined` if it is no quick question. */
export function readRingQuestion(body: Buffer): RingQuestion | undefined {
  if (body.length !== NUMBER_CHARACTERS) return undefined;
  const text = body.toString("latin1");
  return QUESTION.test(text) ? { kind: "ring-question", number: readNumber(text) } : undefined;
}

/** What follows the `<`; `undefined` if it is no quick answer. */
export function readRingAnswer(body: Buffer): RingAnswer | undefined {
  if (body.length > NUMBER_CHARACTERS + INCARNATION_CHARACTERS) return undefined;
  const text = body.toString("latin1");
  if (!ANSWER.test(text)) return undefined;
  const number = readNumber(text.slice(0, NUMBER_CHARACTERS));
  return { kind: "ring-answer", number, incarnationStart: text.slice(NUMBER_CHARACTERS) };
}

/** As much of an incarnation as a quick answer tells. */
export function incarnationStart(incarnation: string): string {
  return incarnation.slice(0, INCARNATION_CHARACTERS);
}

const encoder = new TextEncoder();

/** Digit by digit: every second, and to make a buffer for it takes several times as long. */
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
