/**
 * Ranges as sets of addresses, once it is known what `lan` stands for: they answer whether an
 * address is allowed, and number the addresses of a scan.
 */
import { formatAddress, parseAddress } from "./address.ts";
import { type Interval, isWithin, mergeIntervals } from "./interval.ts";
import type { LanNetworks } from "./lan.ts";
import { addedLoopback, parseRange, type Range, type RangeList } from "./ranges.ts";

export interface AddressSet {
  /** The number of different addresses; Infinity for a list too wide for an exact number. */
  readonly size: number;
  /** Takes canonical or IPv4-mapped text, with or without a zone (`%eth0`); false for anything else. */
  contains(address: string): boolean;
  /** The canonical address with this number, 0 ≤ index < size. Each address has one number. */
  at(index: number): string;
}

/**
 * Loopback (127.0.0.0/8 and ::1) is added to an allow list, for each family of which it names no
 * loopback address itself. In a scan `lan` stands for IPv4 addresses only.
 */
export function resolveRanges(list: RangeList, lan: LanNetworks): AddressSet {
  const intervals = list.ranges.flatMap((range) => intervalsOf(range, list, lan));
  if (list.use === "allow") intervals.push(...addedLoopback(list));
  return createAddressSet(mergeIntervals(intervals));
}

function intervalsOf(range: Range, list: RangeList, lan: LanNetworks): readonly Interval[] {
  if (range.kind === "addresses") return range.intervals;
  const scope = range.includesWireless ? lan.withWireless : lan.wired;
  return (list.use === "scan" ? scope.scan : scope.allow).flatMap((text) => {
    const part = parseRange(text, list.use);
    return part.ok && part.value.kind === "addresses" ? part.value.intervals : [];
  });
}

/** `merged` is sorted and disjoint, as `mergeIntervals` returns it. */
function createAddressSet(merged: readonly Interval[]): AddressSet {
  const starts: number[] = [];
  let size = 0;
  for (const { first, last } of merged) {
    starts.push(size);
    size += Number(last - first + 1n);
  }
  return {
    size: Number.isSafeInteger(size) ? size : Number.POSITIVE_INFINITY,
    contains: (address) => {
      const value = readPeerAddress(address);
      if (value === undefined) return false;
      const found = merged[lastIndexWhere(merged, ({ first }) => first <= value)];
      return found !== undefined && isWithin({ first: value, last: value }, found);
    },
    at: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= size) {
        throw new RangeError(`no address number ${index} among ${size}`);
      }
      const position = lastIndexWhere(starts, (start) => start <= index);
      const interval = merged[position];
      const start = starts[position];
      if (interval === undefined || start === undefined) throw new Error("the set is not sorted");
      return formatAddress(interval.first + BigInt(index - start));
    },
  };
}

/** As `parseAddress`, but a zone is passed over. */
function readPeerAddress(text: string): bigint | undefined {
  const zone = text.indexOf("%");
  return parseAddress(zone < 0 ? text : text.slice(0, zone));
}

/** The last index for which `holds` is true, else -1; it must be true for a first part and then false. */
function lastIndexWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
