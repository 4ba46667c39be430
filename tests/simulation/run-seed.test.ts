/** The first thirty worlds of `npm run simulate`, and its command line. */
import { describe, expect, test } from "bun:test";
import { readOptions } from "./options.ts";
import { runSeed } from "./run-seed.ts";

const TIMEOUT_MS = 120_000;
const FIRSTS = [1, 6, 11, 16, 21, 26];
const SEEDS_PER_TEST = 5;

describe("in worlds with faults of all kinds", () => {
  test.each(FIRSTS)(
    `all invariants hold and all machines agree in the end (${SEEDS_PER_TEST} seeds from %d)`,
    (first) => {
      for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) {
        expect(runSeed({ seed, machines: 30 })).toMatchObject({ ok: true });
      }
    },
    TIMEOUT_MS,
  );

  test(
    "the same seed gives the same faults and the same duration, another seed others",
    () => {
      const [first, second] = [1, 2].map(() => runSeed({ seed: 7, machines: 12 }));
      expect(first).toEqual(second ?? { ok: true, result: { virtualMs: 0, faults: {} } });
      expect(runSeed({ seed: 8, machines: 12 })).not.toEqual(first as object);
    },
    TIMEOUT_MS,
  );
});

describe("the command line of the simulator", () => {
  test("has a default for each option", () => {
    expect(readOptions([])).toMatchObject({ ok: true, value: { seeds: 100, machines: 30 } });
  });

  test.each([
    [["--seeds", "0"], "--seeds 0: give a whole number from 1 to 1000000"],
    [["--machines", "1001"], "--machines 1001: give a whole number from 2 to 1000"],
    [["--first-seed", "x"], "--first-seed x: give a whole number from 0 to 2147483648"],
    [["--sedes", "3"], "--sedes"],
    [["7"], "7"],
  ])("refuses %j and names the remedy", (args, part) => {
    const options = readOptions(args);
    expect(options.ok).toBe(false);
    expect(options.ok ? "" : options.reason).toContain(part);
  });
});
