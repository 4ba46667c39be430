/** The simulator finds five deliberate bugs, each with the seed that is known to find it. */
import { describe, expect, test } from "bun:test";
import { liveThrough } from "../run-seed.ts";
import { copyWith, liveThroughIn, MACHINES, PLANTED } from "./planted-bugs.ts";

const TIMEOUT_MS = 60_000;

describe("a bug that is put in on purpose is found", () => {
  test.each(PLANTED)(
    "$title, by seed $seed",
    (bug) => {
      const copy = copyWith(bug);
      try {
        const outcome = liveThroughIn(copy.path, bug.seed);
        expect(outcome.ok ? "nothing" : outcome.failure.invariant).toBe(bug.invariant);
      } finally {
        copy.remove();
      }
    },
    TIMEOUT_MS,
  );

  test.each([...new Set(PLANTED.map(({ seed }) => seed))])(
    "and nothing where there is none, in seed %d",
    (seed) => {
      expect(liveThrough({ seed, machines: MACHINES })).toMatchObject({ ok: true });
    },
    TIMEOUT_MS,
  );
});
