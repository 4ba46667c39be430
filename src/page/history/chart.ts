/**
 * Step charts of one machine's history, as SVG path data on the axis of the strips: stacked
 * areas for CPU, an area for memory, lines for the rest. 60 units high, one wide for a cell.
 */

import { MEBIBYTE } from "../../base/units.ts";
import type { Report } from "../../protocol/report.ts";
import type { Entry } from "../../store/kept.ts";
import { factsOf } from "../../view/facts.ts";
import { byteUnit, figure, megabytesPerMinute } from "../../view/format.ts";
import { type Cells, runsOf } from "../../view/history/cells.ts";
import { type Axis, fillCells } from "../../view/history/time-axis.ts";
import { round } from "./strip.ts";

export interface Chart {
  readonly label: string;
  readonly legend: readonly { readonly key: string; readonly text: string }[];
  /** From the top down. */
  readonly scale: readonly string[];
  /** The uppermost mark lies below the upper edge. */
  readonly hasHeadroom: boolean;
  readonly paths: readonly (readonly [string, string])[];
  readonly cells: number;
  readonly plot: Plot;
}

/** The same as numbers, for the script that draws it with zoom: values in the scale's unit. */
export interface Plot {
  readonly top: number;
  /** Share of the height that stays free above `top`. */
  readonly headroom: number;
  /** Dashed lines across. */
  readonly marks: readonly number[];
  /** In the order of the legend; of a stack each lies upon those before it. */
  readonly series: readonly PlotSeries[];
  readonly isStack: boolean;
}

export interface PlotSeries {
  /** Class of the path: how it is painted. */
  readonly paint: string;
  /** One for each cell: three significant digits, a space between; `-`: not known. */
  readonly values: string;
}

function plotSeries(paint: string, series: Series, scale = 1): PlotSeries {
  const written = series.map((value) =>
    value < 0 ? "-" : String(Number((value / scale).toPrecision(3))),
  );
  return { paint, values: written.join(" ") };
}

const HEIGHT = 60;
/** The 100 % line of the CPU chart keeps this much room above it, for its outline. */
const HEADROOM = 5.5;

const PLAIN = { headroom: 0, marks: [], isStack: false };

/** A value for each cell; −1 where nothing is known. */
type Series = readonly number[];

function yOf(value: number, top: number, headroom: number): number {
  const share = Math.min(1, Math.max(0, value / top));
  return Math.round((HEIGHT - share * (HEIGHT - headroom)) * 2) / 2;
}

/** Steps over the cells of a run, from the left: `M0 44h1V47h2`. */
function steps(series: Series, from: number, to: number, y: (value: number) => number): string {
  let data = "";
  let last = Number.NaN;
  let width = 0;
  for (let cell = from; cell < to; cell += 1) {
    const at = y(series[cell] ?? 0);
    if (at !== last) {
      data += data === "" ? `M${from} ${at}` : `h${width}V${at}`;
      last = at;
      width = 0;
    }
    width += 1;
  }
  return `${data}h${width}`;
}

function line(series: Series, top: number, headroom = 0): string {
  return runsOf(series.length, (cell) => (series[cell] ?? -1) >= 0)
    .map(({ from, to }) => steps(series, from, to, (value) => yOf(value, top, headroom)))
    .join("");
}

/** The area between the axis and the series; a stack is drawn from its sum down to its base. */
function area(series: Series, top: number, headroom = 0): string {
  return runsOf(series.length, (cell) => (series[cell] ?? -1) >= 0)
    .map(({ from, to }) => {
      const upper = steps(series, from, to, (value) => yOf(value, top, headroom));
      return `${upper}V${HEIGHT}H${from}z`;
    })
    .join("");
}

/** The least of 1, 2, 5 × 10ⁿ that holds all of them, and `least`. */
function niceTop(least: number, ...all: readonly Series[]): number {
  let most = least;
  for (const series of all) for (const value of series) if (value > most) most = value;
  const decade = 10 ** Math.floor(Math.log10(most));
  const factor = [1, 2, 5].find((one) => one * decade >= most) ?? 10;
  return factor * decade;
}

