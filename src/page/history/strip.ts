/**
 * The history strip of one machine: cells, the paths that draw them, and the same in words.
 * The thresholds are those of the 2005 report: CPU low from 45 %, high from 90 %; disk low from
 * 20 MB a minute, high from 40. One path per meaning, a run is a stroke: `M107 11h3m4 0h1`.
 */
import type { Entry, MachineState, StripPoint } from "../../store/kept.ts";
import { factsOf } from "../../view/facts.ts";
import { megabytesPerMinute } from "../../view/format.ts";
import { clockOf, type Times } from "../../view/times.ts";
import { type Axis, fillCells, type Span } from "./time-axis.ts";

export interface Strip {
  readonly cells: number;
  /** Class and path data, in the order in which they are painted. */
  readonly paths: readonly (readonly [string, string])[];
  readonly words: string;
  /** A line of `SIGNS` characters that says the same to a text browser. */
  readonly signs: string;
}

/** Characters of a history in text: an hour each, by default. */
export const SIGNS = 24;

export type CellState = "none" | "up" | "down" | "stopped";

export interface Cells {
  readonly state: CellState[];
  /** Percent; −1: unknown. */
  readonly cpu: number[];
  /** MB a minute; −1: unknown. */
  readonly disk: number[];
  /** Cells in which the machine started anew, with the time. */
  readonly reboots: readonly { readonly cell: number; readonly atMs: number }[];
}

export interface StripMachine {
  readonly points: readonly StripPoint[];
  readonly state: MachineState;
  /** The machine's own interval. */
  readonly updateSeconds: number;
}

/** Drawn over the lane "a" of all cells of which the CPU is known. */
const CPU_CLASSES = [
  ["b", 1],
  ["c", 2],
  ["d", 3],
  ["e", 4],
] as const;
const DISK_LOW = 20;
const DISK_HIGH = 40;
/** Clocks and boot times are read a little apart: this much is no reboot. */
const REBOOT_SLACK_SECONDS = 5;

/** 0–4: which of the five blues stands for this CPU percentage. */
export function cpuLevel(percent: number): number {
  if (percent >= 90) return 4;
  if (percent >= 45) return 3;
  if (percent >= 25) return 2;
  return percent >= 5 ? 1 : 0;
}

function rebootsOf(points: readonly StripPoint[], axis: Axis): Cells["reboots"] {
  const reboots: { cell: number; atMs: number }[] = [];
  let previous: StripPoint | undefined;
  for (const point of points) {
    if (point.uptimeSeconds === undefined) continue;
    const bootMs = point.atWallMs - point.uptimeSeconds * 1000;
    if (previous !== undefined && bootMs > previous.atWallMs + REBOOT_SLACK_SECONDS * 1000) {
      const cell = Math.floor((bootMs - axis.startMs) / axis.cellMs);
      if (cell >= 0 && cell < axis.cells) reboots.push({ cell, atMs: bootMs });
    }
    previous = point;
  }
  return reboots;
}

/** An up machine's newest figure stands until its next report is due. */
function holdLast(cells: Cells, machine: StripMachine, axis: Axis): void {
  const isThere = machine.state === "up" || machine.state === "silent";
  const most = Math.ceil((machine.updateSeconds * 1000) / axis.cellMs);
  const last = cells.state.lastIndexOf("up");
  if (!isThere || last < 0 || axis.cells - 1 - last > most) return;
  for (let cell = last + 1; cell < axis.cells; cell += 1) {
    if (cells.state[cell] !== "none") return;
    cells.state[cell] = "up";
    cells.cpu[cell] = cells.cpu[last] ?? -1;
    cells.disk[cell] = cells.disk[last] ?? -1;
  }
}

/** A report that is a little late speaks for the time since the one before: that leaves no hole. */
const MOST_LATE = 1.5;

function spokenForSince(
  point: StripPoint,
  before: StripPoint | undefined,
  intervalMs: number,
): number {
  const gapMs = before?.state === "up" ? point.atWallMs - before.atWallMs : 0;
  const isNext = gapMs > 0 && gapMs < MOST_LATE * intervalMs;
  return point.atWallMs - (isNext ? gapMs : intervalMs);
}

