/** The simulator finds each planted bug with the seed that is known to find it. */
import { describe, expect, test } from "bun:test";
import { runSeed } from "../run-seed.ts";
import { copyWith, MACHINES, PLANTED, runSeedIn } from "./planted-bugs.ts";

const TIMEOUT_MS = 60_000;

describe("the simulator", () => {
  test.each(PLANTED)(
    'finds the planted bug "$title" with seed $seed',
    (bug) => {
      const copy = copyWith(bug);
      try {
        const outcome = runSeedIn(copy.path, bug.seed);
        expect(outcome.ok ? "nothing" : outcome.failure.invariant).toBe(bug.invariant);
      } finally {
        copy.remove();
      }
    },
    TIMEOUT_MS,
  );

  test.each([...new Set(PLANTED.map(({ seed }) => seed))])(
    "finds no violation in seed %d when no bug is planted",
    (seed) => {
      expect(runSeed({ seed, machines: MACHINES })).toMatchObject({ ok: true });
    },
    TIMEOUT_MS,
  );
});
