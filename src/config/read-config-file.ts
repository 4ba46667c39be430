/** Reads a whole text file, but never more of it than a cap, whatever the path leads to. */
import { closeSync, openSync, readSync } from "node:fs";

export type TextFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly reason: string };

export type ReadText = (path: string, maxBytes: number) => TextFile;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is no directory",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
};

/** At most `maxBytes + 1` bytes come back, so that the caller sees that there was more. */
export const readText: ReadText = (path, maxBytes) => {
  try {
    const descriptor = openSync(path, "r");
    try {
      return { kind: "text", text: readUpTo(descriptor, maxBytes + 1) };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return { kind: "absent" };
    return { kind: "unreadable", reason: REASONS[code] ?? (code || String(error)) };
  }
};

/** A pipe (`-c <(…)`) gives its text piece by piece. */
function readUpTo(descriptor: number, maxBytes: number): string {
  const buffer = Buffer.alloc(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const count = readSync(descriptor, buffer, length, maxBytes - length, null);
    if (count === 0) break;
    length += count;
  }
  return buffer.toString("utf8", 0, length);
}
