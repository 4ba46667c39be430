/**
 * Checks that a scan lies within its allow list. Machines outside p2p-allow could be asked, but their
 * answers would be dropped, so such a scan is a usage error. `lan` is checked by what it may mean.
 */
import { overlaps, subtract } from "./interval.ts";
import { PRIVATE_BLOCKS } from "./lan.ts";
import { addedLoopback, type Range, type RangeList } from "./ranges.ts";

/** Why answers to the scan of this range would be dropped, with the remedy; undefined if they are not. */
export function whyOutsideAllow(range: Range, allow: RangeList): string | undefined {
  const named = allow.ranges.flatMap((item) => (item.kind === "addresses" ? item.intervals : []));
  const words = allow.ranges.filter((item) => item.kind === "lan");
  if (range.kind === "lan") {
    const isCovered = words.some((word) => word.includesWireless || !range.includesWireless);
    // Private networks in the allow list may be this machine's own, which only shows later.
    const mayBeNamed = named.some((a) => PRIVATE_BLOCKS.some((b) => overlaps(a, b)));
    return isCovered || mayBeNamed ? undefined : outside(range.text);
  }
  const known = [...named, ...addedLoopback(allow)];
  const uncovered = range.intervals.flatMap((interval) => subtract(interval, known));
  if (words.length > 0 && uncovered.every((one) => subtract(one, PRIVATE_BLOCKS).length === 0))
    return undefined;
  return uncovered.length === 0 ? undefined : outside(range.text);
}

function outside(text: string): string {
  return (
    "it is outside p2p-allow, so the answers of its machines would be dropped; " +
    `add -n ${text}, or leave -n out, which then allows what is scanned`
  );
}
