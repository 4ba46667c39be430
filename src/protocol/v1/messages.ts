/**
 * The messages of protocol 1 as packets: the signature, one character, and text (docs/protocol.md). Its
 * report is in report.ts.
 *
 *     initial query    lab?
 *     address list     lab!192.168.1.7 192.168.1.9
 *     request          lab>
 *     alive            lab<          (only to a machine that speaks protocol 1 alone)
 *     report           lab<anna 1117620000 60 …
 */
import { canonicalAddress } from "../../net/address.ts";
import { MAX_LIST_BYTES, MAX_LIST_WORDS, MAX_REPORT_V1_BYTES } from "../limits.ts";
import type { AddressList } from "../message.ts";
import { byteLength, chunkWords, utf8 } from "../packet-text.ts";
import type { Report } from "../report.ts";
import type { FiguresV1 } from "./figures.ts";
import { encodeReportV1 } from "./report.ts";

/** `signature?` */
export function encodeInitialQuery(signature: string): Uint8Array {
  return utf8(`${signature}?`);
}

/**
 * `signature!address address …` in as many packets of at most 1,400 bytes as it takes; without an
 * address it is one packet, `signature!`.
 */
export function encodeAddressLists(signature: string, addresses: readonly string[]): Uint8Array[] {
  const room = MAX_LIST_BYTES - byteLength(signature) - 1;
  const chunks = chunkWords(addresses, { room, wordOverhead: 1 });
  if (chunks.length === 0) chunks.push([]);
  return chunks.map((chunk) => utf8(`${signature}!${chunk.join(" ")}`));
}

/** What follows the `!`. Words that are no address, or beyond the cap, are counted. */
export function readAddressList(body: Buffer): AddressList {
  const words = body.toString("latin1").split(/[ \t\r\n]+/);
  const addresses: string[] = [];
  let skipped = 0;
  for (const word of words) {
    if (word === "") continue;
    const isRead = addresses.length + skipped < MAX_LIST_WORDS;
    const address = isRead ? canonicalAddress(word) : undefined;
    if (address === undefined) skipped++;
    else addresses.push(address);
  }
  return { kind: "address-list", addresses, skipped };
}

/** `signature>` */
export function encodeRequest(signature: string): Uint8Array {
  return utf8(`${signature}>`);
}

/** `signature<` alone: the sender is alive, and has no newer report. */
export function encodeAlive(signature: string): Uint8Array {
  return utf8(`${signature}<`);
}

/** `signature<` and the report as Latin-1, at most 4,096 bytes with the signature. */
export function encodeReportV1Packet(
  signature: string,
  report: Report,
  options: { readonly wallSeconds: number; readonly figures?: FiguresV1 | undefined },
): Uint8Array {
  const head = utf8(`${signature}<`);
  const maxBytes = MAX_REPORT_V1_BYTES - head.length;
  const text = encodeReportV1(report, { ...options, maxBytes });
  return Buffer.concat([head, Buffer.from(text, "latin1")]);
}
