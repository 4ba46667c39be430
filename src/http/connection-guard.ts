/**
 * Says when open connections take too many of the process's file descriptors. Without a free one
 * the collectors could not read /proc, and the reports would be empty. Bun has no cap on
 * connections, so their number is judged by the descriptors in use.
 */
import { countOpenFiles, readOpenFilesLimit } from "../linux/proc/limits.ts";

/** Connections, event streams included: plenty for the readers of a cluster. */
const MOST_CONNECTIONS = 2_048;

/** The part of the limit that may be in use: the rest is for collectors, history and children. */
const SHARE_OF_LIMIT = 0.8;

/** Whether all connections have to be closed; `before`: the descriptors that were open without any. */
export function isCrowded(use: NonNullable<DescriptorUse>, before: number): boolean {
  return use.open - before > MOST_CONNECTIONS || use.open > use.limit * SHARE_OF_LIMIT;
}

type DescriptorUse = ReturnType<typeof readDescriptorUse>;

/** This process's open files and its soft limit of them; undefined where /proc does not tell. */
export function readDescriptorUse(root: string) {
  const open = countOpenFiles(root);
  const limit = open.ok ? readOpenFilesLimit(root) : open;
  if (open.ok && limit.ok) {
    return limit.value === undefined ? undefined : { open: open.value, limit: limit.value };
  }
  // No descriptor is left to count them with: all are in use.
  const isFull = !limit.ok && (limit.code === "EMFILE" || limit.code === "ENFILE");
  return isFull ? { open: 1, limit: 1 } : undefined;
}
