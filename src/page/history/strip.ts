/**
 * The history strip of one machine: the paths that draw its cells, and the same in words. There is
 * one path for each meaning, and each run of cells is a stroke of it: `M107 11h3m4 0h1`.
 */
import { type Cells, cellsOf, type MachineHistory, type Run } from "../../view/history/cells.ts";
import { signsOf } from "../../view/history/signs.ts";
import { type Axis, cursorX } from "../../view/history/time-axis.ts";
import { CPU_LEVELS, cpuLevel, diskLevel, THRESHOLDS } from "../../view/thresholds.ts";
import { clockOf, type Times } from "../../view/times.ts";
import { hrefWith, type PageQuery } from "../components/page-query.ts";

export type Strip = ReturnType<typeof stripOf>;

/** Where the lanes lie: CPU in the middle, disk below, 22 units high in all. */
const CPU_Y = 11;
const DISK_BUSY_Y = 21;
const DISK_HEAVY_Y = 20;

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

/**
 * The runs of everything that a strip shows: by state, where `none` includes cells in which the
 * machine was up but its CPU use is unknown; by CPU level, 0–4, and disk level, 1 low, 2 high.
 */
function stripRuns({ state, cpu, disk }: Cells) {
  const isUp = (cell: number) => state[cell] === "up";
  // Blank where the CPU use is unknown: the palest blue would say "idle".
  const drawn = state.map((one, cell) => (one === "up" && (cpu[cell] ?? -1) < 0 ? "none" : one));
  return {
    state: runsByValue(drawn),
    cpu: runsByValue(cpu.map((value, cell) => (isUp(cell) && value >= 0 ? cpuLevel(value) : -1))),
    disk: runsByValue(disk.map((value, cell) => (isUp(cell) ? diskLevel(value) : 0))),
  };
}

/** A shorter run is left out of the words for a busy CPU: there are many. */
const SHORTEST_SAID = 3;
const MOST_RANGES = 3;

function wordsOf(
  runs: ReturnType<typeof stripRuns>,
  cells: Cells,
  { axis, times }: StripOptions,
): string {
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
  const { busyPercent, fullPercent } = THRESHOLDS.cpu;
  const busy = runs.cpu.get(3)?.filter(({ from, to }) => to - from >= SHORTEST_SAID);
  const parts = [
    ...ranges("down", runs.state.get("down")),
    ...ranges("stopped", runs.state.get("stopped")),
    ...cells.reboots.slice(-MOST_RANGES).map(({ atMs }) => `rebooted ${clock(atMs)}`),
    ...ranges(`CPU over ${fullPercent} %`, runs.cpu.get(4)),
    ...ranges(`CPU over ${busyPercent} %`, busy),
    ...ranges(`disk over ${THRESHOLDS.disk.heavyMegabytesPerMinute} MB/min`, runs.disk.get(2)),
  ];
  if (parts.length > 0) return parts.join("; ");
  if (runs.state.has("up")) return "quiet";
  return cells.state.includes("up") ? "CPU unknown" : "no data yet";
}

export type AxisLink = ReturnType<typeof axisLinks>[number];

/** The named times of the axis, each a link to the whole cluster as of then that keeps the query. */
export function axisLinks(axis: Axis, times: Times, raw: PageQuery["raw"]) {
  return axis.ticks.map(({ atMs, ...tick }) => ({
    ...tick,
    href: hrefWith(raw, { at: times.stamp(atMs), open: undefined }),
  }));
}

interface StripOptions {
  readonly axis: Axis;
  readonly times: Times;
  /** The time cursor, ms. */
  readonly cursorMs?: number | undefined;
}

export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/**
 * `paths`: class and data of each, in the order in which they are painted. `words` say the same, and
 * `signs` say it to a text browser.
 */
export function stripOf(machine: MachineHistory, options: StripOptions) {
  const { axis, cursorMs } = options;
  const cells = cellsOf(machine, axis);
  const paths: [string, string][] = [];
  const add = (name: string, data: string) => {
    if (data !== "") paths.push([name, data]);
  };
  const runs = stripRuns(cells);
  const lane = (name: string, all: readonly Run[] = [], y = CPU_Y) => add(name, strokes(all, y));
  // Vertical lines of the axis, through the gaps between the strips of all rows.
  add("grid", axis.ticks.map(({ x }) => `M${round(x)} -4v29`).join(""));
  // The ground of the strip is the hatch of an outage: what covers no cell is down.
  lane("no-data", runs.state.get("none"));
  lane("stopped", runs.state.get("stopped"));
  // The lowest level lies under all cells of which the CPU is known, the others upon it.
  lane("cpu-idle", runs.state.get("up"));
  for (const [level, { name }] of CPU_LEVELS.entries()) {
    if (level > 0) lane(`cpu-${name}`, runs.cpu.get(level));
  }
  lane("disk-busy", runs.disk.get(1), DISK_BUSY_Y);
  lane("disk-heavy", runs.disk.get(2), DISK_HEAVY_Y);
  lane("stopped-line", runs.state.get("stopped"));
  // As wide on the screen for a part of the history as for all of it.
  const flag = round(axis.cells / 72);
  add("reboot", cells.reboots.map(({ cell }) => `M${cell} 18V1h${flag}`).join(""));
  const cursor = cursorMs === undefined ? undefined : cursorX(cursorMs, axis);
  if (cursor !== undefined) add("cursor", `M${round(cursor)} -7v10m0 16v9`);
  return { cells: axis.cells, paths, words: wordsOf(runs, cells, options), signs: signsOf(cells) };
}
