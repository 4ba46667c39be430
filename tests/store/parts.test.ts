import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { faultOf, openDatabase } from "../../src/store/database.ts";
import { historyFile, parseLockHolder } from "../../src/store/history-file.ts";
import { MAX_INFLATED_BYTES, packJson, unpackJson } from "../../src/store/packed-json.ts";

describe("packed JSON", () => {
  test("is read as it was written", () => {
    const value = { name: "ä ", list: [1, 2.5, "x".repeat(10_000)] };
    expect(unpackJson(packJson(value))).toEqual(value);
  });

  const whole = packJson({ name: "alpha", text: "some text" });
  const cases: readonly [string, Uint8Array][] = [
    ["an empty body", new Uint8Array()],
    ["a body of noise", new Uint8Array(100).fill(77)],
    ["a truncated body", whole.slice(0, -3)],
    ["a body with a flipped bit", whole.map((byte, index) => (index === 12 ? byte ^ 4 : byte))],
    ["a body that is no JSON", gzipSync("{")],
    ["the form of a number", gzipSync("5")],
    ["the form of null", gzipSync("null")],
    [
      "a body that inflates to more than the cap",
      gzipSync(JSON.stringify(["x".repeat(MAX_INFLATED_BYTES)])),
    ],
    ["a body that inflates to 50 MB", gzipSync(Buffer.alloc(50_000_000))],
  ];
  for (const [what, bytes] of cases) {
    test(`is taken for damaged in ${what}`, () => {
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
    ["is not the process that waits", line.replace("1: POSIX", "1: -> POSIX"), undefined],
    ["is not named from another namespace", line.replace("7997", "0"), undefined],
    ["is not a process that locked other bytes", line.replace(/1073741824 \d+/, "0 10"), undefined],
    ["is not a process that locked another file", line.replace("2154532", "2154533"), undefined],
    ["is not in an empty list", "", undefined],
    ["is not in noise", "1: POSIX\n".repeat(1000), undefined],
  ];
  for (const [what, text, pid] of cases) {
    test(what, () => expect(parseLockHolder(text, 2_154_532)).toBe(pid as number));
  }
});

test("a bug of ours is not taken for a fault of the disk", () => {
  const database = openDatabase(":memory:");
  let thrown: unknown;
  try {
    database.run("SELECT nonsense FROM nowhere");
  } catch (error) {
    thrown = error;
  }
  database.close();
  expect(thrown).toBeInstanceOf(Error);
  expect(() => faultOf(thrown)).toThrow(thrown as Error);
  expect(() => faultOf(new TypeError("x"))).toThrow(TypeError);
  expect(() => faultOf("no error")).toThrow("no error");
});

test("the name of the file does not tell the signature, and is safe with any signature", () => {
  const names = ["localhost", "../../etc", "", "ä/b"].map((text) => historyFile("/state", text));
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^\/state\/history-[0-9a-f]{16}\.sqlite$/);
});
