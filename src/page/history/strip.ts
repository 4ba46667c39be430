/**
 * The history strip of one machine: cells, the paths that draw them, and the same in words.
 * The thresholds are those of the 2005 report: CPU low from 45 %, high from 90 %; disk low from
 * 20 MB a minute, high from 40. One path per meaning, a run is a stroke: `M107 11h3m4 0h1`.
 */

import {
  type CellState,
  type Cells,
  cellsOf,
  type MachineHistory,
  type Run,
} from "../../view/history/cells.ts";
import { signsOf } from "../../view/history/signs.ts";
import { type Axis, cursorX } from "../../view/history/time-axis.ts";
import { cpuLevel, diskLevel } from "../../view/thresholds.ts";
import { clockOf, type Times } from "../../view/times.ts";

export interface Strip {
  readonly cells: number;
  /** Class and path data, in the order in which they are painted. */
  readonly paths: readonly (readonly [string, string])[];
  readonly words: string;
  /** A line of `SIGNS` characters that says the same to a text browser. */
  readonly signs: string;
}

/** Drawn over the lane "a" of all cells of which the CPU is known. */
const CPU_CLASSES = [
  ["b", 1],
  ["c", 2],
  ["d", 3],
  ["e", 4],
] as const;
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
    disk: runsByValue(disk.map((value, cell) => (isUp(cell) ? diskLevel(value) : 0))),
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

export interface StripOptions {
  readonly axis: Axis;
  readonly times: Times;
  /** The time cursor, ms. */
  readonly cursorMs?: number | undefined;
}

/** Vertical lines of the axis, through the gaps between the strips of all rows. */
function gridPath(axis: Axis): string {
  return axis.ticks.map(({ x }) => `M${round(x)} -4v29`).join("");
}

export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function stripOf(machine: MachineHistory, options: StripOptions): Strip {
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
  // As wide on the screen for a part of the history as for all of it.
  const flag = round(axis.cells / 72);
  add("r", cells.reboots.map(({ cell }) => `M${cell} 18V1h${flag}`).join(""));
  const cursor = cursorMs === undefined ? undefined : cursorX(cursorMs, axis);
  if (cursor !== undefined) add("y", `M${round(cursor)} -7v10m0 16v9`);
  return { cells: axis.cells, paths, words: wordsOf(runs, cells, options), signs: signsOf(cells) };
}
