import { describe, expect, test } from "bun:test";
import { axisOf } from "../../../src/view/history/time-axis.ts";
import { axis, NOW, times } from "./sample-history.ts";

describe("the time axis", () => {
  test("ends at the last full cell and names every third hour and the day", () => {
    expect(new Date(axis.endMs).toISOString()).toBe("2026-11-24T09:10:00.000Z");
    expect(axis.cells).toBe(144);
    expect(axis.spanWords).toBe("24 h");
    expect(axis.ticks.map(({ label }) => label)).toEqual([
      "12",
      "15",
      "18",
      "21",
      "Tue",
      "03",
      "06",
    ]);
    expect(axis.ticks[0]?.x).toBe(17);
  });

  const others = [
    {
      name: "an interval of 2 s",
      updateSeconds: 2,
      historyEntries: 144,
      cells: 144,
      words: "5 min",
    },
    { name: "1,000 entries", updateSeconds: 600, historyEntries: 1000, cells: 250, words: "7 d" },
    { name: "one entry", updateSeconds: 600, historyEntries: 1, cells: 1, words: "10 min" },
    { name: "an interval of 7 s", updateSeconds: 7, historyEntries: 30, cells: 30, words: "4 min" },
  ];
  for (const { name, updateSeconds, historyEntries, cells, words } of others) {
    test(`of ${name} has at most 288 cells and at most 8 names`, () => {
      const other = axisOf({ nowMs: NOW, updateSeconds, historyEntries, times });
      expect(other.cells).toBe(cells);
      expect(other.spanWords).toBe(words);
      expect(other.ticks.length).toBeLessThanOrEqual(8);
      expect(other.endMs).toBeLessThanOrEqual(NOW);
      expect(other.endMs).toBeGreaterThan(NOW - other.cellMs);
      for (const { x } of other.ticks) expect(x >= 0 && x < other.cells).toBe(true);
    });
  }
});
