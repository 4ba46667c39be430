/**
 * Messages to packets. Each packet is the signature, one character that tells the message, and
 * its text: UTF-8, but for the protocol-1 report, which is Latin-1.
 *
 * The signature travels as the UTF-8 bytes of what the user typed: those are the very bytes
 * that the 2005 program, a Python 2 program, takes from its command line on a UTF-8 terminal.
 * An ASCII signature is byte-exact everywhere.
 *
 *     value                    wire
 *     question                 >{"question":N,"id":…,"boot":…,"sequence":…,"liveSequence":…,"watching":true}
 *     answer, id, incarnation         <{"answer":N,"id":…,"boot":…
 *     sequence, liveSequence   "sequence":…,"liveSequence":…
 *     intervalSeconds          "interval": seconds
 *     ageSeconds               "age": seconds
 *     wallMs                   "clock": Unix time in ms
 *     you, name, ring, report  "you":…,"name":…,"ring":true,"report":{…}}
 *     goodbye                  <{"bye":{"id":…,"boot":…}}
 *     hint                     <{"hint":["192.168.1.7",…]}
 *     forget                   <{"forget":{"id":…,"boot":…}}
 *     quick question, answer   >NNNNNNNN, <NNNNNNNNbbbbbbbb (ring.ts)
 */
import { isIpv6 } from "../net/address.ts";
import { fitReport } from "./fit-report.ts";
import { MAX_ANSWER_BYTES, MAX_LIST_BYTES, MAX_REPORT_V1_BYTES } from "./limits.ts";
import type { Answer, Forget, Goodbye, Question } from "./message.ts";
import type { Report } from "./report.ts";
import { encodeReportV1 } from "./v1/report.ts";

/** `signature?` */
export function encodeInitialQuery(signature: string): Uint8Array {
  return utf8(`${signature}?`);
}

/**
 * `signature!address address …` in as many packets of at most 1,400 bytes as it takes; no
 * address at all is one packet, `signature!`. With `ipv6: false` IPv6 addresses are left out:
 * the 2005 program takes every word for an IPv4 address.
 */
export function encodeAddressLists(
  signature: string,
  addresses: readonly string[],
  options: { readonly ipv6: boolean },
): Uint8Array[] {
  const listed = options.ipv6 ? addresses : addresses.filter((address) => !isIpv6(address));
  const room = MAX_LIST_BYTES - byteLength(signature) - 1;
  const chunks = chunkWords(listed, { room, wordOverhead: 1 });
  if (chunks.length === 0) chunks.push([]);
  return chunks.map((chunk) => utf8(`${signature}!${chunk.join(" ")}`));
}

/** `signature>` */
export function encodeRequest(signature: string): Uint8Array {
  return utf8(`${signature}>`);
}

/** `signature>{"question":…}` */
export function encodeQuestion(signature: string, question: Omit<Question, "kind">): Uint8Array {
  const { question: number, id, incarnation, sequence, liveSequence, watching } = question;
  // JSON leaves out what is undefined; the order of the keys is that of the table above.
  const body = { question: number, id, boot: incarnation, sequence, liveSequence };
  return utf8(`${signature}>${JSON.stringify(watching ? { ...body, watching } : body)}`);
}

/**
 * `signature<` and the protocol-1 report: Latin-1, at most 4,096 bytes with the signature.
 */
export function encodeReportV1Packet(
  signature: string,
  report: Report,
  options: { readonly wallSeconds: number },
): Uint8Array {
  const head = utf8(`${signature}<`);
  const text = encodeReportV1(report, {
    wallSeconds: options.wallSeconds,
    maxBytes: MAX_REPORT_V1_BYTES - head.length,
  });
  const packet = new Uint8Array(head.length + text.length);
  packet.set(head);
  for (let i = 0; i < text.length; i++) packet[head.length + i] = text.charCodeAt(i);
  return packet;
}

/**
 * `signature<{"answer":…}`, cut (`fitReport`) to at most `maxBytes`, 4,095 unless told: sealed
 * messages have other room.
 */
export function encodeAnswer(
  signature: string,
  answer: Omit<Answer, "kind">,
  maxBytes: number = MAX_ANSWER_BYTES,
): Uint8Array {
  const { report } = answer;
  const packet = utf8(answerText(signature, answer, report));
  if (packet.length <= maxBytes || report === undefined) return packet;
  const room = maxBytes - (packet.length - byteLength(JSON.stringify(report)));
  return utf8(answerText(signature, answer, fitReport(report, room)));
}

function answerText(
  signature: string,
  answer: Omit<Answer, "kind">,
  report: Report | undefined,
): string {
  const body = {
    answer: answer.answer,
    id: answer.id,
    boot: answer.incarnation,
    sequence: answer.sequence,
    liveSequence: answer.liveSequence,
    interval: answer.intervalSeconds,
    age: answer.ageSeconds,
    clock: answer.wallMs,
    you: answer.you,
    name: answer.name,
    ring: answer.ring,
    report,
  };
  return `${signature}<${JSON.stringify(body)}`;
}

/** `signature<{"bye":…}` */
export function encodeGoodbye(signature: string, goodbye: Omit<Goodbye, "kind">): Uint8Array {
  const bye = { id: goodbye.id, boot: goodbye.incarnation };
  return utf8(`${signature}<${JSON.stringify({ bye })}`);
}

/** `signature<{"hint":[…]}` in packets of at most 1,400 bytes; no address, no packet. */
export function encodeHints(signature: string, addresses: readonly string[]): Uint8Array[] {
  const room = MAX_LIST_BYTES - byteLength(`${signature}<{"hint":[]}`);
  const chunks = chunkWords(addresses, { room, wordOverhead: 3 });
  return chunks.map((hint) => utf8(`${signature}<${JSON.stringify({ hint })}`));
}

/** `signature<{"forget":…}` */
export function encodeForget(signature: string, message: Omit<Forget, "kind">): Uint8Array {
  const forget = { id: message.id, boot: message.incarnation };
  return utf8(`${signature}<${JSON.stringify({ forget })}`);
}

/**
 * Words in groups of at most `room` characters, each word counted with its separators. A word
 * that does not fit alone is a group of its own, so that a signature of absurd length cannot
 * keep addresses from travelling. Addresses are ASCII: a character is a byte.
 */
function chunkWords(
  words: readonly string[],
  options: { readonly room: number; readonly wordOverhead: number },
): string[][] {
  const chunks: string[][] = [];
  let chunk: string[] = [];
  let used = 0;
  for (const word of words) {
    const size = word.length + options.wordOverhead;
    if (chunk.length > 0 && used + size > options.room) {
      chunks.push(chunk);
      chunk = [];
      used = 0;
    }
    chunk.push(word);
    used += size;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

const encoder = new TextEncoder();

function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
