/**
 * /proc/vmstat: pages swapped in and out since the boot.
 *
 *     pgpgout 433092
 *     pswpin 0
 *     pswpout 0
 */
import { ok } from "../../base/result.ts";
import { readParsed } from "../read-text.ts";

/** `pageBytes` is the size of a memory page, which the kernel counts in. */
export function readProcVmstat(root: string, pageBytes: number) {
  return readParsed(root, "/proc/vmstat", (text) => ok(parseProcVmstat(text, pageBytes)));
}

/** Undefined where a counter is missing: a kernel built without swap has neither. */
export function parseProcVmstat(text: string, pageBytes: number) {
  const into = /^pswpin (\d{1,20})$/m.exec(text)?.[1];
  const out = /^pswpout (\d{1,20})$/m.exec(text)?.[1];
  if (into === undefined || out === undefined) return undefined;
  return { inBytes: Number(into) * pageBytes, outBytes: Number(out) * pageBytes };
}
