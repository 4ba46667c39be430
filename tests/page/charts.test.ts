import { describe, expect, test } from "bun:test";
import { type Chart, chartsOf } from "../../src/page/history/chart.ts";
import { areaPath, linePath, yOf } from "../../src/page/history/chart-paths.ts";
import {
  capacityScale,
  decimalScale,
  percentScale,
  type Scale,
} from "../../src/page/history/chart-scale.ts";
import type { Report } from "../../src/protocol/report.ts";
import type { Entry } from "../../src/store/history-types.ts";
import { cellsOf, pointOf } from "../../src/view/history/cells.ts";
import { axisOf } from "../../src/view/history/time-axis.ts";
import { createTimes } from "../../src/view/times.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const NOW = Date.UTC(2026, 10, 24, 9, 13, 7);
const STEP = 600_000;
const times = createTimes("UTC");
/** Twelve cells: 07:10 to 09:10. */
const axis = axisOf({ nowMs: NOW, updateSeconds: 600, historyEntries: 12, times });

function labels({ marks }: Scale): string[] {
  return marks.map(({ label }) => label);
}

describe("a scale", () => {
  const cases: readonly (readonly [string, Scale, readonly string[]])[] = [
    ["of percents has quarters", percentScale(), ["0", "25", "50", "75", "100"]],
    ["up to 1 has halves", decimalScale(1), ["0", "0.5", "1"]],
    ["just above 1 goes on to the next step", decimalScale(1.01), ["0", "0.5", "1", "1.5"]],
    ["up to 2 has four steps", decimalScale(2), ["0", "0.5", "1", "1.5", "2"]],
    ["up to 0.3 has no empty step", decimalScale(0.3), ["0", "0.1", "0.2", "0.3"]],
    ["up to 50 has steps of 20", decimalScale(50), ["0", "20", "40", "60"]],
    ["up to 999 has steps of 500", decimalScale(999), ["0", "500", "1000"]],
    ["up to 90,000 says thousands", decimalScale(90_000), ["0", "50k", "100k"]],
    ["beyond all reason stays short", decimalScale(1e300), ["0", "999k+", "999k+"]],
    ["of 128 G has binary steps", capacityScale(128), ["0", "32", "64", "96", "128"]],
    ["of 125.6 G ends with what there is", capacityScale(125.6), ["0", "32", "64", "96", "126"]],
    ["of 68 G leaves out the step beside its end", capacityScale(68), ["0", "32", "68"]],
    ["of 7.7 G has steps of 2", capacityScale(7.7), ["0", "2", "4", "6", "7.7"]],
    ["of 0.5 T has steps of 128 G", capacityScale(0.5), ["0", "0.125", "0.25", "0.375", "0.5"]],
  ];
  for (const [name, scale, wanted] of cases) {
    test(name, () => expect(labels(scale)).toEqual([...wanted]));
  }

  test("never labels two values that lie over one another", () => {
    for (let exponent = -3; exponent < 6; exponent += 0.01) {
      const most = 10 ** exponent;
      for (const scale of [decimalScale(most), capacityScale(most)]) {
        expect(scale.top).toBeGreaterThanOrEqual(most * 0.999);
        expect(scale.marks.length).toBeLessThanOrEqual(5);
        const heights = scale.marks.map(({ value }) => yOf(value, scale.top));
        for (const [index, y] of heights.slice(1).entries()) {
          expect((heights[index] ?? 0) - y).toBeGreaterThanOrEqual(12);
        }
      }
    }
  });
});

describe("the paths of a chart", () => {
  test("are steps, and a gap where nothing is known", () => {
    expect(linePath([1, 1, -1, 2, 0], 2)).toBe("M0 39.5h2M3 7.5h1V71.5h1");
    expect(areaPath([1, 1, -1, 2, 0], 2)).toBe("M0 39.5h2V71.5H0zM3 7.5h1V71.5h1V71.5H3z");
  });

  test("are empty without a value", () => {
    expect([linePath([-1, -1], 2), areaPath([], 2)]).toEqual(["", ""]);
  });

  test("end at the scale's ends, whatever a peer claims", () => {
    expect(linePath([1e300, 5], 2)).toBe("M0 7.5h2");
  });
});

