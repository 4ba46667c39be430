/**
 * The charts of one machine's history on the axis of its strip: CPU as stacked areas, memory as
 * an area, load, disk and network as lines. All figures come from the same reports as the strip.
 */
import { MEBIBYTE } from "../../base/units.ts";
import type { Report } from "../../protocol/report.ts";
import type { Entry } from "../../store/history-types.ts";
import { factsOf } from "../../view/facts.ts";
import { byteUnit, decimal, figure } from "../../view/format.ts";
import { type Cells, runsOf, spansOf } from "../../view/history/cells.ts";
import { type Axis, fillCells } from "../../view/history/time-axis.ts";
import { areaPath, bandPath, linePath, type Series, uprightPath, yOf } from "./chart-paths.ts";
import { capacityScale, decimalScale, percentScale, type Scale } from "./chart-scale.ts";

export interface Chart {
  readonly label: string;
  /** Unit of the scale and of all values; empty for a plain number. */
  readonly unit: string;
  /** A line across for each label, at the very value. */
  readonly marks: readonly { readonly y: number; readonly label: string }[];
  /** In the order of the legend. */
  readonly series: readonly {
    readonly name: string;
    /** Class of its path and of its swatch. */
    readonly paint: string;
    /** The figure of each cell as it is shown, a space between; `-`: not known. */
    readonly values: string;
  }[];
  /** Class and path data, in the order in which they are painted. */
  readonly paths: readonly (readonly [string, string])[];
}

export interface ChartInput {
  readonly axis: Axis;
  readonly cells: Cells;
  /** The machine's own interval. */
  readonly updateSeconds: number;
  /** Oldest first. */
  readonly entries: readonly Entry[];
}

/** What the charts need of a report. */
function figuresOf(report: Report) {
  const facts = factsOf(report);
  const { disk, network } = report;
  const perMinute = (bytes: number | undefined) => (bytes === undefined ? undefined : bytes * 60);
  return {
    user: facts.userPercent ?? facts.cpuPercent,
    system: facts.systemPercent,
    wait: facts.waitPercent,
    load: facts.load,
    loadPerCore: facts.loadPerCore,
    memory: facts.memoryUsedBytes,
    memoryPercent: facts.memoryPercent,
    memoryTotal: facts.memoryTotalBytes,
    swap: facts.swapUsedBytes,
    swapPercent: facts.swapUsedPercent,
    read: perMinute(disk?.readBytesPerSecond),
    write: perMinute(disk?.writeBytesPerSecond),
    received: network?.receiveBytesPerSecond,
    sent: network?.transmitBytesPerSecond,
  };
}

type Figures = ReturnType<typeof figuresOf>;
type SeriesOf = (name: keyof Figures) => Series;

/**
 * A figure in each cell in which the strip takes the machine for up: the highest of the reports
 * that fill the cell; the newest report stands until the next is due.
 */
function seriesReader({ axis, cells, updateSeconds, entries }: ChartInput): SeriesOf {
  const filled: Figures[][] = Array.from({ length: axis.cells }, () => []);
  const figures = entries.map((one) => (one.state === "up" ? figuresOf(one.report) : undefined));
  let last = 0;
  fillCells(axis, spansOf({ points: entries, updateSeconds }, axis), (cell, index) => {
    const own = figures[index];
    if (own === undefined) return;
    filled[cell]?.push(own);
    last = Math.max(last, cell);
  });
  for (let cell = last + 1; cell < axis.cells; cell += 1) filled[cell] = filled[last] ?? [];
  return (name) =>
    filled.map((all, cell) =>
      cells.state[cell] === "up" ? Math.max(-1, ...all.map((own) => own[name] ?? -1)) : -1,
    );
}

/** Cell by cell; −1 only where neither is known. */
function added(one: Series, other: Series): number[] {
  return one.map((value, cell) => {
    const more = other[cell] ?? -1;
    return value < 0 || more < 0 ? Math.max(value, more) : value + more;
  });
}

function highest(least: number, ...all: readonly Series[]): number {
  return Math.max(least, ...all.flat());
}

/** Values in the unit of the scale. */
function inUnit(series: Series, size: number): number[] {
  return series.map((value) => (value < 0 ? value : value / size));
}

function valuesOf(series: Series, text: (value: number) => string = figure): string {
  return series.map((value) => (value < 0 ? "-" : text(value))).join(" ");
}

interface Drawing extends Pick<Chart, "label" | "unit" | "series"> {
  readonly scale: Scale;
  /** Class and values. */
  readonly areas?: readonly (readonly [string, Series])[];
  readonly lines?: readonly (readonly [string, Series])[];
}