/** Where several fall into one cell, the highest figures stand, and an outage wins. */
export function cellsOf(machine: StripMachine, axis: Axis): Cells {
  const intervalMs = machine.updateSeconds * 1000;
  const state: CellState[] = new Array(axis.cells).fill("none");
  const cpu: number[] = new Array(axis.cells).fill(-1);
  const disk: number[] = new Array(axis.cells).fill(-1);
  const { points } = machine;
  const spans = points.map((point, index): Span => {
    if (point.state !== "up") {
      return { fromMs: point.atWallMs, toMs: point.untilWallMs ?? axis.endMs + axis.cellMs };
    }
    // A report made after the end of the axis is the first word of the last cell.
    const toMs = Math.min(point.atWallMs, axis.endMs);
    const sinceMs = spokenForSince(point, points[index - 1], intervalMs);
    return { fromMs: Math.min(sinceMs, toMs - 1), toMs };
  });
  fillCells(axis, spans, (cell, index) => {
    const point = points[index];
    if (point === undefined) return;
    const before = state[cell];
    if (point.state !== "up") {
      if (before !== "down") state[cell] = point.state;
      return;
    }
    if (before === "none") state[cell] = "up";
    cpu[cell] = Math.max(cpu[cell] ?? -1, point.cpuPercent ?? -1);
    const perMinute = point.diskBytesPerSecond;
    if (perMinute !== undefined) {
      disk[cell] = Math.max(disk[cell] ?? -1, megabytesPerMinute(perMinute));
    }
  });
  const cells: Cells = { state, cpu, disk, reboots: rebootsOf(points, axis) };
  holdLast(cells, machine, axis);
  return cells;
}

