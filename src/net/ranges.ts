/**
 * Address ranges as the user writes them, for allow lists and for scans. `lan`
 * stays a word here, since its meaning changes while the daemon runs; `resolveRanges`
 * (address-set.ts) turns ranges into addresses.
 */
import { fail, ok, type Result } from "../base/result.ts";
import { formatAddress, parseAddress } from "./address.ts";
import {
  type Interval,
  IPV4,
  isWithin,
  knownCidr,
  overlaps,
  parseCidr,
  subtract,
} from "./interval.ts";

export type RangeUse = "allow" | "scan";

/** `text` is what the user wrote, for messages and the page. */
export type Range =
  | { readonly kind: "addresses"; readonly text: string; readonly intervals: readonly Interval[] }
  | { readonly kind: "lan"; readonly text: string; readonly includesWireless: boolean };

/** For each family an allow list that names no loopback address allows all of them (addedLoopback). */
export interface RangeList {
  readonly use: RangeUse;
  readonly ranges: readonly Range[];
}

/** The largest scan. At 100 questions a second it takes 11 minutes, about one interval. */
export const SCAN_LIMIT = 65_536;

export const LOOPBACK: readonly Interval[] = [knownCidr("127.0.0.0/8"), knownCidr("::1/128")];

const MULTICAST: readonly Interval[] = [knownCidr("224.0.0.0/4"), knownCidr("ff00::/8")];
const NO_MACHINE: readonly Interval[] = [
  knownCidr("0.0.0.0/8"),
  knownCidr("255.255.255.255/32"),
  knownCidr("::/128"),
];

/** Longer than any valid range. */
const LONGEST_RANGE = 64;

/** The forms of a range, for messages. */
export const RANGE_FORMS =
  "write 192.168.1.7, 192.168.1.10-20, 192.168.1. (the dot at the end is part of it), " +
  "10.1.0.0/22, an IPv6 address or CIDR, or lan";

/** Reads one range. The reason is a part of a sentence: what is wrong, and how to write it. */
export function parseRange(text: string, use: RangeUse): Result<Range> {
  if (text === "lan" || text === "lan+wireless") {
    return ok({ kind: "lan", text, includesWireless: text === "lan+wireless" });
  }
  const wide = parseWidePrefix(text);
  if (wide !== undefined && use === "scan") return fail(whyTooWide(text, wide));
  const interval = wide ?? parsePlainRange(text) ?? parseCidrRange(text, use);
  if (interval === undefined) return fail(explainUnreadable(text, use));
  if (use === "scan") {
    const reason = whyNotScannable(interval);
    if (reason !== undefined) return fail(reason);
  }
  return ok({ kind: "addresses", text, intervals: withoutMappedBlock(interval) });
}

/** Reads a list that the program itself wrote; throws for anything unreadable. */
export function rangeList(texts: readonly string[], use: RangeUse): RangeList {
  const ranges = texts.map((text) => {
    const range = parseRange(text, use);
    if (!range.ok) throw new Error(`${text}: ${range.reason}`);
    return range.value;
  });
  return { use, ranges };
}

export function rangeTexts(list: RangeList): readonly string[] {
  return list.ranges.map((range) => range.text);
}

/** How many addresses a range names; 0 for `lan`, which is never too large. */
export function rangeSize(range: Range): bigint {
  if (range.kind === "lan") return 0n;
  return range.intervals.reduce((sum, { first, last }) => sum + (last - first + 1n), 0n);
}

/** Why a whole scan is too large, with the arithmetic; undefined if it is not. */
export function whyTooLarge(list: RangeList): string | undefined {
  const sizes = list.ranges.map((range) => ({ text: range.text, size: rangeSize(range) }));
  const total = sizes.reduce((sum, { size }) => sum + size, 0n);
  if (total <= BigInt(SCAN_LIMIT)) return undefined;
  const largest = [...sizes].sort((a, b) => Number(b.size - a.size)).slice(0, 3);
  const parts = largest.map(({ text, size }) => `${text} is ${grouped(size)}`).join(", ");
  return (
    `${parts}${sizes.length > 3 ? ", …" : ""}: together ${grouped(total)} addresses, and a scan ` +
    `covers at most ${grouped(BigInt(SCAN_LIMIT))}; name only the parts where machines are`
  );
}

/**
 * The loopback addresses that an allow list holds without naming them: those of each family of which
 * it names none, so that `-a 127.` lets `http://localhost` in over ::1 too. `0.0.0.0/0` names none, as
 * it names everything.
 */
export function addedLoopback(list: RangeList): readonly Interval[] {
  return LOOPBACK.filter((block) => !list.ranges.some((range) => lieIn(range, [block])));
}

/** Whether the list allows loopback addresses only; an empty one does, since they are always added. */
export function isLoopbackOnly(list: RangeList): boolean {
  return list.ranges.every((range) => lieIn(range, LOOPBACK));
}

function lieIn(range: Range, blocks: readonly Interval[]): boolean {
  return (
    range.kind === "addresses" &&
    range.intervals.every((interval) => blocks.some((block) => isWithin(interval, block)))
  );
}

/** `a.` and `a.b.` mean all addresses that begin so. */
function parseWidePrefix(text: string): Interval | undefined {
  const match = /^\d+\.(\d+\.)?$/.exec(text);
  if (match === null) return undefined;
  return parseCidr(match[1] === undefined ? `${text}0.0.0/8` : `${text}0.0/16`);
}

