/** Text from outside, made harmless for a terminal and a log. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { oneLine, printable, quoted } from "../../src/base/printable.ts";

describe("printable", () => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ["plain text", "render-corner 7", 100, "render-corner 7"],
    ["letters of any language", "löwe 日本 🦊", 100, "löwe 日本 🦊"],
    ["nothing", "", 10, ""],
    ["line ends and tabs", "a\r\nb\tc", 100, "a\\r\\nb\\tc"],
    ["an ANSI sequence", "\x1b[31mred\x1b[0m", 100, "\\x1b[31mred\\x1b[0m"],
    ["the 8-bit form of one", "\x9b31m", 100, "\\x9b31m"],
    ["NUL and DEL", "\0\x7f", 100, "\\x00\\x7f"],
    ["right-to-left marks", "a\u202egpj.exe\u2066", 100, "a\\u{202e}gpj.exe\\u{2066}"],
    ["invisible characters", "a\u200bb\ufeffc\u00ad", 100, "a\\u{200b}b\\u{feff}c\\xad"],
    ["other line ends", "a\u2028b\u2029c\u0085", 100, "a\\u{2028}b\\u{2029}c\\x85"],
    ["spaces that are none", "a\u00a0b\u3000c", 100, "a\\xa0b\\u{3000}c"],
    ["half a pair", "a\ud83d", 100, "a\\u{d83d}"],
    ["private use", "\ue000", 100, "\\u{e000}"],
    ["quotes and backslashes", `'a' "b" \\`, 100, `\\'a\\' \\"b\\" \\\\`],
    ["too much", "abcdefgh", 5, "abcd…"],
    ["just enough", "abcde", 5, "abcde"],
    ["an escape that would not fit", "abc\x1bdef", 6, "abc…"],
    ["a pair that would not fit", "abc🦊", 4, "abc…"],
    ["no room at all", "abc", 0, ""],
    ["room for one", "abc", 1, "…"],
  ];
  for (const [what, text, max, expected] of cases) {
    test(`shows ${what}`, () => expect(printable(text, max)).toBe(expected));
  }

  test("reads no more of a million characters than it shows", () => {
    expect(printable("\x1b".repeat(1_000_000), 9)).toBe("\\x1b\\x1b…");
  });

  test("lets nothing through raw, and is never longer than asked", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 40 }), (input, max) => {
        for (const output of [printable(input, max), oneLine(input, max)]) {
          expect(output.length).toBeLessThanOrEqual(max);
          expect(output).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        }
        expect(printable(input, max)).not.toMatch(/(^|[^\\])(\\\\)*["']/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("never shows two different texts that fit in the same way", () => {
    const text = fc.string({
      unit: fc.constantFrom("\\", "n", "\n", "x", "0", "1", "b", "\x1b", "'"),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        fc.pre(a !== b);
        expect(printable(a, 10_000)).not.toBe(printable(b, 10_000));
      }),
      { numRuns: 1_000 },
    );
  });
});

test("quoted escapes the quotes in its text", () => {
  expect(quoted("it's")).toBe("'it\\'s'");
  expect(quoted("x".repeat(100))).toBe(`'${"x".repeat(59)}…'`);
});

test("oneLine keeps the quotes of a sentence", () => {
  expect(oneLine("unknown key 'a\nb'", 100)).toBe("unknown key 'a\\nb'");
});
