import { describe, expect, test } from "bun:test";
import { stripOf } from "../../src/page/history/strip.ts";
import type { StripPoint } from "../../src/store/history-types.ts";
import { cellsOf, type MachineHistory } from "../../src/view/history/cells.ts";
import { axisOf } from "../../src/view/history/time-axis.ts";
import { cpuLevel } from "../../src/view/thresholds.ts";
import { createTimes } from "../../src/view/times.ts";

const NOW = Date.UTC(2026, 10, 24, 9, 13, 7);
const times = createTimes("UTC");
const axis = axisOf({ nowMs: NOW, updateSeconds: 600, historyEntries: 144, times });
const MIB = 1024 * 1024;

function up(atWallMs: number, cpuPercent = 1, more: Partial<StripPoint> = {}): StripPoint {
  return { atWallMs, state: "up", cpuPercent, diskBytesPerSecond: 0, ...more };
}

function machine(
  points: readonly StripPoint[],
  more: Partial<MachineHistory> = {},
): MachineHistory {
  return { points, state: "up", updateSeconds: 600, ...more };
}

/** Reports of every ten minutes, so many milliseconds after the full one. */
function day(phaseMs: number, cpu: (cell: number) => number = () => 1): StripPoint[] {
  return Array.from({ length: 144 }, (_, cell) =>
    up(
      axis.startMs + (cell + 1) * 600_000 + phaseMs - (phaseMs > 193_000 ? 600_000 : 0),
      cpu(cell),
    ),
  );
}

describe("the axis", () => {
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
      words: "288 s",
    },
    { name: "1,000 entries", updateSeconds: 600, historyEntries: 1000, cells: 250, words: "7 d" },
    { name: "one entry", updateSeconds: 600, historyEntries: 1, cells: 1, words: "10 min" },
    { name: "an interval of 7 s", updateSeconds: 7, historyEntries: 30, cells: 30, words: "210 s" },
  ];
  for (const { name, updateSeconds, historyEntries, cells } of others) {
    test(`of ${name} has at most 288 cells and at most 8 names`, () => {
      const other = axisOf({ nowMs: NOW, updateSeconds, historyEntries, times });
      expect(other.cells).toBe(cells);
      expect(other.ticks.length).toBeLessThanOrEqual(8);
      expect(other.endMs).toBeLessThanOrEqual(NOW);
      expect(other.endMs).toBeGreaterThan(NOW - other.cellMs);
      for (const { x } of other.ticks) expect(x >= 0 && x < other.cells).toBe(true);
    });
  }
});

describe("an entry without a CPU figure", () => {
  const points = day(0).map(({ cpuPercent: _, ...point }) => point);

  test("is drawn as not known, never as idle", () => {
    const { paths, words } = stripOf(machine(points), { axis, times });
    expect(Object.fromEntries(paths)).toMatchObject({ "no-data": "M0 11h144" });
    expect(paths.some(([name]) => name.startsWith("cpu-"))).toBe(false);
    expect(words).toBe("CPU unknown");
  });
});

describe("cells", () => {
  test("are filled without holes by reports of any phase", () => {
    for (const phase of [0, 7_000, 120_000, 299_000, 301_000, 599_000]) {
      const { state } = cellsOf(machine(day(phase)), axis);
      expect(state.filter((one) => one !== "up")).toEqual([]);
    }
  });

  test("are filled without holes by reports that come a little late or early", () => {
    // Near the middle of the cells, 0.98 to 1.03 intervals apart.
    const late = (index: number) => [0, 9_000, -6_000, 3_000, 12_000, -3_000][index % 6] ?? 0;
    for (const phaseMs of [295_000, 299_000, 300_000, 301_000, 305_000]) {
      const points = day(phaseMs).map((point, index) => ({
        ...point,
        atWallMs: point.atWallMs + late(index),
      }));
      expect(cellsOf(machine(points), axis).state.slice(1, -1)).not.toContain("none");
    }
  });

  test("stay empty where a report is missing", () => {
    const points = day(0).filter((_, index) => index !== 70 && index !== 71);
    const { state } = cellsOf(machine(points), axis);
    expect(state.filter((one) => one === "none")).toHaveLength(2);
  });

  test("hold an outage, however short, and leave what was before the first report empty", () => {
    const at = (cell: number) => axis.startMs + cell * 600_000;
    const points: StripPoint[] = [
      up(at(51)),
      up(at(52)),
      { state: "down", atWallMs: at(52) + 100_000, untilWallMs: at(52) + 160_000 },
      up(at(53)),
    ];
    const { state } = cellsOf(machine(points, { state: "down" }), axis);
    expect(state.slice(48, 56)).toEqual([
      "none",
      "none",
      "up",
      "up",
      "down",
      "none",
      "none",
      "none",
    ]);
  });

  test("of an outage that lasts reach to the end", () => {
    const points: StripPoint[] = [{ state: "down", atWallMs: axis.startMs + 100 * 600_000 }];
    const { state } = cellsOf(machine(points, { state: "down" }), axis);
    expect(state.slice(99, 101)).toEqual(["none", "down"]);
    expect(state[143]).toBe("down");
  });

  test("show the highest figure where several reports fall into one", () => {
    const points = Array.from({ length: 40 }, (_, step) =>
      up(axis.endMs - 600_000 + (step + 1) * 15_000, step === 7 ? 97 : 2),
    );
    const { cpu } = cellsOf(machine(points, { updateSeconds: 15 }), axis);
    expect(cpu[143]).toBe(97);
  });

  test("of a machine that began a moment ago show its first report", () => {
    const { state } = cellsOf(machine([up(NOW - 1000)]), axis);
    expect(state[143]).toBe("up");
    expect(state[142]).toBe("none");
  });

  test("mark a reboot where the uptime begins anew, and none where it only grows", () => {
    const at = (cell: number) => axis.startMs + cell * 600_000;
    const points = [
      up(at(10), 1, { uptimeSeconds: 90_000 }),
      up(at(11), 1, { uptimeSeconds: 90_600 }),
      up(at(20), 1, { uptimeSeconds: 300 }),
      up(at(21), 1, { uptimeSeconds: 900 }),
    ];
    expect(cellsOf(machine(points), axis).reboots.map(({ cell }) => cell)).toEqual([19]);
  });
});

describe("the strip", () => {
  test("has the 2005 thresholds", () => {
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

  test("draws each meaning as runs of one path", () => {
    const points = day(0, (cell) => (cell >= 10 && cell < 13 ? 95 : cell === 20 ? 50 : 1));
    const paths = new Map(stripOf(machine(points), { axis, times }).paths);
    expect(paths.get("cpu-idle")).toBe("M0 11h144");
    expect(paths.get("cpu-full")).toBe("M10 11h3");
    expect(paths.get("cpu-busy")).toBe("M20 11h1");
    expect(paths.has("no-data")).toBe(false);
    expect(paths.has("disk-busy")).toBe(false);
  });

  test("draws disk from 20 and from 40 MB a minute in lanes of their own", () => {
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

  test("draws the time cursor in the middle of the cell it names", () => {
    const cursorMs = Date.UTC(2026, 10, 24, 3, 10);
    const paths = new Map(stripOf(machine(day(0)), { axis, times, cursorMs }).paths);
    expect(paths.get("cursor")).toBe("M107.5 -7v10m0 16v9");
  });
});
