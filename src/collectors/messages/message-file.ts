/**
 * The tail of a log file, from where the last reading ended. Survives rotation (another file under
 * the name), truncation, and lines that are still being written; never reads a large file again.
 */
import { fstatSync, readSync, type Stats } from "node:fs";
import { namesById, parsePasswd } from "../../linux/passwd.ts";
import {
  failedReading,
  type Reading,
  readTextOrEmpty,
  statIfThere,
  withFile,
} from "../../linux/read-text.ts";
import { type MessageSource, MOST_BYTES, type NewMessages, newestLines } from "./message-source.ts";

/** Where the last reading ended. */
interface Position {
  readonly file: Stats;
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

  function readNew(fd: number): Reading<NewMessages> {
    const file = fstatSync(fd);
    if (!file.isFile()) return { ok: false, reason: `${path} is not a file`, code: "EINVAL" };
    if (position === undefined) {
      // What happened before the start is not news.
      position = { file, offset: file.size };
      return { ok: true, value: newestLines([]) };
    }
    const isSame = isSameFile(position.file, file);
    const rest = isSame ? [] : readRotated(root, path, position);
    const from = isSame && position.offset <= file.size ? position.offset : 0;
    const tail = readLines(fd, from, file.size);
    position = { file, offset: tail.end };
    return { ok: true, value: newestLines([...rest, ...tail.lines]) };
  }

  async function read(): Promise<Reading<NewMessages>> {
    try {
      return withFile(root, path, readNew);
    } catch (error) {
      return failedReading(error, path);
    }
  }

  return { name: path, read, remedy: () => remedyFor(root, path) };
}

/** To join the group that may read the file (adm on Debian), or to give the file such a group. */
function remedyFor(root: string, path: string): string {
  const stats = statIfThere(root, path);
  const isGroupReadable = stats !== undefined && (stats.mode & GROUP_READ) !== 0;
  const groups = namesById(parsePasswd(readTextOrEmpty(root, "/etc/group")));
  const name = isGroupReadable ? groups.get(stats.gid) : undefined;
  return name === undefined || name === "root"
    ? `chgrp log ${path}; chmod g+r ${path}; and add the user to group log`
    : `add the user to group ${name}`;
}

/** The end of the file that was rotated away, if it is still where logrotate puts it. */
function readRotated(root: string, path: string, { file, offset }: Position): string[] {
  const rotated = `${path}.1`;
  const stats = statIfThere(root, rotated);
  if (stats === undefined || !isSameFile(file, stats) || stats.size <= offset) return [];
  try {
    return withFile(root, rotated, (fd) => readLines(fd, offset, stats.size).lines);
  } catch {
    // The file was compressed or removed between the two calls: only its last lines are lost.
    return [];
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

function isSameFile(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}
