/**
 * JSON as the history keeps it: deflated, with zlib's checksum, so that a damaged report is found
 * when it is read and costs its own entry alone.
 */
import { deflateSync, inflateSync } from "node:zlib";

/** The same cap as on the wire (design, section 6.3): a damaged file must not fill the memory. */
export const MAX_INFLATED_BYTES = 64 * 1024;

/** Level 1 takes half the time of the default, for 5 % more bytes. */
const DEFLATE_LEVEL = 1;

export function packJson(value: unknown): Uint8Array {
  return deflateSync(JSON.stringify(value), { level: DEFLATE_LEVEL });
}

/** What `packJson` was given; undefined for bytes that are damaged, or inflate to over 64 KB. */
export function unpackJson(bytes: Uint8Array): object | undefined {
  try {
    const text = inflateSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES }).toString("utf8");
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // The caller counts what could not be read; the entry itself stays in the file.
    return undefined;
  }
}
