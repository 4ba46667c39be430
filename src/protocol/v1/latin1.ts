/** The text of protocol 1: Latin-1, in which spaces, tabs and line ends separate fields. */
import { clampText } from "../../base/clean-text.ts";

/**
 * One word of a line: never empty, with each space and control character as `_`, and each character
 * that Latin-1 lacks as `?`. No-break space and NEL count as spaces, since a byte-wise `split()` may
 * take them for such.
 */
export function latin1Word(text: string, maxLength: number): string {
  const word = clampText(text, maxLength)
    .replace(/[\u0000-\u0020\u007f-\u00a0]/g, "_")
    .replace(/[^\u0000-\u00ff]/gu, "?");
  return word === "" ? "?" : word;
}

/** One message of the system log, with control characters as spaces: a tab separates messages. */
export function latin1Line(text: string, maxLength: number): string {
  return clampText(text, maxLength)
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, " ")
    .replace(/[^\u0000-\u00ff]/gu, "?")
    .trim();
}
