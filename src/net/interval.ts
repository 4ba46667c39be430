/** Intervals of addresses. All range checks are made on these, never on text. */
import { IPV4_FIRST, IPV4_LAST, isIpv4, parseAddress } from "./address.ts";

/** Both ends belong to it. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

export const IPV4: Interval = { first: IPV4_FIRST, last: IPV4_LAST };

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

/** A CIDR that this program itself wrote; throws for anything else. */
export function knownCidr(text: string): Interval {
  const interval = parseCidr(text);
  if (interval === undefined) throw new Error(`not a CIDR: ${text}`);
  return interval;
}

/** The intervals sorted and disjoint, with neighbours joined. */
export function mergeIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = [...intervals].sort((a, b) => Number(a.first - b.first));
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
