/**
 * Reads packets into messages. Any bytes give a message or a reason, never a throw, and the work is
 * bounded by the size of the packet. A message that is read here is well-formed; whether it is true
 * is for the core to decide.
 */

import { integerReader, isObject, numberReader, wordReader } from "../base/json-fields.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { Writable } from "../base/writable.ts";
import { canonicalAddress } from "../net/address.ts";
import {
  MAX_HINT_ADDRESSES,
  MAX_JSON_BYTES,
  MAX_NAME_LENGTH,
  MAX_REPORT_V1_BYTES,
} from "./limits.ts";
import type {
  Answer,
  Decoded,
  DropReason,
  Goodbye,
  Hint,
  Message,
  Question,
  RemovalRequest,
} from "./message.ts";
import { parseReport } from "./report-json.ts";
import { readRingAnswer, readRingQuestion } from "./ring.ts";
import { readAddressList } from "./v1/messages.ts";
import { decodeReportV1 } from "./v1/report.ts";

/**
 * The message in a packet, or the reason why it is none. The packet begins with the UTF-8 bytes of
 * the signature; the next character and what follows tell the message:
 *
 *     ?   nothing: initial query
 *     !   words: address list
 *     >   nothing: request of protocol 1; JSON: question; 8 characters: ring question
 *     <   nothing: alive; four lines of Latin-1: report of protocol 1; 9 to 16 characters: ring answer;
 *         JSON: answer, goodbye, hint or removal request
 *     #   a sealed packet, which is no plain message
 */
export function decodeMessage(bytes: Uint8Array, signature: string): Decoded {
  const start = signatureEnd(bytes, signature);
  if (start === undefined) return drop("wrong signature");
  const { buffer, byteOffset, length } = bytes;
  const body = Buffer.from(buffer, byteOffset + start + 1, length - start - 1);
  switch (bytes[start]) {
    case QUESTION_MARK:
      return body.length === 0 ? message({ kind: "initial-query" }) : drop("malformed query");
    case EXCLAMATION_MARK:
      return message(readAddressList(body));
    case GREATER_THAN:
      return decodeRequest(body);
    case LESS_THAN:
      return decodeStatus(body, length);
    case NUMBER_SIGN:
      return drop("sealed");
    default:
      // The signature of another network that begins with this network's signature.
      return drop("wrong signature");
  }
}

const encoder = new TextEncoder();

/** Where the signature ends, if the packet begins with its bytes and continues after them. */
function signatureEnd(packet: Uint8Array, signature: string): number | undefined {
  if (packet.length <= signature.length) return undefined;
  for (let i = 0; i < signature.length; i++) {
    const character = signature.charCodeAt(i);
    // ASCII characters are their own bytes, so that nearly no packet needs the encoder.
    if (character > 0x7f) return encodedEnd(packet, encoder.encode(signature));
    if (packet[i] !== character) return undefined;
  }
  return signature.length;
}

function encodedEnd(packet: Uint8Array, signature: Uint8Array): number | undefined {
  if (packet.length <= signature.length) return undefined;
  return signature.every((byte, i) => packet[i] === byte) ? signature.length : undefined;
}

const EXCLAMATION_MARK = 0x21;
const NUMBER_SIGN = 0x23;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const QUESTION_MARK = 0x3f;
const BRACE = 0x7b;

function decodeRequest(body: Buffer): Decoded {
  if (body.length === 0) return message({ kind: "request" });
  if (body.length > MAX_JSON_BYTES) return drop("too long");
  const quick = readRingQuestion(body);
  if (quick !== undefined) return message(quick);
  const question = body[0] === BRACE ? parseJson(body) : undefined;
  return decoded(readQuestion(question), "malformed question");
}

function decodeStatus(body: Buffer, packetBytes: number): Decoded {
  if (body.length === 0) return message({ kind: "alive" });
  if (body[0] === BRACE) return decodeStatusJson(body);
  const quick = readRingAnswer(body);
  if (quick !== undefined) return message(quick);
  // The 2005 program reads this many bytes of a packet, whatever follows.
  const readBytes = body.length - Math.max(0, packetBytes - MAX_REPORT_V1_BYTES);
  const text = body.toString("latin1", 0, readBytes);
  const report = decodeReportV1(text, { isCut: packetBytes >= MAX_REPORT_V1_BYTES });
  if (report.ok) return message({ kind: "report-v1", ...report.value });
  return { ok: false, reason: "malformed report", reportFault: report.reason };
}