function report(more: Partial<Report> = {}): Report {
  return {
    name: "a",
    host: { cores: 4 },
    cpu: { userPercent: 20, nicePercent: 0, systemPercent: 5, iowaitPercent: 1, idlePercent: 74 },
    load: { one: 2 },
    memory: { totalBytes: 64 * GIB, usedBytes: 16 * GIB, swapUsedBytes: 0 },
    disk: { readBytesPerSecond: MIB, writeBytesPerSecond: 0 },
    network: { receiveBytesPerSecond: MIB / 2, transmitBytesPerSecond: 0 },
    ...more,
  };
}

/** One report for each cell from the left; `undefined`: none; and outages, in cells. */
function charts(
  reports: readonly (Report | undefined)[],
  outages: readonly (readonly [number, number])[] = [],
): readonly Chart[] {
  const at = (cell: number) => axis.startMs + cell * STEP;
  const entries = [
    ...reports.flatMap((own, cell): Entry[] =>
      own === undefined ? [] : [{ state: "up", atWallMs: at(cell + 1), report: own }],
    ),
    ...outages.map(
      ([from, to]): Entry => ({ state: "down", atWallMs: at(from), untilWallMs: at(to) }),
    ),
  ].sort((a, b) => a.atWallMs - b.atWallMs);
  const history = { points: entries.map(pointOf), state: "up" as const, updateSeconds: 600 };
  return chartsOf({ axis, cells: cellsOf(history, axis), updateSeconds: 600, entries });
}

function chart(label: string, all: readonly Chart[]): Chart {
  const found = all.find((one) => one.label === label);
  if (found === undefined) throw new Error(`there is no chart ${label}`);
  return found;
}

const DAY = Array.from({ length: 12 }, () => report());