export interface Run {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export function runsOf(cells: number, isIn: (cell: number) => boolean): Run[] {
  const runs: Run[] = [];
  let from = -1;
  for (let cell = 0; cell <= cells; cell += 1) {
    const inside = cell < cells && isIn(cell);
    if (inside && from < 0) from = cell;
    if (!inside && from >= 0) {
      runs.push({ from, to: cell });
      from = -1;
    }
  }
  return runs;
}

function strokes(runs: readonly Run[], y: number): string {
  let data = "";
  let at = 0;
  for (const { from, to } of runs) {
    data += data === "" ? `M${from} ${y}` : `m${from - at} 0`;
    data += `h${to - from}`;
    at = to;
  }
  return data;
}

/** The runs of each value of a list, in one pass. */
function runsByValue<T>(values: readonly T[]): ReadonlyMap<T, readonly Run[]> {
  const runs = new Map<T, Run[]>();
  let from = 0;
  for (let cell = 1; cell <= values.length; cell += 1) {
    const value = values[from];
    if (value === undefined || (cell < values.length && values[cell] === value)) continue;
    const known = runs.get(value);
    if (known === undefined) runs.set(value, [{ from, to: cell }]);
    else known.push({ from, to: cell });
    from = cell;
  }
  return runs;
}

/** The runs of everything that a strip draws and says. */
interface StripRuns {
  /** Up without a CPU figure counts as `none`. */
  readonly state: ReadonlyMap<CellState, readonly Run[]>;
  /** By CPU level, 0–4, where the machine was up. */
  readonly cpu: ReadonlyMap<number, readonly Run[]>;
  /** By disk level: 1 low, 2 high. */
  readonly disk: ReadonlyMap<number, readonly Run[]>;
}

function stripRuns({ state, cpu, disk }: Cells): StripRuns {
  const isUp = (cell: number) => state[cell] === "up";
  // Up, but its CPU unknown: blank as what is not known, for the palest blue says "idle".
  const drawn = state.map((one, cell) => (one === "up" && (cpu[cell] ?? -1) < 0 ? "none" : one));
  return {
    state: runsByValue(drawn),
    cpu: runsByValue(cpu.map((value, cell) => (isUp(cell) && value >= 0 ? cpuLevel(value) : -1))),
    disk: runsByValue(
      disk.map((value, cell) => (!isUp(cell) || value < DISK_LOW ? 0 : value < DISK_HIGH ? 1 : 2)),
    ),
  };
}

/** A run shorter than this is left out of the words for "CPU over 45 %": there are many. */
const SHORTEST_SAID = 3;
const MOST_RANGES = 3;

function wordsOf(runs: StripRuns, cells: Cells, { axis, times }: StripOptions): string {
  const clock = clockOf(times, axis.cellMs / 1000);
  const name = (cell: number) => clock(axis.startMs + cell * axis.cellMs);
  const ranges = (what: string, all: readonly Run[] = []): string[] => {
    if (all.length === 0) return [];
    const said = all
      .slice(0, MOST_RANGES)
      .map(({ from, to }) => `${name(from)}–${to === axis.cells ? "now" : name(to)}`);
    const more = all.length > MOST_RANGES ? ` and ${all.length - MOST_RANGES} more` : "";
    return [`${what} ${said.join(", ")}${more}`];
  };
  const low = runs.cpu.get(3)?.filter(({ from, to }) => to - from >= SHORTEST_SAID);
  const parts = [
    ...ranges("down", runs.state.get("down")),
    ...ranges("stopped", runs.state.get("stopped")),
    ...cells.reboots.slice(-MOST_RANGES).map(({ atMs }) => `rebooted ${clock(atMs)}`),
    ...ranges("CPU over 90 %", runs.cpu.get(4)),
    ...ranges("CPU over 45 %", low),
    ...ranges("disk over 40 MB/min", runs.disk.get(2)),
  ];
  if (parts.length > 0) return parts.join("; ");
  if (runs.state.has("up")) return "quiet";
  return cells.state.includes("up") ? "CPU not known" : "nothing known yet";
}

/** What the signs mean. */
export const SIGNS_LEGEND =
  ". idle  - CPU 5 %  = 45 %  # 90 %  x down, blank: stopped or not known";

/** One character for each group of cells: an outage wins, then the highest CPU. */
export function signsOf({ state, cpu }: Cells): string {
  let text = "";
  for (let column = 0; column < SIGNS; column += 1) {
    const from = Math.floor((column * state.length) / SIGNS);
    const to = Math.max(from + 1, Math.floor(((column + 1) * state.length) / SIGNS));
    let sign = " ";
    let level = -1;
    for (let cell = from; cell < to; cell += 1) {
      if (state[cell] === "down") sign = "x";
      if (state[cell] === "up" && (cpu[cell] ?? -1) >= 0) {
        level = Math.max(level, cpuLevel(cpu[cell] ?? 0));
      }
    }
    // The 5 and 25 % of the strip are one sign here, as are "no data" and "stopped".
    text += sign === "x" || level < 0 ? sign : (".--=#"[level] ?? ".");
  }
  return text;
}

export interface StripOptions {
  readonly axis: Axis;
  readonly times: Times;
  /** The time cursor, ms. */
  readonly cursorMs?: number;
}

/** Vertical lines of the axis, through the gaps between the strips of all rows. */
function gridPath(axis: Axis): string {
  return axis.ticks.map(({ x }) => `M${round(x)} -4v29`).join("");
}

/** The middle of the cell that holds this time, in cells; `undefined` left of the axis. */
export function cursorX(atMs: number, axis: Axis): number | undefined {
  const x = (atMs - axis.startMs) / axis.cellMs - 0.5;
  return x < 0 ? undefined : Math.min(x, axis.cells - 0.5);
}

/** What the strip needs of an entry; the history keeps the same numbers in columns. */
export function pointOf(entry: Entry): StripPoint {
  const { atWallMs } = entry;
  if (entry.state !== "up") {
    const until = entry.untilWallMs;
    return { atWallMs, state: entry.state, ...(until === undefined ? {} : { untilWallMs: until }) };
  }
  const { cpuPercent, diskBytesPerSecond } = factsOf(entry.report);
  const { uptimeSeconds } = entry.report;
  return {
    atWallMs,
    state: "up",
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
    ...(diskBytesPerSecond === undefined ? {} : { diskBytesPerSecond }),
    ...(uptimeSeconds === undefined ? {} : { uptimeSeconds }),
  };
}

export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function stripOf(machine: StripMachine, options: StripOptions): Strip {
  const { axis, cursorMs } = options;
  const cells = cellsOf(machine, axis);
  const paths: [string, string][] = [];
  const add = (name: string, data: string) => {
    if (data !== "") paths.push([name, data]);
  };
  const runs = stripRuns(cells);
  const lane = (name: string, all: readonly Run[] = [], y = 11) => add(name, strokes(all, y));
  add("x", gridPath(axis));
  lane("n", runs.state.get("none"));
  lane("t", runs.state.get("stopped"));
  lane("a", runs.state.get("up"));
  for (const [name, level] of CPU_CLASSES) lane(name, runs.cpu.get(level));
  lane("f", runs.disk.get(1), 21);
  lane("g", runs.disk.get(2), 20);
  lane("s", runs.state.get("stopped"));
  add("r", cells.reboots.map(({ cell }) => `M${cell} 18V1h2`).join(""));
  const cursor = cursorMs === undefined ? undefined : cursorX(cursorMs, axis);
  if (cursor !== undefined) add("y", `M${round(cursor)} -7v10m0 16v9`);
  return { cells: axis.cells, paths, words: wordsOf(runs, cells, options), signs: signsOf(cells) };
}
