/**
 * Reads the packets, tables and exchanges of docs/protocol.md. Each packet has a block of its own, in
 * which line breaks have no meaning and escapes (`\n`, `\t`, `\xe9`) stand for bytes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMessage } from "../../src/protocol/decode.ts";
import type { Message } from "../../src/protocol/message.ts";
import type { Report } from "../../src/protocol/report.ts";

/** The signature of all packets in the document. */
export const SIGNATURE = "lab";

export const DOCUMENT = readFileSync(
  join(import.meta.dir, "..", "..", "docs", "protocol.md"),
  "utf8",
);

export interface Line {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly packet: Uint8Array;
}

/** The text of each block whose first line is ```` ```NAME ````, in order. */
function blocks(name: string): string[] {
  const pattern = new RegExp(`^\`\`\`${name}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...DOCUMENT.matchAll(pattern)].map((match) => match[1] ?? "");
}

/** The packet of the only block with this name. */
export function packet(name: string): Uint8Array {
  const [text, ...more] = blocks(`packet ${name}`);
  if (text === undefined || more.length > 0) throw new Error(`not one packet "${name}"`);
  return bytesOf(text.replaceAll("\n", ""));
}

/** The text of the only block with this first line, without its line breaks. */
export function block(name: string): string {
  const [text, ...more] = blocks(name);
  if (text === undefined || more.length > 0) throw new Error(`not one block "${name}"`);
  return text.replaceAll("\n", "");
}

/** The names of all packets that have a block of their own. */
export function packetNames(): string[] {
  return [...DOCUMENT.matchAll(/^```packet (\S+)$/gm)].map((match) => match[1] ?? "");
}

/** The lines of all blocks of one exchange, `0.0  alpha → beta  lab?`; an indented line continues one. */
export function exchange(name: string): Line[] {
  const joined = blocks(`exchange ${name}`)
    .join("")
    .replace(/\n {8,}/g, "");
  return joined
    .trim()
    .split("\n")
    .map((text) => {
      const match = /^ *(\d+\.\d) {2}(\w+) → (\w+) +(\S.*)$/.exec(text);
      if (match === null) throw new Error(`not a line of an exchange: ${text}`);
      const [, seconds = "", from = "", to = "", body = ""] = match;
      return { atMs: Math.round(Number(seconds) * 1000), from, to, packet: bytesOf(body) };
    });
}

export type Row = Readonly<Record<string, string>>;

/** The rows of the first table below a heading, as objects with the names of the columns as keys. */
export function table(heading: string): Row[] {
  const start = DOCUMENT.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`no heading "${heading}"`);
  const [, found] = /\n(\|[^\n]*\n\|[-|: ]*\n(?:\|[^\n]*\n)+)/.exec(DOCUMENT.slice(start)) ?? [];
  const [head, , ...rows] = (found ?? "").trim().split("\n").map(cells);
  if (head === undefined) throw new Error(`no table below "${heading}"`);
  return rows.map((row) => Object.fromEntries(head.map((key, index) => [key, row[index] ?? ""])));
}

/** All pieces of code in a cell. */
export function codes(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

/** Whether a cell of the row begins with the word "required". */
export function isRequired(row: Row): boolean {
  return Object.values(row).some((cell) => /^required\b/.test(cell));
}

/** The message in a packet of the document; throws for a packet that the product drops. */
export function decode(bytes: Uint8Array): Message {
  const decoded = decodeMessage(bytes, SIGNATURE);
  if (!decoded.ok) throw new Error(`${decoded.reason}: ${latin1(bytes)}`);
  return decoded.value;
}

export function reportOf(message: Message): Report {
  if (!("report" in message) || message.report === undefined) throw new Error("no report");
  return message.report;
}

/** The value at a path like `users[].name`; of a list, the first item's. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const step of path.split(".")) {
    const inner = (found as Record<string, unknown> | undefined)?.[step.replace("[]", "")];
    found = step.endsWith("[]") && Array.isArray(inner) ? inner[0] : inner;
  }
  return found;
}

/** A packet with JSON after the sign. */
export function jsonPacket(sign: string, value: object): Uint8Array {
  return Buffer.from(`${SIGNATURE}${sign}${JSON.stringify(value)}`);
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function cells(row: string): string[] {
  return row
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
}

/** Converts escapes to bytes and all else to UTF-8. */
function bytesOf(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const part of text.match(/\\(?:n|t|x[0-9a-f]{2})|[^\\]+/g) ?? []) {
    if (part === "\\n") bytes.push(0x0a);
    else if (part === "\\t") bytes.push(0x09);
    else if (part.startsWith("\\x")) bytes.push(Number.parseInt(part.slice(2), 16));
    else bytes.push(...Buffer.from(part, "utf8"));
  }
  return Uint8Array.from(bytes);
}