function decodeStatusJson(body: Buffer): Decoded {
  if (body.length > MAX_JSON_BYTES) return drop("too long");
  const value = parseJson(body);
  if (value === undefined) return drop("malformed report");
  if (value["answer"] !== undefined) return readAnswer(value);
  if (value["bye"] !== undefined) return decoded(readGoodbye(value["bye"]), "malformed goodbye");
  if (value["hint"] !== undefined) return decoded(readHint(value["hint"]), "malformed hint");
  if (value["forget"] !== undefined) {
    return decoded(readRemovalRequest(value["forget"]), "malformed removal request");
  }
  return drop("unknown message");
}

/** Request numbers have 48 random bits; any number that JSON carries exactly can be echoed. */
const safeInteger = integerReader(0, Number.MAX_SAFE_INTEGER);

/** Up to a year: longer intervals and ages make no sense. */
const duration = numberReader(31_536_000);
const name = wordReader(MAX_NAME_LENGTH);

/** Hex or base64url, which cannot be mistaken for an address, since that has a dot or a colon. */
function readIdentifier(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? value : undefined;
}

function readQuestion(value: Json | undefined): Question | undefined {
  const question = safeInteger(value?.["question"]);
  const id = readIdentifier(value?.["id"]);
  if (value === undefined || question === undefined || id === undefined) return undefined;
  const incarnation = readIdentifier(value["boot"]);
  const sequence = safeInteger(value["sequence"]);
  const liveSequence = safeInteger(value["liveSequence"]);
  const watching = value["watching"] === true;
  const read: Writable<Question> = { kind: "question", question, id, watching };
  if (incarnation !== undefined) read.incarnation = incarnation;
  if (sequence !== undefined) read.sequence = sequence;
  if (liveSequence !== undefined) read.liveSequence = liveSequence;
  return read;
}

function readAnswer(value: Json): Decoded {
  const answer = readAnswerHead(value);
  if (answer === undefined) return drop("malformed answer");
  const liveSequence = safeInteger(value["liveSequence"]);
  const you = readAddress(value["you"]);
  if (liveSequence !== undefined) answer.liveSequence = liveSequence;
  if (you !== undefined) answer.you = you;
  if (value["ring"] === true) answer.ring = true;
  if (value["report"] === undefined) return message(answer);
  const report = parseReport(value["report"]);
  if (!report.ok) return drop("malformed report");
  answer.report = report.value;
  return message(answer);
}

function readAnswerHead(value: Json): Writable<Answer> | undefined {
  const answer = safeInteger(value["answer"]);
  const id = readIdentifier(value["id"]);
  const incarnation = readIdentifier(value["boot"]);
  const sequence = safeInteger(value["sequence"]);
  const intervalSeconds = duration(value["interval"]);
  const ageSeconds = duration(value["age"]);
  const wallMs = safeInteger(value["clock"]);
  const machine = name(value["name"]);
  if (answer === undefined || id === undefined || incarnation === undefined) return undefined;
  if (sequence === undefined || wallMs === undefined || machine === undefined) return undefined;
  if (ageSeconds === undefined || !intervalSeconds) return undefined;
  return {
    kind: "answer",
    answer,
    id,
    incarnation,
    sequence,
    intervalSeconds,
    ageSeconds,
    wallMs,
    name: machine,
  };
}

function readGoodbye(value: unknown): Goodbye | undefined {
  if (!isObject(value)) return undefined;
  const id = readIdentifier(value["id"]);
  const incarnation = readIdentifier(value["boot"]);
  if (id === undefined || incarnation === undefined) return undefined;
  return { kind: "goodbye", id, incarnation };
}

function readHint(value: unknown): Hint | undefined {
  if (!Array.isArray(value)) return undefined;
  const addresses = value.slice(0, MAX_HINT_ADDRESSES).flatMap((item) => readAddress(item) ?? []);
  return { kind: "hint", addresses };
}

/** The id of a protocol-1 machine is its address. */
function readRemovalRequest(value: unknown): RemovalRequest | undefined {
  if (!isObject(value)) return undefined;
  const id = readIdentifier(value["id"]) ?? readAddress(value["id"]);
  const incarnation = readIdentifier(value["boot"]);
  if (id === undefined) return undefined;
  return { kind: "removal-request", id, ...withoutUndefined({ incarnation }) };
}

function readAddress(value: unknown): string | undefined {
  return typeof value === "string" ? canonicalAddress(value) : undefined;
}

type Json = Readonly<Record<string, unknown>>;

function parseJson(body: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function message(value: Message): Decoded {
  return { ok: true, value };
}

function drop(reason: DropReason): Decoded {
  return { ok: false, reason };
}

function decoded(value: Message | undefined, reason: DropReason): Decoded {
  return value === undefined ? drop(reason) : message(value);
}