function chartOf({ axis, cells }: ChartInput, drawing: Drawing): Chart {
  const { label, unit, scale, series, areas = [], lines = [] } = drawing;
  const { top } = scale;
  const marks = scale.marks.map((mark) => ({ y: yOf(mark.value, top), label: mark.label }));
  const across = marks.map(({ y }) => `M0 ${y}h${axis.cells}`).join("");
  const there = runsOf(axis.cells, (cell) => cells.state[cell] !== "down");
  const paths: readonly (readonly [string, string])[] = [
    // The ground covers the hatch everywhere but where the machine was down.
    ["ground", there.map(({ from, to }) => bandPath(from, to)).join("")],
    ["time", axis.ticks.map(({ x }) => uprightPath(x)).join("")],
    ...areas.map(([name, own]) => [`area ${name}`, areaPath(own, top)] as const),
    ["scale-lines", across],
    ...lines.map(([name, own]) => [`line ${name}`, linePath(own, top)] as const),
  ];
  return { label, unit, marks, series, paths: paths.filter(([, data]) => data !== "") };
}

type Draw = (input: ChartInput, read: SeriesOf) => Chart;

const cpuChart: Draw = (input, read) => {
  const [user, system, wait] = [read("user"), read("system"), read("wait")];
  const userAndSystem = added(user, system);
  return chartOf(input, {
    label: "CPU",
    unit: "%",
    scale: percentScale(),
    series: [
      { name: "user", paint: "user", values: valuesOf(user) },
      { name: "system", paint: "system", values: valuesOf(system) },
      { name: "I/O wait", paint: "wait", values: valuesOf(wait) },
    ],
    // The tallest first: each lower one is painted over it, and its own share stays visible.
    areas: [
      ["wait", added(userAndSystem, wait)],
      ["system", userAndSystem],
      ["user", user],
    ],
  });
};

const loadChart: Draw = (input, read) => {
  const perCore = read("loadPerCore");
  // With two decimals below 10: a load of 0.04 is not 0.
  const text = (value: number) => (value < 10 ? decimal(value, 2) : figure(value));
  const isPerCore = perCore.some((value) => value >= 0);
  const load = isPerCore ? perCore : read("load");
  return chartOf(input, {
    label: isPerCore ? "load per core" : "load",
    unit: "",
    scale: decimalScale(highest(1, load)),
    series: [{ name: "1 minute", paint: "first", values: valuesOf(load, text) }],
    lines: [["first", load]],
  });
};

const memoryChart: Draw = (input, read) => {
  const total = highest(0, read("memoryTotal"));
  const isPercent = total === 0;
  const { unit, size } = isPercent ? { unit: "%", size: 1 } : byteUnit(total);
  const used = inUnit(read(isPercent ? "memoryPercent" : "memory"), size);
  const swap = inUnit(read(isPercent ? "swapPercent" : "swap"), size);
  return chartOf(input, {
    label: "memory",
    unit,
    scale: isPercent ? percentScale() : capacityScale(total / size),
    series: [
      { name: "used", paint: "used", values: valuesOf(used) },
      { name: "swap", paint: "swap", values: valuesOf(swap) },
    ],
    areas: [["used", used]],
    // A swap of 0 would draw a line along the axis.
    lines: [["swap", swap.map((value) => (value > 0 ? value : -1))]],
  });
};

/** Two rates in bytes, on a scale of megabytes or more that reaches at least to `least` of them. */
function ratesChart(
  label: string,
  options: {
    readonly names: readonly [string, string];
    readonly figures: readonly [keyof Figures, keyof Figures];
    readonly least: number;
    /** What follows the prefix of the unit. */
    readonly per: string;
  },
): Draw {
  const { names, figures, least, per } = options;
  return (input, read) => {
    const raw = [read(figures[0]), read(figures[1])] as const;
    const { unit, size } = byteUnit(highest(least * MEBIBYTE, ...raw));
    const [first, second] = [inUnit(raw[0], size), inUnit(raw[1], size)];
    return chartOf(input, {
      label,
      unit: `${unit}${per}`,
      scale: decimalScale(highest((least * MEBIBYTE) / size, first, second)),
      series: [
        { name: names[0], paint: "first", values: valuesOf(first) },
        { name: names[1], paint: "second", values: valuesOf(second) },
      ],
      lines: [
        ["first", first],
        ["second", second],
      ],
    });
  };
}

const diskChart = ratesChart("disk", {
  names: ["read", "write"],
  figures: ["read", "write"],
  least: 50,
  per: "B/min",
});

const networkChart = ratesChart("network", {
  names: ["in", "out"],
  figures: ["received", "sent"],
  least: 2,
  per: "/s",
});

export function chartsOf(input: ChartInput): readonly Chart[] {
  const read = seriesReader(input);
  const draws = [cpuChart, loadChart, memoryChart, diskChart, networkChart];
  return draws.map((draw) => draw(input, read));
}
