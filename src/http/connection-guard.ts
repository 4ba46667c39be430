/**
 * Sees to it that open connections never take all of the process's file descriptors: without one
 * the collectors could not read /proc, and the reports would be empty. Bun has no cap on
 * connections, so their number is judged by the descriptors in use.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface DescriptorUse {
  readonly open: number;
  /** The soft limit. */
  readonly limit: number;
}

/** Connections, event streams among them, that are plenty for the readers of a cluster. */
const MOST_CONNECTIONS = 2_048;

/** The rest is for the collectors, the history and the children. */
const SHARE_OF_LIMIT = 0.8;

/** Whether the connections have to go; `before` is what was open without any. */
export function isCrowded(use: DescriptorUse, before: number): boolean {
  return use.open - before > MOST_CONNECTIONS || use.open > use.limit * SHARE_OF_LIMIT;
}

/** Undefined where /proc does not tell; `root` is "/" but for tests. */
export function readDescriptorUse(root: string): DescriptorUse | undefined {
  try {
    const open = readdirSync(join(root, "proc/self/fd")).length;
    const limit = parseOpenFilesLimit(readFileSync(join(root, "proc/self/limits"), "latin1"));
    return limit === undefined ? undefined : { open, limit };
  } catch (error) {
    // Not even a descriptor to count them with is the answer to the question.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "EMFILE" || code === "ENFILE" ? { open: 1, limit: 1 } : undefined;
  }
}

/**
 * The soft limit of /proc/[pid]/limits; Infinity for "unlimited", undefined if the line is not
 * there. Source: proc_pid_limits(5).
 *
 *     Limit                     Soft Limit           Hard Limit           Units
 *     Max open files            1024                 524288               files
 */
export function parseOpenFilesLimit(text: string): number | undefined {
  const soft = /^Max open files +(\d{1,15}|unlimited) /m.exec(text)?.[1];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}
