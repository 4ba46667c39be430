/**
 * /proc/uptime: seconds since the boot, with the time that the machine was suspended, and idle seconds
 * of all cores together.
 *
 *     702.02 1353.70
 *
 * Source: proc_uptime(5).
 */
import { fail, ok, type Result } from "../../base/result.ts";
import { type Reading, readParsed } from "../read-text.ts";

/** Seconds since the boot. */
export function readProcUptime(root: string): Reading<number> {
  return readParsed(root, "/proc/uptime", parseProcUptime);
}

export function parseProcUptime(text: string): Result<number> {
  const match = /^(\d{1,12}(?:\.\d+)?)(?:\s|$)/.exec(text);
  return match === null ? fail("/proc/uptime holds no seconds") : ok(Number(match[1]));
}