/** For each cell the newest report that fills it, read by `read`; highest where several do. */
function seriesOf(
  axis: Axis,
  entries: readonly Entry[],
  intervalMs: number,
  read: (report: Report) => number | undefined,
): number[] {
  const series: number[] = new Array(axis.cells).fill(-1);
  const ups = entries.filter((entry) => entry.state === "up");
  const values = ups.map((entry) => read(entry.report));
  const spans = ups.map(({ atWallMs }) => {
    const toMs = Math.min(atWallMs, axis.endMs);
    return { fromMs: Math.min(atWallMs - intervalMs, toMs - 1), toMs };
  });
  fillCells(axis, spans, (cell, index) => {
    const value = values[index];
    if (value !== undefined) series[cell] = Math.max(series[cell] ?? -1, value);
  });
  return series;
}

function added(...all: readonly Series[]): number[] {
  const [first = []] = all;
  return first.map((_, cell) => {
    const values = all.map((series) => series[cell] ?? -1).filter((value) => value >= 0);
    return values.length === 0 ? -1 : values.reduce((total, value) => total + value, 0);
  });
}

export interface ChartInput {
  readonly axis: Axis;
  readonly cells: Cells;
  /** Any order. */
  readonly entries: readonly Entry[];
  readonly intervalMs: number;
}

/** Paper where the machine was there, so that the hatch of the ground shows an outage. */
function ground({ axis, cells }: ChartInput): [string, string][] {
  const there = runsOf(axis.cells, (cell) => cells.state[cell] !== "down")
    .map(({ from, to }) => `M${from} 0h${to - from}v${HEIGHT}h${from - to}z`)
    .join("");
  const grid = axis.ticks.map(({ x }) => `M${round(x)} 0v${HEIGHT}`).join("");
  return [
    ["bg", there],
    ["g", grid],
  ];
}

function marks(input: ChartInput, values: readonly number[], top: number, headroom = 0) {
  const lines = values
    .filter((value) => value < top)
    .map((value): [string, string] => [
      "g2",
      `M0 ${yOf(value, top, headroom)}h${input.axis.cells}`,
    ]);
  const reboots = input.cells.reboots.map(({ cell }) => `M${cell} 0v${HEIGHT}`).join("");
  return [...lines, ["rb", reboots] as [string, string]];
}

/** More of anything than a machine has: what a peer claims must not widen the scale. */
const MOST_SHOWN = 999_000;

/** `2`, `0.5`, `420k`: a scale's round numbers without a needless decimal. */
function plain(value: number): string {
  if (value > MOST_SHOWN) return "999k+";
  if (value >= 10_000) return `${Math.round(value / 1000)}k`;
  return String(Math.round(value * 100) / 100);
}

function scaleOf(top: number, text: (value: number) => string = plain): string[] {
  return [text(top), text(top / 2), "0"];
}

type Draw = (input: ChartInput) => Chart;

const cpuChart: Draw = (input) => {
  const { axis, entries, intervalMs } = input;
  const facts = (read: (f: ReturnType<typeof factsOf>) => number | undefined) =>
    seriesOf(axis, entries, intervalMs, (report) => read(factsOf(report)));
  const user = facts(({ userPercent, cpuPercent }) => userPercent ?? cpuPercent);
  const system = facts(({ systemPercent }) => systemPercent);
  const wait = facts(({ waitPercent }) => waitPercent);
  const draw = (series: Series) => area(series, 100, HEADROOM);
  return {
    label: "CPU %",
    legend: [
      { key: "ku", text: "user" },
      { key: "kk", text: "system" },
      { key: "kw", text: "waiting" },
    ],
    scale: ["100", "50", "0"],
    hasHeadroom: true,
    cells: axis.cells,
    // The tallest first: each lower one is painted over it, and its own share stays visible.
    paths: [
      ...ground(input),
      ["fw", draw(added(user, system, wait))],
      ["fk", draw(added(user, system))],
      ["fu", draw(user)],
      ...marks(input, [90, 45], 100, HEADROOM),
    ],
    plot: {
      top: 100,
      headroom: HEADROOM / HEIGHT,
      marks: [90, 45],
      series: [plotSeries("fu", user), plotSeries("fk", system), plotSeries("fw", wait)],
      isStack: true,
    },
  };
};

