/**
 * /proc/[pid]/limits: what a process may use.
 *
 *     Limit                     Soft Limit           Hard Limit           Units
 *     Max cpu time              unlimited            unlimited            seconds
 *     Max open files            1024                 524288               files
 *
 * Source: proc_pid_limits(5).
 */
import { type Reading, readNames, readText } from "../read-text.ts";

/** How many files this process has open. Code "EMFILE" or "ENFILE": not one more can be opened. */
export function countOpenFiles(root: string): Reading<number> {
  const names = readNames(root, "/proc/self/fd");
  return names.ok ? { ok: true, value: names.value.length } : names;
}

/** How many files this process may have open, Infinity for any number. */
export function readOpenFilesLimit(root: string): Reading<number | undefined> {
  const text = readText(root, "/proc/self/limits");
  return text.ok ? { ok: true, value: parseOpenFilesLimit(text.value) } : text;
}

/** The soft limit: Infinity for "unlimited", undefined if the line is not there. */
export function parseOpenFilesLimit(text: string): number | undefined {
  const soft = /^Max open files +(\d{1,15}|unlimited) /m.exec(text)?.[1];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}
