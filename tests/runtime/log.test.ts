/** The log: which lines are written, and in which form. */
import { describe, expect, test } from "bun:test";
import {
  chooseStyle,
  createLog,
  formatLine,
  type Log,
  type LogLevel,
  type LogStyle,
  readStyleFacts,
} from "../../src/runtime/log.ts";

const LEVELS: readonly LogLevel[] = ["error", "warn", "info", "debug", "trace"];

function collect(debug = 0, style: LogStyle = "plain"): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ debug, style, write: (line) => void lines.push(line) });
  return { log, lines };
}

describe("the log", () => {
  const cases: readonly (readonly [number, readonly LogLevel[]])[] = [
    [0, ["error", "warn", "info"]],
    [1, ["error", "warn", "info", "debug"]],
    [2, LEVELS],
  ];
  for (const [debug, shown] of cases) {
    test(`writes ${shown.join(", ")} with ${debug} times -d`, () => {
      const { log, lines } = collect(debug);
      for (const level of LEVELS) log[level](`about ${level}`);
      expect(lines.map((line) => line.trim().split(" ").at(-1) ?? "")).toEqual([...shown]);
    });
  }
});

describe("a line of the log", () => {
  const date = new Date(2026, 1, 3, 4, 5, 6);
  const cases: readonly (readonly [LogStyle, LogLevel, string])[] = [
    ["journal", "error", "<3>it's so"],
    ["journal", "warn", "<4>it's so"],
    ["journal", "info", "<6>it's so"],
    ["journal", "trace", "<7>it's so"],
    ["plain", "error", "unagi: error: it's so"],
    ["plain", "warn", "unagi: warning: it's so"],
    ["plain", "info", "unagi: it's so"],
    ["plain", "debug", "unagi: debug: it's so"],
    ["file", "warn", "2026-02-03 04:05:06 warning: it's so"],
    ["terminal", "info", "04:05:06 it's so"],
    ["terminal", "warn", "04:05:06 warning: it's so"],
    ["color", "info", "\x1b[2m04:05:06\x1b[0m it's so"],
    ["color", "error", "\x1b[2m04:05:06\x1b[0m \x1b[31merror: it's so\x1b[0m"],
  ];
  for (const [style, level, expected] of cases) {
    test(`of level ${level} in style ${style} is ${JSON.stringify(expected)}`, () => {
      expect(formatLine({ style, level, text: "it's so", date })).toBe(expected);
    });
  }

  test("stays one line without control characters, whatever its text is", () => {
    const { log, lines } = collect(2, "journal");
    log.warn("bad packet \x1b[2J\n<0>kernel: panic\r\u202e");
    log.info(`${"x".repeat(10_000)}`);
    log.info("%s %d");
    expect(lines[0]).toBe("<4>bad packet \\x1b[2J\\n<0>kernel: panic\\r\\u{202e}\n");
    expect(lines[1]).toHaveLength(3 + 4_096 + 1);
    expect(lines[2]).toBe("<6>%s %d\n");
  });

  test("is written each time, however often it repeats", () => {
    const { log, lines } = collect();
    for (let count = 0; count < 50; count++) log.warn("the same");
    expect(lines).toHaveLength(50);
  });
});

describe("the style of the log", () => {
  const env = { JOURNAL_STREAM: "8:1234" };
  const cases: readonly (readonly [string, Parameters<typeof chooseStyle>[0], LogStyle])[] = [
    ["the journal", { env, stream: "8:1234", isTerminal: false, isFile: false }, "journal"],
    ["a pipe of a service", { env, stream: "9:1", isTerminal: false, isFile: false }, "plain"],
    [
      "a terminal started by the journal's child",
      { env, stream: "9:1", isTerminal: true, isFile: false },
      "color",
    ],
    ["a pipe", { env: {}, stream: "9:1", isTerminal: false, isFile: false }, "plain"],
    ["nothing", { env: {}, stream: undefined, isTerminal: false, isFile: false }, "plain"],
    ["a file", { env: {}, stream: "9:1", isTerminal: false, isFile: true }, "file"],
    [
      "a file that is the journal's",
      { env, stream: "8:1234", isTerminal: false, isFile: true },
      "journal",
    ],
    ["a terminal", { env: {}, stream: "9:1", isTerminal: true, isFile: false }, "color"],
    [
      "NO_COLOR",
      { env: { NO_COLOR: "1" }, stream: "9:1", isTerminal: true, isFile: false },
      "terminal",
    ],
    [
      "an empty NO_COLOR",
      { env: { NO_COLOR: "" }, stream: "9:1", isTerminal: true, isFile: false },
      "color",
    ],
    [
      "a dumb terminal",
      { env: { TERM: "dumb" }, stream: "9:1", isTerminal: true, isFile: false },
      "terminal",
    ],
  ];
  for (const [what, facts, style] of cases) {
    test(`for ${what} is ${style}`, () => expect(chooseStyle(facts)).toBe(style));
  }

  test("is chosen by the device and inode of stderr", () => {
    expect(readStyleFacts({}).stream).toMatch(/^\d+:\d+$/);
  });
});
