/** What a source of messages is, and what all of them make of the lines they find. */
import { cleanText } from "../../base/clean-text.ts";
import { KIBIBYTE } from "../../base/units.ts";
import type { Reading } from "../../linux/read-text.ts";

/** One place that the system's messages may be in. */
export interface MessageSource {
  /** As the user knows it: `/var/log/syslog`, `the journal`. */
  readonly name: string;
  /**
   * What has come since the last call; the first call only remembers where the end is. Code
   * "ENOENT": this machine has no such source, so that the next one is tried.
   */
  readonly read: () => Promise<Reading<NewMessages>>;
  /** What to do where `read` fails for want of a permission. */
  readonly remedy: () => string;
}

/** The newest lines since the last reading, oldest first, and how many there were in all. */
export interface NewMessages {
  readonly lines: readonly string[];
  readonly count: number;
}

/** Lines in a report, which must fit into one packet. */
export const MOST_LINES = 5;
/** Characters of a line, for the same reason. */
const LINE_LENGTH = 256;

/** The most that is read of a file, or of the journal, at a time. */
export const MOST_BYTES = 64 * KIBIBYTE;

/** The newest of these lines (oldest first), made fit to be shown, and the count of all. */
export function newestLines(lines: readonly string[]): NewMessages {
  return { lines: lines.slice(-MOST_LINES).map(cleanLine), count: lines.length };
}

/** Control characters (a log may hold what an attacker sent) become spaces; long lines are cut. */
export function cleanLine(line: string): string {
  // A character is at most 2 units; what is cut off anyway need not be cleaned.
  const head = cleanText(line.slice(0, LINE_LENGTH * 2));
  return [...head.trimEnd()].slice(0, LINE_LENGTH).join("");
}
