import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { runs, spoiledText } from "./spoil.ts";
import { DECODERS, type Decoder } from "./texts.ts";

/** Decodes the text and checks that the value is no larger than allowed and has no invalid number. */
function tryOn(decoder: Decoder, text: string): void {
  const value = decoder.decode(text);
  const written = JSON.stringify(value, replaceOdd(decoder)) ?? "";
  // Each item has a key and quotes around it, and a control character takes six characters of JSON.
  const { mostUnits } = decoder;
  const most = mostUnits === undefined ? 40 * text.length + 2000 : 6 * mostUnits + 2;
  expect(written.length).toBeLessThanOrEqual(most);
  decoder.check?.(value as never, text);
}

/** JSON would hide NaN and infinity, so they are looked for while the value is written. */
function replaceOdd({ maySigned }: Decoder): (key: string, value: unknown) => unknown {
  return (key, value) => {
    if (value instanceof Map) return [...value];
    if (typeof value === "number" && maySigned !== true) {
      if (!Number.isFinite(value)) throw new Error(`${key} is ${value}`);
      if (value < 0 || Object.is(value, -0)) throw new Error(`${key} is negative: ${value}`);
    }
    return value;
  };
}

describe("any text gives a value within its bounds or a reason, never an exception, in", () => {
  test.each(DECODERS.map((decoder) => [decoder.name, decoder] as const))("%s", (_, decoder) => {
    for (const sample of decoder.samples) tryOn(decoder, sample);
    fc.assert(
      fc.property(spoiledText(decoder.samples), (text) => tryOn(decoder, text)),
      runs(60),
    );
  });
});

/** Texts that are repeated to 64 KB, for which a quadratic decoder takes minutes. */
const MONOTONY = [
  " ",
  "\t",
  "\n",
  "0",
  "a",
  ":",
  ".",
  "-",
  "=",
  "\\",
  '"',
  "(",
  "\ud83d\ude00",
  "a ",
  "a=1\n",
  "[",
  "1-",
  "- ",
];

describe("64 KB of one repeated text take no quadratic time in", () => {
  test.each(DECODERS.map((decoder) => [decoder.name, decoder] as const))(
    "%s",
    (_, decoder) => {
      const [sample = ""] = decoder.samples;
      for (const one of MONOTONY) {
        const long = one.repeat(Math.ceil(65_536 / one.length));
        for (const text of [long, sample + long, sample.slice(0, -1) + long, long + sample]) {
          decoder.decode(text);
        }
      }
    },
    5000,
  );
});

test("every exported decoder of text is fuzzed", () => {
  const names = new Set(DECODERS.map(({ name }) => name));
  const elsewhere = new Set([
    "decodeMessage", // tests/protocol/fuzz.test.ts
    "parseReport", // reports.test.ts
    "parseMachineInfo", // history.test.ts
    "parseEntry", // history.test.ts
  ]);
  const folder = join(import.meta.dir, "../../src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const found = files
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), "utf8").matchAll(
        /^export function ((?:parse|decode|unpack)\w*)/gm,
      ),
    ])
    .map(([, name = ""]) => name);
  expect(found.length).toBeGreaterThan(40);
  expect(found.filter((name) => !names.has(name) && !elsewhere.has(name))).toEqual([]);
});
