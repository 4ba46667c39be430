/**
 * Reads small files of the kernel and of /etc below an injected root ("/" in production), with a
 * cap, and turns every failure into words. Never throws, and never blocks on a FIFO.
 */
import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { errorCode } from "../base/errors.ts";
import type { Result } from "../base/result.ts";
import { KIBIBYTE, MEBIBYTE } from "../base/units.ts";

/** A file's content, or why it cannot be read. */
export type Reading<T> = { readonly ok: true; readonly value: T } | FailedReading;

/** `code` is the errno's name ("ENOENT", …). */
export type FailedReading = { readonly ok: false; readonly reason: string; readonly code: string };

/** No file read here is meant to be larger; /proc/stat of 1,024 cores is about 200 KB. */
const DEFAULT_CAP_BYTES = MEBIBYTE;
/** Most kernel files fit into one read of this size. */
const FIRST_READ_BYTES = 16 * KIBIBYTE;
/** The files of /sys that hold one word are shorter; a buffer of this size costs nothing. */
const WORD_CAP_BYTES = 1 * KIBIBYTE;

/** The path below `root`; `path` is absolute, as the user knows it. */
export function below(root: string, path: string): string {
  return root === "/" ? path : `${root}${path}`;
}

/** The file's text as UTF-8 (bad bytes become U+FFFD), of which at most `capBytes` are read. */
export function readText(
  root: string,
  path: string,
  capBytes = DEFAULT_CAP_BYTES,
): Reading<string> {
  const bytes = readBytes(root, path, capBytes);
  return bytes.ok ? { ok: true, value: bytes.value.toString("utf8") } : bytes;
}

/** The file's text; empty where it cannot be read. */
export function readTextOrEmpty(root: string, path: string, capBytes?: number): string {
  const text = readText(root, path, capBytes);
  return text.ok ? text.value : "";
}

/** The text of a file of one short line, without the line's end; undefined if it cannot be read. */
export function readWord(root: string, path: string): string | undefined {
  const text = readText(root, path, WORD_CAP_BYTES);
  return text.ok ? text.value.trim() : undefined;
}

/** Reads the file and parses it: what `readX` of a kernel file mostly is. */
export function readParsed<T>(
  root: string,
  path: string,
  parse: (text: string) => Result<T>,
): Reading<T> {
  const text = readText(root, path);
  if (!text.ok) return text;
  const parsed = parse(text.value);
  return parsed.ok ? parsed : { ...parsed, code: "EINVAL" };
}

/** Like `readText`, as bytes. */
export function readBytes(
  root: string,
  path: string,
  capBytes = DEFAULT_CAP_BYTES,
): Reading<Buffer> {
  try {
    return { ok: true, value: withFile(root, path, (fd) => readUpTo(fd, capBytes)) };
  } catch (error) {
    return failedReading(error, path);
  }
}

/**
 * A counter as the kernel prints it, at most 2^64 − 1. NaN for anything but plain digits: `Number`
 * alone takes "", "0x10", "1e9" and "Infinity" too.
 */
export function parseCounter(text: string | undefined): number {
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : Number.NaN;
}

/** Opens the file for as long as `use` runs; throws where either fails. */
export function withFile<T>(root: string, path: string, use: (fd: number) => T): T {
  // O_NONBLOCK: a FIFO in the place of a file must not stop the daemon.
  const fd = openSync(below(root, path), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** The names in a directory, in the order the kernel gives them. */
export function readNames(root: string, path: string): Reading<string[]> {
  try {
    return { ok: true, value: readdirSync(below(root, path)) };
  } catch (error) {
    return failedReading(error, path);
  }
}

/** The names in a directory; none where it cannot be listed. */
export function readNamesOrNone(root: string, path: string): readonly string[] {
  const names = readNames(root, path);
  return names.ok ? names.value : [];
}

/** Where a symbolic link points; undefined where there is none that may be read. */
export function readLink(root: string, path: string): string | undefined {
  try {
    return readlinkSync(below(root, path));
  } catch {
    return undefined;
  }
}

/** What `read` gives; asked again only when the file at `path` has changed, appeared or gone. */
export function readWhenChanged<T>(root: string, path: string, read: () => T): () => T {
  let last: { readonly value: T; readonly atMs: number | undefined } | undefined;
  return () => {
    const atMs = statIfThere(root, path)?.mtimeMs;
    if (last === undefined || last.atMs !== atMs) last = { value: read(), atMs };
    return last.value;
  };
}

/** The path's stat; undefined where it is not there or may not be seen. */
export function statIfThere(root: string, path: string): Stats | undefined {
  try {
    return statSync(below(root, path), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** What a failed system call means, in words, naming the path as the user knows it. */
export function failedReading(error: unknown, path: string): FailedReading {
  const code = errorCode(error) ?? "EUNKNOWN";
  return { ok: false, reason: reasonFor(code, path), code };
}

function reasonFor(code: string, path: string): string {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return `${path} does not exist`;
    case "EACCES":
    case "EPERM":
      return `permission denied on ${path}`;
    default:
      return `${path} cannot be read (${code})`;
  }
}

/** Reads to the end, but no more than `capBytes`. */
export function readUpTo(fd: number, capBytes: number): Buffer {
  let buffer = Buffer.allocUnsafe(Math.min(FIRST_READ_BYTES, capBytes));
  let length = 0;
  while (true) {
    if (length === buffer.length) {
      if (length >= capBytes) return buffer;
      const larger = Buffer.allocUnsafe(Math.min(buffer.length * 4, capBytes));
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
    // The position is null, so that files of /proc, which cannot be sought, are read on.
    const count = readSync(fd, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
  }
}
