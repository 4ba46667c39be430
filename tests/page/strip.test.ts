import { describe, expect, test } from "bun:test";
import { stripOf } from "../../src/page/history/strip.ts";
import type { StripPoint } from "../../src/store/history-types.ts";
import { cpuLevel } from "../../src/view/thresholds.ts";
import { axis, day, machine, times, up } from "../view/history/sample-history.ts";

const MIB = 1024 * 1024;

describe("a report without a CPU figure", () => {
  const points = day(0).map(({ cpuPercent: _, ...point }) => point);

  test("is drawn as unknown, never as idle", () => {
    const { paths, words } = stripOf(machine(points), { axis, times });
    expect(Object.fromEntries(paths)).toMatchObject({ "no-data": "M0 11h144" });
    expect(paths.some(([name]) => name.startsWith("cpu-"))).toBe(false);
    expect(words).toBe("CPU unknown");
  });
});

describe("the strip", () => {
  test("has the thresholds of the 2005 report", () => {
    const cases: readonly (readonly [number, number])[] = [
      [-1, 0],
      [0, 0],
      [4.9, 0],
      [5, 1],
      [24.9, 1],
      [25, 2],
      [44.9, 2],
      [45, 3],
      [89.9, 3],
      [90, 4],
      [100, 4],
    ];
    for (const [percent, level] of cases) expect(cpuLevel(percent)).toBe(level);
  });

  test("draws the runs of each meaning as one path", () => {
    const points = day(0, (cell) => (cell >= 10 && cell < 13 ? 95 : cell === 20 ? 50 : 1));
    const paths = new Map(stripOf(machine(points), { axis, times }).paths);
    expect(paths.get("cpu-idle")).toBe("M0 11h144");
    expect(paths.get("cpu-full")).toBe("M10 11h3");
    expect(paths.get("cpu-busy")).toBe("M20 11h1");
    expect(paths.has("no-data")).toBe(false);
    expect(paths.has("disk-busy")).toBe(false);
  });

  test("draws disk traffic from 20 and from 40 MB per minute in lanes of their own", () => {
    const rate = (perMinute: number) => ({ diskBytesPerSecond: (perMinute * MIB) / 60 + 1 });
    const at = (cell: number) => axis.startMs + cell * 600_000;
    const points = [up(at(10), 1, rate(19.9)), up(at(11), 1, rate(20)), up(at(12), 1, rate(40))];
    const paths = new Map(stripOf(machine(points), { axis, times }).paths);
    expect(paths.get("disk-busy")).toBe("M10 21h1");
    expect(paths.get("disk-heavy")).toBe("M11 20h1");
  });

  test("says the same in words", () => {
    const points: StripPoint[] = [
      ...day(0, (cell) => (cell >= 81 ? 95 : 1)).filter((_, cell) => cell < 25 || cell >= 30),
      {
        state: "down",
        atWallMs: axis.startMs + 25 * 600_000,
        untilWallMs: axis.startMs + 30 * 600_000,
      },
    ];
    points.sort((a, b) => a.atWallMs - b.atWallMs);
    const { words } = stripOf(machine(points), { axis, times });
    expect(words).toBe("down 13:20–14:10; CPU over 90 % 22:40–now");
    expect(stripOf(machine(day(0)), { axis, times }).words).toBe("quiet");
    expect(stripOf(machine([]), { axis, times }).words).toBe("no data yet");
  });

  test("draws the time cursor in the middle of its cell", () => {
    const cursorMs = Date.UTC(2026, 10, 24, 3, 10);
    const paths = new Map(stripOf(machine(day(0)), { axis, times, cursorMs }).paths);
    expect(paths.get("cursor")).toBe("M107.5 -7v10m0 16v9");
  });
});
