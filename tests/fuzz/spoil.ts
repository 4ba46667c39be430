/**
 * Spoiled input for decoders: valid input with a few changes of the kinds that other versions, broken
 * disks, unusual kernels and attackers make. Noise would be refused at its first byte.
 */
import fc from "fast-check";

/** How often each property is tried; `FUZZ_RUNS=100 bun test tests/fuzz` tries a hundred times as often. */
export function runs(usual: number): { readonly numRuns: number } {
  const factor = Number(process.env["FUZZ_RUNS"] ?? 1);
  if (!(factor > 0))
    throw new Error("FUZZ_RUNS is how many times as often to try: a number over 0");
  return { numRuns: Math.ceil(usual * factor) };
}

/** What is inserted into a text, or written in place of a part of it. */
const SHREDS = [
  ..."\0\t\n\r \"'\\{}[]()<>=:;,.-+%/@#&?~\u007f\u0085\u00a0\u2028\u202e\ufeff\ud800\udc00é😀",
  "-1",
  "-0",
  "00",
  "0x10",
  "1e400",
  "-1e400",
  "1e-400",
  "NaN",
  "nan",
  "Infinity",
  "-inf",
  "18446744073709551615",
  "18446744073709551616",
  "9".repeat(40),
  "9".repeat(400),
  "0.0000000000000000000001",
  "null",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "undefined",
  "../../..",
  "%00",
  "%ff",
  "\\u0000",
  "\u001b[2J",
  "A".repeat(5000),
  "a\u0301".repeat(300),
  "[".repeat(2000),
];

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

interface Change {
  readonly kind: "insert" | "number" | "word" | "line" | "drop" | "double" | "cut" | "swap";
  readonly at: number;
  readonly to: number;
  readonly shred: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("insert", "number", "word", "line", "drop", "double", "cut", "swap"),
  at: place,
  to: place,
  shred: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...SHREDS) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
  ),
});

/** Makes one change to a text: to a character, a number, a word, a line, or the whole. */
function spoil(text: string, { kind, at, to, shred }: Change): string {
  const from = Math.floor(at * text.length);
  const end = Math.min(text.length, from + Math.ceil(to * 40));
  switch (kind) {
    case "insert":
      return text.slice(0, from) + shred + text.slice(from);
    case "number":
      return replaceOne(text, /-?\d+(?:\.\d+)?/g, at, () => shred);
    case "word":
      return replaceOne(text, /[^\s"=:]+/g, at, () => shred);
    case "line":
      return replaceOne(text, /[^\n]*\n/g, at, (line) => line + line);
    case "drop":
      return text.slice(0, from) + text.slice(end);
    case "double":
      return text.slice(0, end) + text.slice(from);
    case "cut":
      return text.slice(0, from);
    case "swap":
      return replaceOne(text, /(\S+)(\s+)(\S+)/g, at, (_, a, gap, b) => `${b}${gap}${a}`);
  }
}

function replaceOne(
  text: string,
  pattern: RegExp,
  at: number,
  by: (...groups: string[]) => string,
): string {
  const matches = [...text.matchAll(pattern)];
  const match = matches[Math.floor(at * matches.length)];
  if (match === undefined) return text;
  return text.slice(0, match.index) + by(...match) + text.slice(match.index + match[0].length);
}

/** One of these texts with up to four changes; in one of 13 cases any text at all. */
export function spoiledText(samples: readonly string[]): fc.Arbitrary<string> {
  const changed = fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 4 }))
    .map(([text, changes]) => changes.reduce(spoil, text));
  return fc.oneof(
    { weight: 12, arbitrary: changed },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
  );
}

/** The same for bytes. The result is often no valid UTF-8. */
export function spoiledBytes(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const texts = samples.map((bytes) => Buffer.from(bytes).toString("latin1"));
  const bits = fc.array(fc.tuple(place, fc.nat(7)), { maxLength: 3 });
  return fc.tuple(spoiledText(texts), bits).map(([text, flips]) => {
    const bytes = Buffer.from(text, "latin1");
    for (const [at, bit] of flips) {
      const index = Math.floor(at * bytes.length);
      if (index < bytes.length) bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
    }
    return new Uint8Array(bytes);
  });
}

/** Values of every kind that JSON has, and some that only a program can hold. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -0, -1, 0.5, 1e9, 1e300, 2 ** 31, 2 ** 53, 2 ** 64, -(2 ** 53)],
    ...["", " ", "0", "-1", "1e400", "\0", "\ud800", "__proto__", "x".repeat(3000)],
  ),
  fc.constantFrom<unknown>([], {}, [[]], [null], [{}], { length: 5 }, { name: {} }),
  fc.constant(nested(400)),
  fc.array(fc.constantFrom<unknown>(0, "a", null), { maxLength: 3 }),
);

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

interface JsonChange {
  readonly kind: "set" | "drop" | "add" | "many";
  readonly at: number;
  readonly value: unknown;
  readonly key: string;
}

const jsonChange: fc.Arbitrary<JsonChange> = fc.record({
  kind: fc.constantFrom("set", "drop", "add", "many"),
  at: place,
  value: oddValue,
  key: fc.constantFrom("__proto__", "constructor", "toJSON", "length", "name", "id", "\0", ""),
});

/** One of these values with up to five changes at any depth: other types, more or fewer keys, long lists. */
export function spoiledJson(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(jsonChange, { maxLength: 5 }))
    .map(([sample, changes]) => changes.reduce(spoilJson, structuredClone(sample)));
}

type Holder = Record<string, unknown>;

function spoilJson(root: unknown, { kind, at, key, ...change }: JsonChange): unknown {
  // A copy, because later changes may be put into this value.
  const value = structuredClone(change.value);
  const places = placesIn(root);
  const chosen = places[Math.floor(at * places.length)];
  if (chosen === undefined) return value;
  const { holder, name } = chosen;
  const held = holder[name];
  if (kind === "set") holder[name] = value;
  // JSON has no holes.
  else if (kind === "drop" && Array.isArray(holder)) holder.splice(Number(name), 1);
  else if (kind === "drop") delete holder[name];
  else if (kind === "many") holder[name] = copiesOf(held);
  else if (Array.isArray(held)) held.push(value);
  else if (!Array.isArray(holder)) {
    const into = typeof held === "object" && held !== null ? held : holder;
    // Not an assignment, because assigning `__proto__` would change the object's prototype.
    const property = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(into, key, property);
  }
  return root;
}

/** More copies than any list may have; of a long value only three, so that copies of copies fit in memory. */
function copiesOf(value: unknown): unknown[] {
  const isSmall = (JSON.stringify(value) ?? "").length < 100;
  return Array.from({ length: isSmall ? 5000 : 3 }, () => value);
}

const MOST_PLACES = 500;

/** All places in a value where another value could be put, the outer ones first. */
function placesIn(root: unknown): { holder: Holder; name: string }[] {
  const places: { holder: Holder; name: string }[] = [];
  const queue: unknown[] = [root];
  for (const value of queue) {
    if (typeof value !== "object" || value === null) continue;
    const holder = value as Holder;
    for (const name of Object.keys(holder)) {
      if (places.length >= MOST_PLACES) return places;
      places.push({ holder, name });
      queue.push(holder[name]);
    }
  }
  return places;
}
