/** Reads a text file whole, but never more than a cap, whatever the path leads to. */
import { closeSync, openSync } from "node:fs";
import { errorCode } from "../base/errors.ts";
import { readUpTo } from "../linux/read-text.ts";

export type TextFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly reason: string };

export type ReadText = (path: string, maxBytes: number) => TextFile;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  ELOOP: "its symbolic links form a loop",
  ENAMETOOLONG: "its name is too long",
};

/** Gives at most `maxBytes + 1` bytes: the extra byte tells the caller that the file is larger. */
export const readText: ReadText = (path, maxBytes) => {
  try {
    const descriptor = openSync(path, "r");
    try {
      // Reads on after a short read: a pipe (`-c <(…)`) gives its text piece by piece.
      return { kind: "text", text: readUpTo(descriptor, maxBytes + 1).toString("utf8") };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (code === "ENOENT") return { kind: "absent" };
    return { kind: "unreadable", reason: REASONS[code] ?? (code || String(error)) };
  }
};
