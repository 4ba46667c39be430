/**
 * /proc/meminfo: how the memory is used now.
 *
 *     MemTotal:       24684084 kB
 *     MemFree:        24339000 kB
 *     MemAvailable:   24376796 kB
 *     Active(anon):       1552 kB
 *
 * Source: proc_meminfo(5).
 */
import { fail, ok } from "../../base/result.ts";
import { KIBIBYTE } from "../../base/units.ts";
import { withoutUndefined } from "../../base/without-undefined.ts";
import { readParsed } from "../read-text.ts";

export function readProcMeminfo(root: string) {
  return readParsed(root, "/proc/meminfo", parseProcMeminfo);
}

/**
 * Bytes; a field that this kernel lacks is absent. Fails without MemTotal.
 *
 * `usedBytes` is total − available, as `free` of procps-ng 4 counts it; kernels before 3.14 have
 * no MemAvailable, and there it is total − free − buffers − cache, as `free` counted then.
 * `buffersCachedBytes` is `free`'s buff/cache: Buffers + Cached + SReclaimable.
 */
export function parseProcMeminfo(text: string) {
  const lines = text.matchAll(/^([\w()]+):\s+(\d{1,20}) kB$/gm);
  const bytes = new Map(lines.map(([, key = "", value]) => [key, Number(value) * KIBIBYTE]));
  const total = bytes.get("MemTotal");
  if (total === undefined) return fail("/proc/meminfo has no MemTotal");
  const free = bytes.get("MemFree");
  const available = bytes.get("MemAvailable");
  const reclaimable = bytes.get("SReclaimable");
  const cache = sum(sum(bytes.get("Buffers"), bytes.get("Cached")), reclaimable ?? 0);
  // Some containers show more available than there is in all; `free` then falls back too.
  const hasAvailable = available !== undefined && available <= total;
  const swapTotal = bytes.get("SwapTotal");
  return ok(
    withoutUndefined({
      totalBytes: total,
      freeBytes: free,
      availableBytes: available,
      usedBytes: difference(total, hasAvailable ? available : sum(free, cache)),
      activeBytes: bytes.get("Active"),
      inactiveBytes: bytes.get("Inactive"),
      buffersCachedBytes: cache,
      // The part of `buffersCachedBytes` that slabs could give back.
      reclaimableBytes: reclaimable,
      swapTotalBytes: swapTotal,
      swapUsedBytes: difference(swapTotal, bytes.get("SwapFree")),
    }),
  );
}

/** Undefined where one of the two is. */
function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

/** `from` − `less`, but never below 0; undefined where one of them is. */
function difference(from: number | undefined, less: number | undefined): number | undefined {
  return from === undefined || less === undefined ? undefined : Math.max(0, from - less);
}
