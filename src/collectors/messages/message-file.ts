/**
 * The tail of a log file, from where the last reading ended. Survives rotation (another file under
 * the name), truncation, and lines that are still being written; never reads a large file again.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { namesById, parsePasswd } from "../../linux/passwd.ts";
import {
  below,
  failedReading,
  type Reading,
  readText,
  statIfThere,
} from "../../linux/read-text.ts";
import { type MessageSource, MOST_BYTES, type NewMessages, newestLines } from "./message-source.ts";

/** Where the last reading ended. */
interface Position {
  readonly device: number;
  readonly inode: number;
  readonly offset: number;
}

const NEWLINE = 0x0a;
/** S_IRGRP: the group may read the file. */
const GROUP_READ = 0o040;

/**
 * Reads what was appended since the last reading, at most the last 64 KB. Where more was appended, the
 * count of lines is a minimum: that of the lines in those 64 KB.
 */
export function createMessageFile(root: string, path: string): MessageSource {
  let position: Position | undefined;

  function read(): Reading<NewMessages> {
    let fd: number | undefined;
    try {
      fd = openSync(below(root, path), constants.O_RDONLY | constants.O_NONBLOCK);
      const stats = fstatSync(fd);
      if (!stats.isFile()) return { ok: false, reason: `${path} is not a file`, code: "EINVAL" };
      if (position === undefined) {
        // What happened before the start is not news.
        position = { ...identity(stats), offset: stats.size };
        return { ok: true, value: newestLines([]) };
      }
      const rest = isSame(position, stats) ? [] : readRotated(root, path, position);
      const from = isSame(position, stats) && position.offset <= stats.size ? position.offset : 0;
      const tail = readLines(fd, from, stats.size);
      position = { ...identity(stats), offset: tail.end };
      return { ok: true, value: newestLines([...rest, ...tail.lines]) };
    } catch (error) {
      return failedReading(error, path);
    } finally {
      if (fd !== undefined) {
        closeSync(fd);
      }
    }
  }

  return { name: path, read: async () => read(), remedy: () => remedyFor(root, path) };
}

/** To join the group that may read the file (adm on Debian), or to give the file such a group. */
function remedyFor(root: string, path: string): string {
  const stats = statIfThere(root, path);
  const isGroupReadable = stats !== undefined && (stats.mode & GROUP_READ) !== 0;
  const groups = readText(root, "/etc/group");
  const name =
    isGroupReadable && groups.ok ? namesById(parsePasswd(groups.value)).get(stats.gid) : undefined;
  return name === undefined || name === "root"
    ? `chgrp log ${path}; chmod g+r ${path}; and add the user to group log`
    : `add the user to group ${name}`;
}

/** The end of the file that was rotated away, if it is still where logrotate puts it. */
function readRotated(root: string, path: string, position: Position): string[] {
  const rotated = `${path}.1`;
  const stats = statIfThere(root, rotated);
  if (stats === undefined || !isSame(position, stats) || stats.size <= position.offset) return [];
  let fd: number | undefined;
  try {
    fd = openSync(below(root, rotated), constants.O_RDONLY | constants.O_NONBLOCK);
    return readLines(fd, position.offset, stats.size).lines;
  } catch {
    // The file was compressed or removed between the two calls: only its last lines are lost.
    return [];
  } finally {
    if (fd !== undefined) {
      closeSync(fd);
    }
  }
}

/** The whole lines between two offsets, and the offset behind the last of them. */
function readLines(fd: number, from: number, size: number): { lines: string[]; end: number } {
  const start = Math.max(from, size - MOST_BYTES);
  const bytes = Buffer.alloc(size - start);
  const length = bytes.length === 0 ? 0 : readSync(fd, bytes, 0, bytes.length, start);
  const lastNewline = bytes.subarray(0, length).lastIndexOf(NEWLINE);
  if (lastNewline < 0) {
    // A line that is still being written is left for next time, unless it alone fills the limit.
    return { lines: [], end: start > from ? size : from };
  }
  // After a jump the first line is most likely only the end of a line.
  const begin = start > from ? bytes.indexOf(NEWLINE) + 1 : 0;
  const text = bytes.toString("utf8", begin, lastNewline + 1);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return { lines, end: start + lastNewline + 1 };
}

function identity(stats: Stats): { readonly device: number; readonly inode: number } {
  return { device: stats.dev, inode: stats.ino };
}

function isSame(position: Position, stats: Stats): boolean {
  return position.device === stats.dev && position.inode === stats.ino;
}
