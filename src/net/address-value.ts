/**
 * Addresses as numbers: one line of 2¹²⁸ values on which IPv4 lies where IPv6 maps it
 * (::ffff:0:0/96), so that 10.1.2.3 and ::ffff:10.1.2.3 are the same value. All range checks are
 * made here, never on text.
 */
import ipaddr from "ipaddr.js";

/** ::ffff:0.0.0.0, where IPv4 begins on the line (RFC 4291, 2.5.5.2). */
export const IPV4_FIRST = 0xffff_0000_0000n;
export const IPV4_LAST = 0xffff_ffff_ffffn;

/** Both ends belong to it. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** Four decimal numbers, none with a leading zero: `010` is 8 to some readers and 10 to others. */
const IPV4_TEXT = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** The longest IPv6 text, ::ffff:255.255.255.255 written in full, has 45 characters. */
const LONGEST_ADDRESS = 45;

/** The 32-bit number of a strictly written IPv4 address; undefined for anything else. */
export function parseIpv4Number(text: string): number | undefined {
  const match = IPV4_TEXT.exec(text);
  if (match === null) return undefined;
  let value = 0;
  for (const part of match.slice(1)) {
    const byte = Number(part);
    if (byte > 255) return undefined;
    value = value * 256 + byte;
  }
  return value;
}

/** Reads IPv4, IPv6 and IPv4-mapped IPv6 text without a zone; undefined for anything else. */
export function parseAddress(text: string): bigint | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  const ipv4 = parseIpv4Number(text);
  if (ipv4 !== undefined) return IPV4_FIRST + BigInt(ipv4);
  if (!/^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(text)) return undefined;
  // ipaddr.js reads leading zeros in an embedded IPv4 part as octal.
  const tail = text.slice(text.lastIndexOf(":") + 1);
  if (tail.includes(".") && parseIpv4Number(tail) === undefined) return undefined;
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  // ipaddr.js takes `::10.1.2.3` for a mapped address, which only `::ffff:10.1.2.3` is.
  const address = ipaddr.IPv6.parse(text.replace(/^::(?=\d+\.)/, "0::"));
  let value = 0n;
  for (const part of address.parts) value = (value << 16n) | BigInt(part);
  return value;
}

export function isIpv4(value: bigint): boolean {
  return value >= IPV4_FIRST && value <= IPV4_LAST;
}

/** Canonical text: dotted decimal for IPv4, RFC 5952 for IPv6. */
export function formatAddress(value: bigint): string {
  if (isIpv4(value)) {
    const number = Number(value - IPV4_FIRST);
    return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
  }
  const parts: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) parts.push(Number((value >> shift) & 0xffffn));
  return new ipaddr.IPv6(parts).toRFC5952String();
}

/**
 * Reads `address/length`; host bits are ignored, so a machine's own `10.1.2.3/22` names its
 * network. Undefined for anything else. A length below 96 on an IPv4-mapped address is refused.
 */
export function parseCidr(text: string): Interval | undefined {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  if (match === null) return undefined;
  const address = parseAddress(match[1] ?? "");
  if (address === undefined) return undefined;
  const isDotted = !text.includes(":");
  const length = Number(match[2]) + (isDotted ? 96 : 0);
  if (length > 128 || (isIpv4(address) && length < 96)) return undefined;
  const hostMask = (1n << BigInt(128 - length)) - 1n;
  return { first: address & ~hostMask, last: address | hostMask };
}

/** Sorted, disjoint, with neighbours joined. */
export function mergeIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = [...intervals].sort((a, b) =>
    a.first < b.first ? -1 : a.first > b.first ? 1 : 0,
  );
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const previous = merged.at(-1);
    if (previous === undefined || interval.first > previous.last + 1n) merged.push(interval);
    else if (interval.last > previous.last) {
      merged[merged.length - 1] = { first: previous.first, last: interval.last };
    }
  }
  return merged;
}

export function overlaps(a: Interval, b: Interval): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function isWithin(inner: Interval, outer: Interval): boolean {
  return inner.first >= outer.first && inner.last <= outer.last;
}

/** The parts of `interval` that none of `holes` covers. */
export function subtract(interval: Interval, holes: readonly Interval[]): readonly Interval[] {
  const rest: Interval[] = [];
  let first = interval.first;
  for (const hole of mergeIntervals(holes)) {
    if (hole.last < first || hole.first > interval.last) continue;
    if (hole.first > first) rest.push({ first, last: hole.first - 1n });
    first = hole.last + 1n;
  }
  if (first <= interval.last) rest.push({ first, last: interval.last });
  return rest;
}

/** A CIDR that this program itself wrote; throws for anything else. */
export function knownCidr(text: string): Interval {
  const interval = parseCidr(text);
  if (interval === undefined) throw new Error(`not a CIDR: ${text}`);
  return interval;
}