const loadChart: Draw = (input) => {
  const { axis, entries, intervalMs } = input;
  const isPerCore = entries.some((entry) => entry.state === "up" && entry.report.host?.cores);
  const load = seriesOf(axis, entries, intervalMs, (report) => {
    const facts = factsOf(report);
    return isPerCore ? facts.loadPerCore : facts.load;
  });
  const top = niceTop(2, load);
  return {
    label: isPerCore ? "load a core" : "load",
    legend: [{ key: "ku", text: "1 minute" }],
    scale: scaleOf(top),
    hasHeadroom: false,
    cells: axis.cells,
    paths: [...ground(input), ["ln", line(load, top)], ...marks(input, [1], top)],
    plot: { ...PLAIN, top, marks: [1], series: [plotSeries("ln", load)] },
  };
};

const memoryChart: Draw = (input) => {
  const { axis, entries, intervalMs } = input;
  const read = (of: (report: Report) => number | undefined) =>
    seriesOf(axis, entries, intervalMs, of);
  const total = Math.max(...read((report) => report.memory?.totalBytes));
  const isPercent = total <= 0;
  const used = read((report) => {
    const facts = factsOf(report);
    return isPercent ? facts.memoryPercent : facts.memoryUsedBytes;
  });
  const swap = read((report) =>
    isPercent ? report.memory?.swapUsedPercentOfMemory : report.memory?.swapUsedBytes,
  );
  const top = isPercent ? 100 : total;
  const { unit, size } = isPercent ? { unit: "%", size: 1 } : byteUnit(total);
  return {
    label: `memory ${unit}`,
    legend: [
      { key: "k2", text: "used" },
      { key: "kw", text: "swap" },
    ],
    scale: scaleOf(top, (value) => figure(value / size)),
    hasHeadroom: false,
    cells: axis.cells,
    paths: [
      ...ground(input),
      ["f2", area(used, top)],
      // A swap of 0 would draw a line along the axis.
      [
        "lw",
        line(
          swap.map((value) => (value > 0 ? value : -1)),
          top,
        ),
      ],
      ...marks(input, [], top),
    ],
    plot: {
      ...PLAIN,
      top: top / size,
      series: [plotSeries("f2", used, size), plotSeries("lw", swap, size)],
    },
  };
};

function pairChart(options: {
  readonly input: ChartInput;
  readonly label: string;
  readonly names: readonly [string, string];
  readonly least: number;
  readonly lines: readonly number[];
  readonly first: (report: Report) => number | undefined;
  readonly second: (report: Report) => number | undefined;
}): Chart {
  const { input, names } = options;
  const { axis, entries, intervalMs } = input;
  const first = seriesOf(axis, entries, intervalMs, options.first);
  const second = seriesOf(axis, entries, intervalMs, options.second);
  const top = niceTop(options.least, first, second);
  return {
    label: options.label,
    legend: [
      { key: "ku", text: names[0] },
      { key: "kk", text: names[1] },
    ],
    scale: scaleOf(top),
    hasHeadroom: false,
    cells: axis.cells,
    paths: [
      ...ground(input),
      ["ln", line(first, top)],
      ["l2", line(second, top)],
      ...marks(input, options.lines, top),
    ],
    plot: {
      ...PLAIN,
      top,
      marks: options.lines,
      series: [plotSeries("ln", first), plotSeries("l2", second)],
    },
  };
}

function scaled(value: number | undefined, factor: (value: number) => number): number | undefined {
  return value === undefined ? undefined : factor(value);
}

/** CPU, load, memory, disk and network, in this order. */
export function chartsOf(input: ChartInput): readonly Chart[] {
  const perSecond = (value: number) => value / MEBIBYTE;
  return [
    cpuChart(input),
    loadChart(input),
    memoryChart(input),
    pairChart({
      input,
      label: "disk MB/min",
      names: ["read", "write"],
      least: 50,
      // The strip's two thresholds.
      lines: [20, 40],
      first: ({ disk }) => scaled(disk?.readBytesPerSecond, megabytesPerMinute),
      second: ({ disk }) => scaled(disk?.writeBytesPerSecond, megabytesPerMinute),
    }),
    pairChart({
      input,
      label: "network M/s",
      names: ["in", "out"],
      least: 2,
      lines: [],
      first: ({ network }) => scaled(network?.receiveBytesPerSecond, perSecond),
      second: ({ network }) => scaled(network?.transmitBytesPerSecond, perSecond),
    }),
  ].map((chart) => ({ ...chart, paths: chart.paths.filter(([, data]) => data !== "") }));
}
