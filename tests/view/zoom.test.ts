import { describe, expect, test } from "bun:test";
import {
  rangeWords,
  searchWithRange,
  type TimeRange,
  withinBounds,
  type ZoomStep,
  zoomed,
} from "../../src/view/history/zoom.ts";
import { createTimes } from "../../src/view/times.ts";

const times = createTimes("UTC");
const MINUTE = 60_000;
const STEP = 10 * MINUTE;
const END = Date.UTC(2026, 10, 24, 9, 10);
/** A day of ten-minute entries; ranges below are counted in entries before its end. */
const bounds = { whole: { fromMs: END - 144 * STEP, toMs: END }, stepMs: STEP };

function back(from: number, to: number): TimeRange {
  return { fromMs: END - from * STEP, toMs: END - to * STEP };
}

function inEntries({ fromMs, toMs }: TimeRange): [number, number] {
  return [(END - fromMs) / STEP, (END - toMs) / STEP];
}

describe("a range of the history", () => {
  const cases: readonly (readonly [string, TimeRange, readonly [number, number]])[] = [
    ["on whole entries stays as it is", back(100, 60), [100, 60]],
    ["within entries is widened to whole ones", back(99.3, 60.8), [100, 60]],
    ["of all there is stays as it is", back(144, 0), [144, 0]],
    ["that begins before the history begins with it", back(200, 100), [144, 44]],
    ["that ends after the history ends with it", back(50, -20), [70, 0]],
    ["wider than the history is all of it", back(500, -500), [144, 0]],
    ["of one entry is widened on both sides", back(51, 50), [54, 48]],
    ["of no width at the end shows the last entries", back(0, 0), [6, 0]],
    ["of no width at the beginning shows the first entries", back(144, 144), [144, 138]],
  ];
  for (const [name, range, wanted] of cases) {
    test(name, () => expect(inEntries(withinBounds(range, bounds))).toEqual([...wanted]));
  }

  test("of a history with fewer entries than the least is all of it", () => {
    const short = { whole: { fromMs: END - 3 * STEP, toMs: END }, stepMs: STEP };
    expect(inEntries(withinBounds(back(2, 1), short))).toEqual([3, 0]);
  });
});

describe("zooming", () => {
  const cases: readonly (readonly [string, ZoomStep, TimeRange, readonly [number, number]])[] = [
    ["in keeps the newest where it is shown", "in", back(144, 0), [72, 0]],
    ["in keeps the middle of a range in the past", "in", back(100, 60), [90, 70]],
    ["in stops at six entries", "in", back(6, 0), [6, 0]],
    ["in stops at six entries in the past too", "in", back(54, 48), [54, 48]],
    ["in from seven entries shows six of them", "in", back(55, 48), [55, 49]],
    ["out shows twice as much", "out", back(90, 70), [100, 60]],
    ["out stops at the whole history", "out", back(100, 10), [144, 0]],
    ["earlier moves by half of what is shown", "earlier", back(60, 20), [80, 40]],
    ["earlier keeps an odd number of entries", "earlier", back(41, 20), [52, 31]],
    ["later keeps an odd number of entries", "later", back(52, 31), [41, 20]],
    ["earlier stops at the beginning", "earlier", back(140, 100), [144, 104]],
    ["later moves by half of what is shown", "later", back(80, 40), [60, 20]],
    ["later stops at the end", "later", back(50, 10), [40, 0]],
    ["to all shows the whole history", "all", back(50, 10), [144, 0]],
  ];
  for (const [name, step, shown, wanted] of cases) {
    test(name, () => expect(inEntries(zoomed(step, shown, bounds))).toEqual([...wanted]));
  }

  test("in around a time keeps that time at its place", () => {
    const shown = back(144, 0);
    const aroundMs = END - 36 * STEP;
    expect(inEntries(zoomed("in", shown, bounds, aroundMs))).toEqual([90, 18]);
    // The middle of an entry: half as many entries all the same.
    expect(inEntries(zoomed("in", shown, bounds, aroundMs + STEP / 2))).toEqual([90, 18]);
  });
});

describe("a range in the address", () => {
  const cases: readonly (readonly [string, string, TimeRange, string])[] = [
    [
      "is written as two times",
      "",
      back(60, 20),
      "?from=2026-11-23T23:10:00&to=2026-11-24T05:50:00",
    ],
    ["leaves out an end that is now", "", back(60, 0), "?from=2026-11-23T23:10:00"],
    ["leaves out a beginning that is the history's", "", back(144, 20), "?to=2026-11-24T05:50:00"],
    ["of the whole history is left out", "?from=03:10&to=04:00", back(144, 0), ""],
    [
      "keeps all other parameters in their order",
      "?x=a%26b&to=04:00&y=%C3%A9&x=2",
      back(60, 0),
      "?x=a%26b&y=%C3%A9&x=2&from=2026-11-23T23:10:00",
    ],
  ];
  for (const [name, search, range, wanted] of cases) {
    test(name, () => {
      expect(searchWithRange(search, range, { bounds, times })).toBe(wanted);
    });
  }
});

describe("a range in words", () => {
  const now = Date.UTC(2026, 10, 24, 9, 13, 7);
  const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour, minute);
  const cases: readonly (readonly [string, number, number, string])[] = [
    ["of today", at(24, 3), at(24, 6, 30), "03:00–06:30"],
    ["of one other day names it once", at(23, 12, 30), at(23, 15, 50), "Mon 12:30–15:50"],
    ["from another day until today", at(23, 22, 40), at(24, 1, 10), "Mon 22:40–01:10"],
    ["of two other days names both", at(21, 22, 40), at(22, 1, 10), "Sat 22:40–Sun 01:10"],
    ["of long ago", at(2, 6), at(2, 18), "2 Nov 06:00–18:00"],
  ];
  for (const [name, fromMs, toMs, wanted] of cases) {
    test(name, () => expect(rangeWords({ fromMs, toMs }, times, now)).toBe(wanted));
  }
});
