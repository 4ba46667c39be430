/**
 * Sees to it that open connections never take all of the process's file descriptors: without one
 * the collectors could not read /proc, and the reports would be empty. Bun has no cap on
 * connections, so their number is judged by the descriptors in use.
 */
import { countOpenFiles, readOpenFilesLimit } from "../linux/proc/limits.ts";

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
  const open = countOpenFiles(root);
  const limit = open.ok ? readOpenFilesLimit(root) : open;
  if (open.ok && limit.ok) {
    return limit.value === undefined ? undefined : { open: open.value, limit: limit.value };
  }
  // Without a descriptor left to count them with, all are in use.
  const isFull = !limit.ok && (limit.code === "EMFILE" || limit.code === "ENFILE");
  return isFull ? { open: 1, limit: 1 } : undefined;
}
