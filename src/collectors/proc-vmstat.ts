/**
 * /proc/vmstat: pages swapped in and out since the boot.
 *
 *     pgpgout 433092
 *     pswpin 0
 *     pswpout 0
 */
import { fail, ok, type Result } from "../result.ts";
import { type Reading, readParsed } from "./read-text.ts";

export interface SwapCounters {
  readonly inBytes: number;
  readonly outBytes: number;
}

export function readProcVmstat(root: string, pageBytes: number): Reading<SwapCounters> {
  return readParsed(root, "/proc/vmstat", (text) => parseProcVmstat(text, pageBytes));
}

/** Fails where a counter is missing: a kernel built without swap has neither. */
export function parseProcVmstat(text: string, pageBytes: number): Result<SwapCounters> {
  const into = /^pswpin (\d+)$/m.exec(text)?.[1];
  const out = /^pswpout (\d+)$/m.exec(text)?.[1];
  if (into === undefined || out === undefined) {
    return fail("/proc/vmstat has no pswpin and pswpout");
  }
  return ok({ inBytes: Number(into) * pageBytes, outBytes: Number(out) * pageBytes });
}
