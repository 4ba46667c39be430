/**
 * The newest lines of the system's log since the last reading: /var/log/messages, else
 * /var/log/syslog, else the journal. Chooses among them; the work is in `message-file.ts` and
 * `message-journal.ts`.
 */

import type { Reading } from "../linux/read-text.ts";
import type { ProblemReport } from "../protocol/report.ts";
import type { MessagesSection } from "./sample.ts";

/** One source of lines. */
export interface MessageSource {
  /**
   * What has come since the last call; the first call only remembers where the end is. Code
   * "ENOENT": there is no such source on this machine, try the next.
   */
  read(): Promise<Reading<MessagesSection>>;
  /** What to do where `read` fails for want of a permission. */
  remedy(): string;
}

export interface MessageReader {
  /** Starts to read, unless the last reading is still under way; `take` has the outcome. */
  start(): void;
  /** Resolves when the reading is done, and at the latest after so long. */
  settle(patienceMs: number): Promise<void>;
  /** What the readings since the last call found; absent where none has been finished. */
  take(): Found;
}

/** Design, section 4: the newest 5 lines. */
export const MOST_LINES = 5;
/** A line is cut to so many characters: a report must fit into one packet. */
const LINE_LENGTH = 256;

/** Longest first reading of a file, and longest output of the journal, that is looked at. */
export const MOST_BYTES = 64 * 1024;

/** The newest of these lines (oldest first), made fit to be shown, and the count of all. */
export function newestLines(lines: readonly string[]): MessagesSection {
  return { lines: lines.slice(-MOST_LINES).map(cleanLine), count: lines.length };
}

/** Control characters (a log may hold what an attacker sent) become spaces; long lines are cut. */
export function cleanLine(line: string): string {
  // 4 × : no need to clean what is cut off anyway; a character is at most 2 units.
  const head = line.slice(0, LINE_LENGTH * 4).replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, " ");
  return [...head.trimEnd()].slice(0, LINE_LENGTH).join("");
}

export function createMessageReader(options: {
  readonly sources: readonly MessageSource[];
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}): MessageReader {
  let running: Promise<void> | undefined;
  let latest: Found = {};
  return {
    start() {
      running ??= readFirst(options.sources).then((found) => {
        latest = merge(latest, found);
        running = undefined;
      });
    },
    async settle(patienceMs) {
      if (running !== undefined) {
        await Promise.race([running, options.wait(patienceMs)]);
      }
    },
    take() {
      const found = latest;
      latest = {};
      return found;
    },
  };
}

interface Found {
  readonly messages?: MessagesSection;
  readonly problem?: ProblemReport;
}

/** A reading that was finished too late for its report is told with the next one. */
function merge(earlier: Found, later: Found): Found {
  if (earlier.messages === undefined) {
    return later;
  }
  if (later.messages === undefined) {
    return { ...later, messages: earlier.messages };
  }
  const lines = [...earlier.messages.lines, ...later.messages.lines].slice(-MOST_LINES);
  return { ...later, messages: { lines, count: earlier.messages.count + later.messages.count } };
}

async function readFirst(sources: readonly MessageSource[]): Promise<Found> {
  const missing: string[] = [];
  for (const source of sources) {
    const reading = await source.read();
    if (reading.ok) {
      return { messages: reading.value };
    }
    if (reading.code !== "ENOENT") {
      const { reason } = reading;
      const isDenied = reading.code === "EACCES" || reading.code === "EPERM";
      return {
        problem: { subject: "messages", reason, ...(isDenied ? { remedy: source.remedy() } : {}) },
      };
    }
    missing.push(reading.reason);
  }
  const remedy = "start a system logger, or set messages = false";
  return { problem: { subject: "messages", reason: missing.join("; "), remedy } };
}
