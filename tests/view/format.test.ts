import { describe, expect, test } from "bun:test";
import { counted, shownText } from "../../src/base/shown-text.ts";
import { bytes, duration, figure, intervalWords, percent } from "../../src/view/format.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

describe("figures", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0"],
    [0.04, "0"],
    [0.4, "0.4"],
    [1, "1.0"],
    [9.94, "9.9"],
    [9.96, "10"],
    [31.4, "31"],
    [106, "106"],
    [-0.01, "0"],
    // What no machine has is not shown at the width that it would like.
    [1e300, "99999+"],
  ];
  for (const [value, text] of cases) {
    test(`${value} is shown as ${text}`, () => expect(figure(value)).toBe(text));
  }
  test("a percentage has no decimal", () => expect(percent(93.4)).toBe("93"));
  test("a percentage is cut where it means nothing", () => expect(percent(1e9)).toBe("999+"));
});

describe("sizes", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0"],
    [500 * 1024, "0.5 M"],
    [102 * MIB, "102 M"],
    [1023.4 * MIB, "1023 M"],
    [1023.9 * MIB, "1.0 G"],
    [7.1 * GIB, "7.1 G"],
    [64 * GIB, "64 G"],
    [1843 * GIB, "1.8 T"],
    [5 * 1024 * 1024 * GIB, "5.0 P"],
    [2 ** 70, "99999+ P"],
  ];
  for (const [value, text] of cases) {
    test(`${value} bytes are shown as ${text}`, () => expect(bytes(value)).toBe(text));
  }
});

describe("durations", () => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, "0s"],
    [0, "0s"],
    [40.9, "40s"],
    [720, "12m"],
    [10_920, "3h02m"],
    [86_400, "1d0h"],
    [3 * 86_400 + 4 * 3600, "3d4h"],
    [41 * 86_400 + 5, "41d"],
  ];
  for (const [seconds, text] of cases) {
    test(`${seconds} s are shown as ${text}`, () => expect(duration(seconds)).toBe(text));
  }
  test("an interval is said in the largest unit that fits", () => {
    expect([600, 3, 7200, 90].map(intervalWords)).toEqual(["10 min", "3 s", "2 h", "90 s"]);
  });
});

describe("text from peers", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["plain", "plain"],
    ["a\u0000b\u0007", "a\\x00b\\x07"],
    ["two\nlines\t", "two\\x0alines\\x09"],
    ["abc\u202egnp.exe", "abc\\u202egnp.exe"],
    ["\u200fשלום", "\\u200fשלום"],
    ["\ud800lone", "\ufffdlone"],
    ["👩‍💻 emoji", "👩‍💻 emoji"],
    ["\ufeffmark\u0085", "\\ufeffmark\\x85"],
  ];
  for (const [text, shown] of cases) {
    test(`${JSON.stringify(text)} is shown as ${JSON.stringify(shown)}`, () => {
      expect(shownText(text)).toBe(shown);
    });
  }
  test("a text of 4,000 characters is cut, and never within a surrogate pair", () => {
    expect(shownText("x".repeat(4000))).toBe(`${"x".repeat(48)}…`);
    expect(shownText("😀".repeat(100), 5)).toBe("😀😀\ufffd…");
  });
  test("one is counted without an s", () => {
    expect([counted(1, "user"), counted(2, "user"), counted(0, "process", "processes")]).toEqual([
      "1 user",
      "2 users",
      "0 processes",
    ]);
  });
});
