/**
 * The log: one line a message on stderr, in the form that its reader wants (journal, pipe or
 * terminal). On consola, whose own reporters write to stdout and draw boxes even into a pipe.
 *
 * Text from outside goes through `printable` where a message is put together; as the last guard
 * every line is escaped once more here, so that nothing moves a cursor or fakes a second line.
 */
import { fstatSync } from "node:fs";
import { createConsola } from "consola/core";
import { oneLine } from "../base/printable.ts";
import { isTerminal } from "./terminal.ts";

export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

export interface Log {
  error(text: string): void;
  warn(text: string): void;
  info(text: string): void;
  /** From `-d` on. */
  debug(text: string): void;
  /** From `-dd` on: every message sent and received. */
  trace(text: string): void;
  /** At most one line of this kind in each interval; the next one says how many were left out. */
  limited(message: LimitedMessage): void;
}

export interface LimitedMessage {
  readonly level: LogLevel;
  /** What counts as the same: a word of ours, never text from a packet. */
  readonly kind: string;
  readonly intervalMs: number;
  /** Monotonic (`Moment.elapsedMs`). */
  readonly elapsedMs: number;
  readonly text: string;
}

/** How lines look: `journal` with priorities, `file` with day and time, `terminal` with the time. */
export type LogStyle = "journal" | "plain" | "file" | "terminal" | "color";

export interface LogOptions {
  /** `-d` counted: 0, 1 or 2. */
  readonly debug: number;
  readonly style: LogStyle;
  /** Gets whole lines with their newline. */
  readonly write: (line: string) => void;
}

/** consola's own numbers (LogLevels). */
const CONSOLA_INFO = 3;

/** syslog(3): err, warning, info, debug. */
const PRIORITIES: Readonly<Record<LogLevel, number>> = {
  error: 3,
  warn: 4,
  info: 6,
  debug: 7,
  trace: 7,
};

const LABELS: Readonly<Record<LogLevel, string>> = {
  error: "error: ",
  warn: "warning: ",
  info: "",
  debug: "debug: ",
  trace: "trace: ",
};

/** SGR codes: red, yellow, none, and faint for what only a search reads. */
const COLORS: Readonly<Record<LogLevel, string>> = {
  error: "31",
  warn: "33",
  info: "",
  debug: "2",
  trace: "2",
};

/** A packet of 4,096 bytes, escaped at worst, is still shown in part; a line stays a line. */
const LONGEST_LINE = 4_096;

/** Kinds are words of the program, a few dozen; a cap in case one is ever made from data. */
const MOST_KINDS = 256;

export function createLog({ debug, style, write }: LogOptions): Log {
  const consola = createConsola({
    level: CONSOLA_INFO + Math.max(0, Math.min(2, debug)),
    // Off, even where the wall clock steps back: what repeats too often goes through `limited`.
    throttle: Number.NEGATIVE_INFINITY,
    reporters: [
      {
        log: ({ type, args, date }) => {
          const level = isLogLevel(type) ? type : "info";
          write(`${formatLine({ style, level, text: String(args[0]), date })}\n`);
        },
      },
    ],
  });
  const log = (level: LogLevel, text: string) => consola[level](text);
  return {
    error: (text) => log("error", text),
    warn: (text) => log("warn", text),
    info: (text) => log("info", text),
    debug: (text) => log("debug", text),
    trace: (text) => log("trace", text),
    limited: createLimiter(log),
  };
}

export interface Line {
  readonly style: LogStyle;
  readonly level: LogLevel;
  readonly text: string;
  readonly date: Date;
}

/** The line without its newline. */
export function formatLine({ style, level, text, date }: Line): string {
  const message = `${LABELS[level]}${oneLine(text, LONGEST_LINE)}`;
  switch (style) {
    case "journal":
      // sd-daemon(3): the journal takes the number for the priority and adds time and program.
      return `<${PRIORITIES[level]}>${oneLine(text, LONGEST_LINE)}`;
    case "plain":
      return `unagi: ${message}`;
    case "file":
      return `${dayOf(date)} ${timeOfDay(date)} ${message}`;
    case "terminal":
      return `${timeOfDay(date)} ${message}`;
    case "color": {
      const code = COLORS[level];
      return `\x1b[2m${timeOfDay(date)}\x1b[0m ${code === "" ? message : `\x1b[${code}m${message}\x1b[0m`}`;
    }
  }
}

export interface StyleFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `device:inode` of stderr. */
  readonly stream: string | undefined;
  readonly isTerminal: boolean;
  /** A regular file: nobody else adds the time, as the reader of a pipe may. */
  readonly isFile: boolean;
}

/**
 * systemd.exec(5): `$JOURNAL_STREAM` names the stream that is the journal; it is inherited by
 * programs whose stderr is another one, so both are compared. `$NO_COLOR`: no-color.org.
 */
export function chooseStyle({ env, stream, isTerminal, isFile }: StyleFacts): LogStyle {
  const journal = env["JOURNAL_STREAM"];
  if (journal !== undefined && journal === stream) return "journal";
  if (!isTerminal) return isFile ? "file" : "plain";
  return mayUseColor(env) ? "color" : "terminal";
}

/** Whether a terminal may be given colours: not with $NO_COLOR, and not a dumb one. */
export function mayUseColor(env: StyleFacts["env"]): boolean {
  return (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

/** What stderr is for this process. */
export function readStyleFacts(env: StyleFacts["env"]): StyleFacts {
  try {
    const stderr = fstatSync(2);
    const stream = `${stderr.dev}:${stderr.ino}`;
    return { env, stream, isTerminal: isTerminal(2), isFile: stderr.isFile() };
  } catch {
    // stderr is closed: nothing is read there, in whatever form.
    return { env, stream: undefined, isTerminal: false, isFile: false };
  }
}

interface KindState {
  readonly until: number;
  readonly leftOut: number;
}

function createLimiter(log: (level: LogLevel, text: string) => void): Log["limited"] {
  const kinds = new Map<string, KindState>();
  return ({ level, kind, intervalMs, elapsedMs, text }) => {
    const state = kinds.get(kind);
    if (state !== undefined && elapsedMs < state.until) {
      kinds.set(kind, { ...state, leftOut: state.leftOut + 1 });
      return;
    }
    if (state === undefined && kinds.size >= MOST_KINDS) {
      const oldest = kinds.keys().next().value;
      if (oldest !== undefined) kinds.delete(oldest);
    }
    kinds.delete(kind); // So that the map's order is the order of the last line.
    kinds.set(kind, { until: elapsedMs + intervalMs, leftOut: 0 });
    const leftOut = state?.leftOut ?? 0;
    log(level, leftOut === 0 ? text : `${text} (and ${leftOut} more like it before)`);
  };
}

function isLogLevel(type: string): type is LogLevel {
  return Object.hasOwn(PRIORITIES, type);
}

/** In the machine's zone, as `timeOfDay`: 2026-11-24. */
function dayOf(date: Date): string {
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${date.getFullYear()}-${month}-${day}`;
}

function timeOfDay(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