describe("the charts of a machine", () => {
  const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ["CPU", "%", ["0", "25", "50", "75", "100"], ["user 20", "system 5.0", "I/O wait 1.0"]],
    ["load per core", "", ["0", "0.5", "1"], ["1 minute 0.50"]],
    ["memory", "G", ["0", "16", "32", "48", "64"], ["used 16", "swap 0"]],
    ["disk", "MB/min", ["0", "20", "40", "60"], ["read 60", "write 0"]],
    ["network", "M/s", ["0", "0.5", "1", "1.5", "2"], ["in 0.5", "out 0"]],
  ];
  for (const [label, unit, scale, values] of cases) {
    test(`show ${label} in ${unit === "" ? "plain numbers" : unit}`, () => {
      const own = chart(label, charts(DAY));
      expect(own.unit).toBe(unit);
      expect(own.marks.map((mark) => mark.label)).toEqual([...scale]);
      const shown = own.series.map((one) => `${one.name} ${one.values.split(" ")[3]}`);
      expect(shown).toEqual([...values]);
      for (const one of own.series) expect(one.values.split(" ")).toHaveLength(12);
    });
  }

  test("have a line across at each labelled value, and no other", () => {
    for (const { marks, paths } of charts(DAY)) {
      const lines = new Map(paths).get("scale-lines") ?? "";
      expect([...lines.matchAll(/M0 ([\d.]+)h12/g)].map(([, y]) => Number(y))).toEqual(
        marks.map(({ y }) => y),
      );
    }
  });

  test("change to the next unit with the traffic", () => {
    const busy = report({
      network: { receiveBytesPerSecond: 1.2 * GIB, transmitBytesPerSecond: 0 },
    });
    const own = chart("network", charts([busy, ...DAY.slice(1)]));
    expect([own.unit, own.marks.at(-1)?.label]).toEqual(["G/s", "1.5"]);
    expect(own.series[0]?.values.split(" ").slice(0, 2)).toEqual(["1.2", "0"]);
  });

  test("are a gap where a report is missing, and during an outage", () => {
    const reports = DAY.map((own, cell) =>
      cell === 3 || (cell >= 6 && cell < 9) ? undefined : own,
    );
    const own = chart("load per core", charts(reports, [[6, 9]]));
    expect(own.series[0]?.values).toBe("0.50 0.50 0.50 - 0.50 0.50 - - - 0.50 0.50 0.50");
    const paths = new Map(own.paths);
    expect(paths.get("line first")).toBe("M0 39.5h3M4 39.5h2M9 39.5h3");
    // The ground is open where it was down, for the hatch below.
    expect(paths.get("ground")).toBe("M0 0h6v80H0zM9 0h3v80H9z");
  });

  test("show an outage that is shorter than its cell, as the strip does", () => {
    const own = chart("load per core", charts(DAY, [[5.2, 5.8]]));
    expect(own.series[0]?.values.split(" ").slice(4, 7)).toEqual(["0.50", "-", "0.50"]);
  });

  test("hold the newest figures until the next report is due", () => {
    const own = chart("load per core", charts(DAY.slice(1)));
    expect(own.series[0]?.values.split(" ").slice(-2)).toEqual(["0.50", "0.50"]);
  });

  test("have no hole where reports come a little late", () => {
    const late = [0, 9_000, -6_000, 3_000, 12_000, -3_000];
    const entries = Array.from({ length: 12 }, (_, cell): Entry => {
      const atWallMs = axis.startMs + (cell + 0.5) * STEP + (late[cell % 6] ?? 0);
      return { state: "up", atWallMs, report: report() };
    });
    const history = { points: entries.map(pointOf), state: "up" as const, updateSeconds: 600 };
    const all = chartsOf({ axis, cells: cellsOf(history, axis), updateSeconds: 600, entries });
    const own = chart("CPU", all).series[0]?.values.split(" ") ?? [];
    expect(own.slice(1)).not.toContain("-");
  });

  test("stack the CPU: each share upon those below it", () => {
    const own = chart("CPU", charts(DAY));
    const names = own.paths.map(([name]) => name).filter((name) => name.startsWith("area"));
    expect(names).toEqual(["area wait", "area system", "area user"]);
    const tops = names.map((name) =>
      Number(/M0 ([\d.]+)/.exec(new Map(own.paths).get(name) ?? "")?.[1]),
    );
    expect(tops).toEqual([26, 25, 20].map((percent) => yOf(percent, 100)));
  });

  test("of a machine of protocol 1 have percents of memory and a plain load", () => {
    const old: Report = {
      name: "old",
      cpu: { userPercent: 12, systemPercent: 3, idlePercent: 85 },
      load: { one: 0.15 },
      memory: { usedPercent: 40, swapUsedPercentOfMemory: 2 },
    };
    const all = charts([old, old]);
    expect(all.map(({ label, unit }) => [label, unit])).toEqual([
      ["CPU", "%"],
      ["load", ""],
      ["memory", "%"],
      ["disk", "MB/min"],
      ["network", "M/s"],
    ]);
    expect(chart("memory", all).series.map((one) => one.values.slice(0, 3))).toEqual([
      "40 ",
      "2.0",
    ]);
    expect(chart("disk", all).series[0]?.values).toBe(new Array(12).fill("-").join(" "));
  });

  test("without any report are empty and have their scales", () => {
    for (const { marks, series, paths } of charts([])) {
      expect(marks.length).toBeGreaterThan(2);
      for (const { values } of series) expect(values).toMatch(/^(- )*-$/);
      expect(paths.map(([name]) => name)).toEqual(["ground", "time", "scale-lines"]);
    }
  });
});
