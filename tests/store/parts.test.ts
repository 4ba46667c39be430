import { describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { classifyFault, openDatabase } from "../../src/store/database.ts";
import { MAX_INFLATED_BYTES, packJson, unpackJson } from "../../src/store/packed-json.ts";
import { historyFile, parseLockHolder } from "../../src/store/state-directory.ts";

describe("packed JSON", () => {
  test("comes back as it went in", () => {
    const value = { name: "ä ", list: [1, 2.5, "x".repeat(10_000)] };
    expect(unpackJson(packJson(value))).toEqual(value);
  });

  test("reads what an earlier version kept, in zlib's format", () => {
    const value = { name: "alpha" };
    expect(unpackJson(deflateSync(JSON.stringify(value)))).toEqual(value);
  });

  const whole = packJson({ name: "alpha", text: "some text" });
  const cases: readonly [string, Uint8Array][] = [
    ["nothing", new Uint8Array()],
    ["noise", new Uint8Array(100).fill(77)],
    ["a truncated body", whole.slice(0, -3)],
    ["a flipped bit", whole.map((byte, index) => (index === 12 ? byte ^ 4 : byte))],
    ["something that is no JSON", deflateSync("{")],
    ["a number", deflateSync("5")],
    ["null", deflateSync("null")],
    ["more than the cap", deflateSync(JSON.stringify(["x".repeat(MAX_INFLATED_BYTES)]))],
    ["a bomb", deflateSync(Buffer.alloc(50_000_000))],
  ];
  for (const [what, bytes] of cases) {
    test(`${what} reads as damaged`, () => {
      expect(unpackJson(bytes)).toBeUndefined();
    });
  }
});

describe("the holder of a lock", () => {
  const line = "1: POSIX  ADVISORY  WRITE 7997 fe:00:2154532 1073741824 1073742335\n";
  const cases: readonly [string, string, number | undefined][] = [
    ["is found", line, 7997],
    ["is found among others", `2: FLOCK  ADVISORY  WRITE 5 fe:00:2154532 0 EOF\n${line}`, 7997],
    ["is not a reader", line.replace("WRITE", "READ "), undefined],
    ["is not who waits", line.replace("1: POSIX", "1: -> POSIX"), undefined],
    ["is not named from another namespace", line.replace("7997", "0"), undefined],
    ["is not who locked other bytes", line.replace(/1073741824 \d+/, "0 10"), undefined],
    ["is not who locked another file", line.replace("2154532", "2154533"), undefined],
    ["is not in an empty list", "", undefined],
    ["is not in noise", "1: POSIX\n".repeat(1000), undefined],
  ];
  for (const [what, text, pid] of cases) {
    test(what, () => expect(parseLockHolder(text, 2_154_532)).toBe(pid as number));
  }
});

test("an error of ours is no fault of the disk", () => {
  const database = openDatabase(":memory:");
  let thrown: unknown;
  try {
    database.run("SELECT nonsense FROM nowhere");
  } catch (error) {
    thrown = error;
  }
  database.close();
  expect(thrown).toBeInstanceOf(Error);
  expect(classifyFault(thrown)).toBeUndefined();
  expect(classifyFault(new TypeError("x"))).toBeUndefined();
  expect(classifyFault(undefined)).toBeUndefined();
});

test("the file's name tells nothing of the signature, and signs of paths do no harm", () => {
  const names = ["localhost", "../../etc", "", "ä/b"].map((text) => historyFile("/state", text));
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^\/state\/history-[0-9a-f]{16}\.sqlite$/);
});
