/** A few of the worlds of `npm run simulate`, of all sorts, and its command line. */
import { describe, expect, test } from "bun:test";
import { readOptions } from "./options.ts";
import { liveThrough } from "./run-seed.ts";

const TIMEOUT_MS = 120_000;
const FIRSTS = [1, 6, 11, 16, 21, 26];
const SEEDS_PER_TEST = 5;

describe("in worlds with faults of all kinds all invariants hold, and all agree in the end", () => {
  test.each(FIRSTS)(
    "from seed %d on",
    (first) => {
      for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) {
        expect(liveThrough({ seed, machines: 30 })).toMatchObject({ ok: true });
      }
    },
    TIMEOUT_MS,
  );

  test(
    "the same seed gives the same world, fault by fault",
    () => {
      const [first, second] = [1, 2].map(() => liveThrough({ seed: 7, machines: 12 }));
      expect(first).toEqual(second ?? { ok: true, result: { virtualMs: 0, faults: {} } });
      expect(liveThrough({ seed: 8, machines: 12 })).not.toEqual(first as object);
    },
    TIMEOUT_MS,
  );
});

describe("the command line", () => {
  test("has a default for everything", () => {
    expect(readOptions([])).toMatchObject({ ok: true, value: { seeds: 100, machines: 30 } });
  });

  test.each([
    [["--seeds", "0"], "--seeds 0: give a whole number from 1 to 1000000"],
    [["--machines", "1001"], "--machines 1001: give a whole number from 2 to 1000"],
    [["--first-seed", "x"], "--first-seed x: give a whole number from 0 to 2147483648"],
    [["--sedes", "3"], "--sedes"],
    [["7"], "7"],
  ])("refuses %j with the remedy", (args, part) => {
    const options = readOptions(args);
    expect(options.ok).toBe(false);
    expect(options.ok ? "" : options.reason).toContain(part);
  });
});