function whyTooWide(text: string, { first }: Interval): string {
  return `${text} is only for allow lists; to scan, write ${formatAddress(first)}/16 or another part of it`;
}

/** `a.b.c.d`, `a.b.c.d-e`, `a.b.c.`, or one IPv6 address. */
function parsePlainRange(text: string): Interval | undefined {
  const address = parseAddress(text);
  if (address !== undefined) return { first: address, last: address };
  if (/^\d+\.\d+\.\d+\.$/.test(text)) {
    const network = parseAddress(`${text}0`);
    return network === undefined ? undefined : { first: network + 1n, last: network + 254n };
  }
  const match = /^(\d+\.\d+\.\d+\.)(\d+)-(\d+)$/.exec(text);
  if (match === null) return undefined;
  const first = parseAddress(`${match[1]}${match[2]}`);
  const last = parseAddress(`${match[1]}${match[3]}`);
  return first === undefined || last === undefined || first > last ? undefined : { first, last };
}

/** A scan leaves out the network address and the broadcast address of IPv4 networks up to /30. */
function parseCidrRange(text: string, use: RangeUse): Interval | undefined {
  const interval = parseCidr(text);
  if (interval === undefined || use === "allow") return interval;
  const hasBroadcast = isWithin(interval, IPV4) && interval.last - interval.first >= 3n;
  return hasBroadcast ? { first: interval.first + 1n, last: interval.last - 1n } : interval;
}

function whyNotScannable(interval: Interval): string | undefined {
  const size = interval.last - interval.first + 1n;
  if (size > BigInt(SCAN_LIMIT)) {
    const widest = isWithin(interval, IPV4) ? "/16" : "/112";
    return (
      `it is ${grouped(size)} addresses, ${scanTime(size)} at 100 a second; a scan covers at most ` +
      `${grouped(BigInt(SCAN_LIMIT))} (a ${widest}): name only the parts where machines are`
    );
  }
  if (MULTICAST.some((block) => overlaps(block, interval))) {
    return "it contains multicast addresses, which no machine has";
  }
  const odd = NO_MACHINE.find((block) => overlaps(block, interval));
  return odd && `it contains ${formatAddress(odd.first)}, which no machine has`;
}

/** `::/0` means all IPv6 addresses, but not the IPv4 ones in the mapped block. */
function withoutMappedBlock(interval: Interval): readonly Interval[] {
  return isWithin(interval, IPV4) ? [interval] : subtract(interval, [IPV4]);
}

const HINTS: readonly { readonly form: RegExp; readonly hint: (text: string) => string }[] = [
  { form: /^$/, hint: () => "it is empty" },
  { form: /[,\s]/, hint: () => "give each range its own option or list item" },
  { form: /%/, hint: () => "leave off the zone (everything from the % on)" },
  { form: /(^|\.)0\d/, hint: () => "a number must not begin with 0" },
  { form: /^\d+\.\d+\.\d+$/, hint: (text) => `write ${text}. with the dot at the end` },
  { form: /^\d+\.\d+\.\d+\.\*$/, hint: (text) => `write ${text.slice(0, -1)}` },
  { form: /^[\d.]+\/[\d.]+\.[\d.]+$/, hint: () => "write the mask as a length, as in 10.1.0.0/22" },
  { form: /^[\d.]+\/\d+$/, hint: () => "the length after / is 0 to 32, the address a.b.c.d" },
  { form: /^[\da-f:.]*:[\da-f:.]*\/\d+$/i, hint: () => "the length after / is 0 to 128" },
  {
    form: /^[\d.]+-\d+\.\d+\.\d+\.\d+$/,
    hint: () => "after the - comes only the last number, as in 192.168.1.10-20; or use CIDR",
  },
  { form: /^[\d.]+-\d+$/, hint: () => "the form is a.b.c.d-e, with d not above e, none above 255" },
  { form: /^[\d.]+$/, hint: () => "an address is four numbers from 0 to 255" },
  { form: /^(lan|wireless)\b|^LAN/i, hint: () => "the words are lan and lan+wireless" },
  { form: /^[a-z][\w.-]*$/i, hint: () => "names are not looked up: write the address" },
];

function explainUnreadable(text: string, use: RangeUse): string {
  if (text.length > LONGEST_RANGE) return `it is too long; ${RANGE_FORMS}`;
  const wide = parseWidePrefix(`${text}.`);
  if (wide !== undefined) {
    return use === "scan" ? whyTooWide(`${text}.`, wide) : `write ${text}. with the dot at the end`;
  }
  return HINTS.find(({ form }) => form.test(text))?.hint(text) ?? RANGE_FORMS;
}

/** 16777214n → "16,777,214"; numbers of more than 15 digits become a power of two. */
function grouped(size: bigint): string {
  const digits = size.toString();
  if (digits.length > 15) return `2^${size.toString(2).length - 1}`;
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function scanTime(size: bigint): string {
  const hours = size / 360_000n;
  if (hours < 1n) return `${size / 6_000n} minutes`;
  return hours < 48n ? `${hours} hours` : hours < 24n * 800n ? `${hours / 24n} days` : "years";
}
