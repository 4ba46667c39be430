/**
 * The history of one machine in the cells of a time axis: its state, CPU and disk traffic in each.
 * The strip and the charts of the page and the line of signs in plain text are drawn from these.
 */
import { withoutUndefined } from "../../base/without-undefined.ts";
import type { Entry, MachineState, StripPoint } from "../../store/history-types.ts";
import { factsOf } from "../facts.ts";
import { megabytesPerMinute } from "../format.ts";
import { type Axis, fillCells, type Span } from "./time-axis.ts";

export type CellState = "none" | "up" | "down" | "stopped";

export interface Cells {
  readonly state: CellState[];
  /** Percent; −1: unknown. */
  readonly cpu: number[];
  /** Disk traffic, read and written together, MB per minute; −1: unknown. */
  readonly disk: number[];
  /** Cells in which the machine rebooted, with the time. */
  readonly reboots: readonly { readonly cell: number; readonly atMs: number }[];
}

export interface MachineHistory {
  readonly points: readonly StripPoint[];
  readonly state: MachineState;
  /** The machine's own interval. */
  readonly updateSeconds: number;
}

/** A boot time varies by as much from report to report, since clocks are not read at one instant. */
const REBOOT_SLACK_SECONDS = 5;

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

/** Fills the cells up to now with the newest figure, which stands until the next report is due. */
function holdLast(cells: Cells, machine: MachineHistory, axis: Axis): void {
  const isThere = machine.state === "up" || machine.state === "silent";
  const most = Math.ceil((machine.updateSeconds * 1000) / axis.cellMs);
  const last = cells.state.lastIndexOf("up");
  if (!axis.isToNow || !isThere || last < 0 || axis.cells - 1 - last > most) return;
  for (let cell = last + 1; cell < axis.cells; cell += 1) {
    if (cells.state[cell] !== "none") return;
    cells.state[cell] = "up";
    cells.cpu[cell] = cells.cpu[last] ?? -1;
    cells.disk[cell] = cells.disk[last] ?? -1;
  }
}

/** Intervals; a report that is late by less covers the time since the previous one. */
const MOST_LATE = 1.5;

function coveredMs(point: StripPoint, before: StripPoint | undefined, intervalMs: number): number {
  const gapMs = before?.state === "up" ? point.atWallMs - before.atWallMs : 0;
  return gapMs > 0 && gapMs < MOST_LATE * intervalMs ? gapMs : intervalMs;
}

/** The time that each point covers, in their order. */
export function spansOf(history: Omit<MachineHistory, "state">, axis: Axis): Span[] {
  const { points, updateSeconds } = history;
  return points.map((point, index) => {
    if (point.state !== "up") {
      return { fromMs: point.atWallMs, toMs: point.untilWallMs ?? axis.endMs + axis.cellMs };
    }
    // A report made after the end of the axis fills the last cell.
    const toMs = axis.isToNow ? Math.min(point.atWallMs, axis.endMs) : point.atWallMs;
    const coveredFromMs =
      point.atWallMs - coveredMs(point, points[index - 1], updateSeconds * 1000);
    return { fromMs: Math.min(coveredFromMs, toMs - 1), toMs };
  });
}

/** Where several points fill one cell, it gets their highest figures, and an outage wins. */
export function cellsOf(machine: MachineHistory, axis: Axis): Cells {
  const state: CellState[] = new Array(axis.cells).fill("none");
  const cpu: number[] = new Array(axis.cells).fill(-1);
  const disk: number[] = new Array(axis.cells).fill(-1);
  const { points } = machine;
  fillCells(axis, spansOf(machine, axis), (cell, index) => {
    const point = points[index];
    if (point === undefined) return;
    const before = state[cell];
    if (point.state !== "up") {
      if (before !== "down") state[cell] = point.state;
      return;
    }
    if (before === "none") state[cell] = "up";
    cpu[cell] = Math.max(cpu[cell] ?? -1, point.cpuPercent ?? -1);
    const traffic = point.diskBytesPerSecond;
    if (traffic !== undefined) {
      disk[cell] = Math.max(disk[cell] ?? -1, megabytesPerMinute(traffic));
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

/** The runs of cells that satisfy `isIn`, from the left. */
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

/** What the strip needs of an entry; the history keeps the same numbers in columns. */
export function pointOf(entry: Entry): StripPoint {
  if (entry.state !== "up") return entry;
  const { atWallMs, state, report } = entry;
  const { cpuPercent, diskBytesPerSecond } = factsOf(report);
  const { uptimeSeconds } = report;
  return withoutUndefined({ atWallMs, state, cpuPercent, diskBytesPerSecond, uptimeSeconds });
}
