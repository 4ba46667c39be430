/** Which counters a replay window accepts as new, and how many windows there may be. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  createReplayGuard,
  createReplayWindow,
  WINDOW_WIDTH,
} from "../../src/sealing/replay-window.ts";

const CASES: readonly { name: string; counters: number[]; accepted: boolean[] }[] = [
  { name: "accepts counters in order", counters: [1, 2, 3], accepted: [true, true, true] },
  {
    name: "accepts any counter as the first",
    counters: [7_000_000, 7_000_001],
    accepted: [true, true],
  },
  {
    name: "accepts the same counter only once",
    counters: [5, 5, 5],
    accepted: [true, false, false],
  },
  {
    name: "accepts a counter that was overtaken, once",
    counters: [5, 9, 7, 7, 5],
    accepted: [true, true, true, false, false],
  },
  {
    name: "accepts a counter 63 behind the highest, but not one 64 behind",
    counters: [100, 37, 36],
    accepted: [true, true, false],
  },
  {
    name: "frees a place once the window has moved over it",
    counters: [1, 2, 66, 65, 3, 2],
    accepted: [true, true, true, true, true, false],
  },
  {
    name: "leaves its whole width free behind a leap",
    counters: [1, 2, 1_000_000, 999_937, 999_936, 2],
    accepted: [true, true, true, true, false, false],
  },
  {
    name: "forgets the place that two counters share after a leap of just its width",
    counters: [10, 74, 10, 74],
    accepted: [true, true, false, false],
  },
  { name: "accepts 0 as a counter", counters: [0, 0, 1], accepted: [true, false, true] },
  {
    name: "accepts the highest possible counter",
    counters: [2 ** 48 - 1, 2 ** 48 - 1, 2 ** 48 - 2],
    accepted: [true, false, true],
  },
];

describe("a replay window", () => {
  test.each(CASES)("$name", ({ counters, accepted }) => {
    const window = createReplayWindow();
    expect(counters.map((counter) => window.accepts(counter))).toEqual(accepted);
  });

  test("agrees with a list of all counters seen, whatever comes", () => {
    const near = fc.integer({ min: 0, max: 300 });
    const far = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: near }, far)), (counters) => {
        const window = createReplayWindow();
        const seen = new Set<number>();
        for (const counter of counters) {
          const isBehind = Math.max(...seen) - counter >= WINDOW_WIDTH;
          expect(window.accepts(counter)).toBe(!isBehind && !seen.has(counter));
          // A counter behind the window was refused and changes nothing.
          if (!isBehind) seen.add(counter);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("the replay guard", () => {
  const a1 = { id: "a", incarnation: "1" };

  test("has one window for each id and incarnation", () => {
    const guard = createReplayGuard();
    expect(guard.accepts({ ...a1, counter: 5 })).toBe(true);
    expect(guard.accepts({ ...a1, counter: 5 })).toBe(false);
    expect(guard.accepts({ id: "a", incarnation: "2", counter: 5 })).toBe(true);
    expect(guard.accepts({ id: "b", incarnation: "1", counter: 5 })).toBe(true);
    expect(guard.accepts({ ...a1, counter: 6 })).toBe(true);
    expect(guard.size()).toBe(3);
  });

  test("drops the window unused for longest beyond its cap, and a replay does not count as use", () => {
    const guard = createReplayGuard(2);
    expect(guard.accepts({ ...a1, counter: 1 })).toBe(true);
    expect(guard.accepts({ id: "b", incarnation: "1", counter: 1 })).toBe(true);
    expect(guard.accepts({ ...a1, counter: 2 })).toBe(true);
    expect(guard.accepts({ id: "b", incarnation: "1", counter: 1 })).toBe(false);
    expect(guard.accepts({ id: "c", incarnation: "1", counter: 1 })).toBe(true);
    expect(guard.size()).toBe(2);
    expect(guard.accepts({ ...a1, counter: 2 })).toBe(false);
    expect(guard.accepts({ id: "b", incarnation: "1", counter: 1 })).toBe(true);
  });

  test("has at most 4,096 windows by default", () => {
    const guard = createReplayGuard();
    for (let i = 0; i < 5_000; i++) guard.accepts({ id: String(i), incarnation: "1", counter: 1 });
    expect(guard.size()).toBe(4_096);
  });
});
