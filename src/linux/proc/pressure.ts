/**
 * /proc/pressure/{cpu,memory,io}: the share of time in which some or all tasks waited, in percent of
 * the last 10, 60 and 300 s (kernel 4.20 and later).
 *
 *     some avg10=0.18 avg60=0.68 avg300=0.42 total=6353180
 *     full avg10=0.00 avg60=0.00 avg300=0.00 total=0
 *
 * Source: Documentation/accounting/psi.rst of the kernel.
 */
import { withoutUndefined } from "../../base/without-undefined.ts";
import { readTextOrEmpty } from "../read-text.ts";

/** Empty on a kernel without it (old, or with `psi=0`). */
export function readProcPressure(root: string) {
  const read = (name: string) => parsePressure(readTextOrEmpty(root, `/proc/pressure/${name}`));
  return { cpu: read("cpu"), memory: read("memory"), io: read("io") };
}

/** Percent of the last 60 s. A line that is missing or unreadable is absent. */
export function parsePressure(text: string) {
  return withoutUndefined({ some: avg60(text, "some"), full: avg60(text, "full") });
}

function avg60(text: string, line: "some" | "full"): number | undefined {
  const match = new RegExp(`^${line} .*\\bavg60=(\\d{1,3}\\.\\d+)(?:\\s|$)`, "m").exec(text);
  return match === null ? undefined : Number(match[1]);
}
