/**
 * /proc/vmstat: pages swapped in and out since the boot.
 *
 *     pgpgout 433092
 *     pswpin 0
 *     pswpout 0
 */
import { type Reading, readText } from "../read-text.ts";

export interface SwapCounters {
  readonly inBytes: number;
  readonly outBytes: number;
}

/** `pageBytes` is the size of a memory page, which the kernel counts in. */
export function readProcVmstat(root: string, pageBytes: number): Reading<SwapCounters | undefined> {
  const text = readText(root, "/proc/vmstat");
  return text.ok ? { ok: true, value: parseProcVmstat(text.value, pageBytes) } : text;
}

/** Undefined where a counter is missing: a kernel built without swap has neither. */
export function parseProcVmstat(text: string, pageBytes: number): SwapCounters | undefined {
  const into = /^pswpin (\d{1,20})$/m.exec(text)?.[1];
  const out = /^pswpout (\d{1,20})$/m.exec(text)?.[1];
  if (into === undefined || out === undefined) return undefined;
  return { inBytes: Number(into) * pageBytes, outBytes: Number(out) * pageBytes };
}
