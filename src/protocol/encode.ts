/**
 * The JSON messages of protocol 2 as packets (docs/protocol.md): the signature, `>` or `<`, and one JSON
 * object in UTF-8. Durations and clocks have shorter keys on the wire:
 *
 *     value                    wire
 *     question                 >{"question":N,"id":…,"boot":…,"sequence":…,"liveSequence":…,
 *     watching                 "watching":true}
 *     answer, id, incarnation  <{"answer":N,"id":…,"boot":…
 *     sequence, liveSequence   "sequence":…,"liveSequence":…
 *     intervalSeconds          "interval": seconds
 *     ageSeconds               "age": seconds
 *     wallMs                   "clock": Unix time in ms
 *     you, name, ring, report  "you":…,"name":…,"ring":true,"report":{…}}
 *     goodbye                  <{"bye":{"id":…,"boot":…}}
 *     hint                     <{"hint":["192.168.1.7",…]}
 *     removal request          <{"forget":{"id":…,"boot":…}}
 *
 * The signature travels as the UTF-8 bytes of what the user typed. A 2005 program, written in
 * Python 2, takes the same bytes from its command line on a UTF-8 terminal. An ASCII signature is
 * the same everywhere.
 */
import { fitReport } from "./fit-report.ts";
import { MAX_ANSWER_BYTES, MAX_LIST_BYTES } from "./limits.ts";
import type { Answer, Goodbye, Question, RemovalRequest } from "./message.ts";
import { byteLength, chunkWords, utf8 } from "./packet-text.ts";

/** `signature>{"question":…}` */
export function encodeQuestion(signature: string, question: Omit<Question, "kind">): Uint8Array {
  const { question: number, id, incarnation, sequence, liveSequence, watching } = question;
  // JSON leaves out what is undefined; the keys are in the order of the table above.
  const body = { question: number, id, boot: incarnation, sequence, liveSequence };
  return utf8(`${signature}>${JSON.stringify(watching ? { ...body, watching } : body)}`);
}

/** `signature<{"answer":…}`, with its report cut (`fitReport`) so that the packet has at most 4,095 bytes. */
export function encodeAnswer(signature: string, answer: Omit<Answer, "kind">): Uint8Array {
  const { report } = answer;
  const packet = utf8(answerText(signature, answer));
  if (packet.length <= MAX_ANSWER_BYTES || report === undefined) return packet;
  const room = MAX_ANSWER_BYTES - (packet.length - byteLength(JSON.stringify(report)));
  return utf8(answerText(signature, { ...answer, report: fitReport(report, room) }));
}

function answerText(signature: string, answer: Omit<Answer, "kind">): string {
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
    report: answer.report,
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
export function encodeRemovalRequest(
  signature: string,
  removal: Omit<RemovalRequest, "kind">,
): Uint8Array {
  const forget = { id: removal.id, boot: removal.incarnation };
  return utf8(`${signature}<${JSON.stringify({ forget })}`);
}
