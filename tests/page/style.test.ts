import { describe, expect, test } from "bun:test";
import { STYLE } from "../../src/page/style/style.ts";
import { CPU_LEVELS } from "../../src/view/thresholds.ts";

/** The custom properties of the first block that follows `from`. */
function tokensAfter(from: number): Map<string, string> {
  const start = STYLE.indexOf(":root {", from);
  const block = STYLE.slice(start, STYLE.indexOf("}", start));
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}

/** Relative luminance, WCAG 2. */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replace(/[0-9a-f]/g, "$&$&") : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe("the colours", () => {
  const schemes = [
    { name: "light", tokens: tokensAfter(0) },
    { name: "dark", tokens: tokensAfter(STYLE.indexOf("prefers-color-scheme: dark")) },
  ];
  /** Text needs 4.5, marks and lines that carry a meaning 3. */
  const pairs: readonly (readonly [string, string, number])[] = [
    ["ink", "paper", 4.5],
    ["soft", "paper", 4.5],
    ["soft", "hover", 4.5],
    ["alarm", "paper", 4.5],
    ["ink", "wash", 4.5],
    ["warn", "paper", 3],
    ["focus", "paper", 3],
    ["disk", "paper", 3],
  ];
  for (const { name, tokens } of schemes) {
    for (const [front, ground, least] of pairs) {
      test(`${name}: ${front} stands out from ${ground}`, () => {
        const [a, b] = [tokens.get(front), tokens.get(ground)];
        expect([a, b]).not.toContain(undefined);
        expect(contrast(a ?? "#000", b ?? "#000")).toBeGreaterThanOrEqual(least);
      });
    }
  }
});

describe("the style sheet", () => {
  test("fetches nothing from elsewhere", () => {
    expect(STYLE).not.toMatch(/url\(|@import|https?:/);
  });

  test("has a rule for each state and each mark of the strip", () => {
    for (const name of ["up", "silent", "stopped", "down", "new", "unknown"]) {
      expect(STYLE).toContain(`.mark.is-${name}::before`);
    }
    for (const { name } of CPU_LEVELS) {
      expect(STYLE).toMatch(new RegExp(`\\.cpu-${name}\\b[^{}]*\\{\\s*--paint: `));
    }
    expect(STYLE).toMatch(/\.strip path \{[^}]*stroke: var\(--paint\)/);
    const others = ["no-data", "stopped", "stopped-line", "disk-busy", "disk-heavy", "reboot"];
    for (const name of [...others, "grid", "cursor"]) expect(STYLE).toContain(`.strip .${name}`);
  });
});
