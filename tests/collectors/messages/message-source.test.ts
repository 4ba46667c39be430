/** Lines of a log, which may hold what an attacker sent. */
import { describe, expect, test } from "bun:test";
import { cleanLine } from "../../../src/collectors/messages/message-source.ts";

describe("cleanLine", () => {
  test.each([
    ["a\u001b[31mred\u0007", "a [31mred"],
    ["tab\tand\u0000nul  ", "tab and nul"],
    ["\u009bcsi\u2028x", " csi x"],
    ["x".repeat(9999), "x".repeat(256)],
    ["😀".repeat(300), "😀".repeat(256)],
    ["", ""],
  ])("makes %j fit to be shown", (line, expected) => {
    expect(cleanLine(line)).toBe(expected);
  });
});
