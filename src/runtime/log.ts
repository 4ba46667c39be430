/**
 * The log: one line a message on stderr, in the form that suits its reader (journal, pipe, file or
 * terminal). consola has the levels and hands each message to the one reporter here.
 *
 * Text from outside is escaped by `printable` where a message is put together. As a last guard each
 * line is escaped once more here, so that nothing in it moves a cursor or begins a second line.
 */
import { fstatSync } from "node:fs";
import { type ConsolaReporter, createConsola, LogLevels } from "consola/core";
import { oneLine } from "../base/printable.ts";
import { isTerminal, mayUseColor } from "./terminal.ts";

/** `debug` is logged from `-d` on; `trace`, every message sent and received, from `-dd` on. */
export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

export type Log = Readonly<Record<LogLevel, (text: string) => void>>;

/** `journal`: with priorities; `file`: with day and time; `terminal` and `color`: with the time. */
export type LogStyle = "journal" | "plain" | "file" | "terminal" | "color";

export interface LogOptions {
  /** How often `-d` was given: 0, 1 or 2. */
  readonly debug: number;
  readonly style: LogStyle;
  /** Takes whole lines with their newline. */
  readonly write: (line: string) => void;
}

/**
 * Priorities of syslog(3): err, warning, info, debug. SGR codes: red, yellow, none, and faint for
 * what only a search reads.
 */
const LOOKS = {
  error: { priority: 3, label: "error: ", color: "31" },
  warn: { priority: 4, label: "warning: ", color: "33" },
  info: { priority: 6, label: "", color: "" },
  debug: { priority: 7, label: "debug: ", color: "2" },
  trace: { priority: 7, label: "trace: ", color: "2" },
} as const satisfies Record<LogLevel, object>;

/** Room for most of a packet of 4,096 bytes, escaped, in one line. */
const LONGEST_LINE = 4_096;

export function createLog({ debug, style, write }: LogOptions): Log {
  const reporter: ConsolaReporter = {
    log: ({ type, args, date }) => {
      // `Log` offers no other types of consola's.
      const level = type as LogLevel;
      write(`${formatLine({ style, level, text: String(args[0]), date })}\n`);
    },
  };
  return createConsola({
    // In consola's order debug and trace follow info.
    level: LogLevels.info + Math.min(2, debug),
    // consola leaves out repeats within a second of the wall clock, which may step back: never here.
    throttle: Number.NEGATIVE_INFINITY,
    reporters: [reporter],
  });
}

export interface Line {
  readonly style: LogStyle;
  readonly level: LogLevel;
  readonly text: string;
  readonly date: Date;
}

/** The line without its newline. */
export function formatLine({ style, level, text, date }: Line): string {
  const { priority, label, color } = LOOKS[level];
  const shown = oneLine(text, LONGEST_LINE);
  const message = `${label}${shown}`;
  switch (style) {
    case "journal":
      // sd-daemon(3): the journal takes the number for the priority and adds time and program.
      return `<${priority}>${shown}`;
    case "plain":
      return `unagi: ${message}`;
    case "file":
      return `${dayOf(date)} ${timeOfDay(date)} ${message}`;
    case "terminal":
      return `${timeOfDay(date)} ${message}`;
    case "color":
      return `${colored("2", timeOfDay(date))} ${color === "" ? message : colored(color, message)}`;
  }
}

export interface StyleFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `device:inode` of stderr. */
  readonly stream: string | undefined;
  readonly isTerminal: boolean;
  /** A regular file gets day and time, which the reader of a pipe may add for itself. */
  readonly isFile: boolean;
}

/**
 * systemd.exec(5): `$JOURNAL_STREAM` names the stream that is the journal. Programs inherit it even
 * where their stderr is another stream, so both are compared.
 */
export function chooseStyle({ env, stream, isTerminal, isFile }: StyleFacts): LogStyle {
  const journal = env["JOURNAL_STREAM"];
  if (journal !== undefined && journal === stream) return "journal";
  if (!isTerminal) return isFile ? "file" : "plain";
  return mayUseColor(env) ? "color" : "terminal";
}

/** What stderr is for this process. */
export function readStyleFacts(env: StyleFacts["env"]): StyleFacts {
  try {
    const stderr = fstatSync(2);
    const stream = `${stderr.dev}:${stderr.ino}`;
    return { env, stream, isTerminal: isTerminal(2), isFile: stderr.isFile() };
  } catch {
    // stderr is closed, so the form of the lines does not matter.
    return { env, stream: undefined, isTerminal: false, isFile: false };
  }
}

function colored(code: string, text: string): string {
  return `\x1b[${code}m${text}\x1b[0m`;
}

/** `2026-11-24`, in the machine's time zone as `timeOfDay`. */
function dayOf(date: Date): string {
  return [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join("-");
}

function timeOfDay(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
