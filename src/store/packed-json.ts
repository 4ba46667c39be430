/**
 * JSON as the history keeps it: in gzip, whose checksum finds a damaged report when it is read, so
 * that only its own entry is lost.
 */
import { zlib } from "../base/builtins.ts";

/** The same cap as on the wire: a damaged file must not fill the memory. */
export const MAX_INFLATED_BYTES = 64 * 1024;

/** Takes a quarter of the time of node:zlib at this level, and fewer bytes. */
const OPTIONS = { level: 1, library: "libdeflate" } as const;

export function packJson(value: unknown): Uint8Array {
  return Bun.gzipSync(JSON.stringify(value), OPTIONS);
}

/** The object that was packed; undefined for bytes that are damaged or inflate to over 64 KB. */
export function unpackJson(bytes: Uint8Array): object | undefined {
  try {
    const text = zlib().gunzipSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES }).toString("utf8");
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // The caller counts the damaged entry, which itself stays in the file.
    return undefined;
  }
}
