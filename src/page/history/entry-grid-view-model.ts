/**
 * The entries of one machine as a grid of links. Where the interval divides an hour, hours go
 * across and the steps within the hour down; otherwise each row has twelve entries.
 */
import { counted } from "../../base/shown-text.ts";
import type { StripPoint } from "../../store/history-types.ts";
import { percent } from "../../view/format.ts";
import { THRESHOLDS } from "../../view/thresholds.ts";
import { clockOf, type Times } from "../../view/times.ts";
import { hrefWith } from "../components/page-query.ts";

export type EntryGrid = NonNullable<ReturnType<typeof entryGridOf>>;
type GridCell = ReturnType<typeof cellOf>;

/** Two days at the default interval. Older entries are reached from an opened one. */
export const MOST_GRID_ENTRIES = 288;
const ROW_CELLS = 12;
const HOUR_SECONDS = 3600;
/** Rows: more make a list rather than a grid. */
const MOST_STEPS = 12;
/** Columns: two days, and an hour begun at either end. */
const MOST_HOURS = 50;

function cellOf(point: StripPoint, options: GridOptions, atMs = point.atWallMs) {
  const { slug, times, updateSeconds } = options;
  const href = `${hrefWith({}, { open: `${slug}@${times.stamp(atMs)}` })}#entry`;
  // For those who cannot see row and column: `03:10`.
  const time = clockOf(times, updateSeconds)(atMs);
  if (point.state !== "up") return { text: point.state, look: "is-absent", href, time };
  const cpu = point.cpuPercent;
  if (cpu === undefined) return { text: "–", look: "is-quiet", href, time };
  const { lightPercent, fullPercent } = THRESHOLDS.cpu;
  const look = cpu >= fullPercent ? "is-high" : cpu < lightPercent ? "is-quiet" : undefined;
  return { text: percent(cpu), look, href, time };
}

interface GridOptions {
  /** Oldest first. */
  readonly points: readonly StripPoint[];
  readonly slug: string;
  readonly times: Times;
  readonly updateSeconds: number;
  readonly nowMs: number;
}

function hourGrid(options: GridOptions) {
  const { points, times, updateSeconds } = options;
  const steps = HOUR_SECONDS / updateSeconds;
  if (!Number.isInteger(steps) || steps < 2 || steps > MOST_STEPS) return undefined;
  const stepMs = updateSeconds * 1000;
  const local = (wallMs: number) => Math.round((wallMs + times.offsetMs(wallMs)) / 1000) * 1000;
  const slot = (wallMs: number) => Math.floor(local(wallMs) / stepMs);
  const [oldest, newest] = [points[0], points.at(-1)];
  if (oldest === undefined || newest === undefined) return undefined;
  const isOpen = newest.state !== "up" && newest.untilWallMs === undefined;
  const lastMs = isOpen ? options.nowMs : (newest.untilWallMs ?? newest.atWallMs);
  const firstHour = Math.floor(slot(oldest.atWallMs) / steps);
  const hours = Math.floor(slot(lastMs) / steps) - firstHour + 1;
  // One outage may last for weeks.
  if (hours > MOST_HOURS) return undefined;
  const bySlot = new Map<number, GridCell>();
  for (const point of points) {
    if (point.state === "up") continue;
    const untilMs = point.untilWallMs ?? options.nowMs;
    for (let atMs = point.atWallMs; atMs < untilMs; atMs += stepMs) {
      // A clock that was set, or a bad disk, may make it end in a thousand years.
      if (slot(atMs) >= (firstHour + hours) * steps) break;
      bySlot.set(slot(atMs), cellOf(point, options, atMs));
    }
  }
  // A report says more of its slot than an outage that ended there.
  for (const point of points) {
    if (point.state === "up") bySlot.set(slot(point.atWallMs), cellOf(point, options));
  }
  const columns = Array.from({ length: hours }, (_, hour) =>
    String((firstHour + hour) % 24).padStart(2, "0"),
  );
  const rows = Array.from({ length: steps }, (_, step) => ({
    label: `:${String((step * updateSeconds) / 60).padStart(2, "0")}`,
    cells: columns.map((_, hour) => bySlot.get((firstHour + hour) * steps + step)),
  }));
  return { columns, rows };
}

function plainGrid(options: GridOptions) {
  const all = options.points.map((point) => cellOf(point, options));
  const rows = Array.from({ length: Math.ceil(all.length / ROW_CELLS) }, (_, row) => {
    const cells = all.slice(row * ROW_CELLS, (row + 1) * ROW_CELLS);
    return { label: cells[0]?.time ?? "", cells };
  });
  return { columns: [], rows };
}

/** `undefined` where there is no entry. */
export function entryGridOf(options: GridOptions) {
  const points = options.points.slice(-MOST_GRID_ENTRIES);
  const newest = points.at(-1);
  if (newest === undefined) return undefined;
  const chosen = { ...options, points };
  const said = options.times.since(newest.atWallMs, options.nowMs);
  return {
    /** `144 entries, newest 09:10`. */
    words: `${counted(points.length, "entry", "entries")}, newest ${said}`,
    ...(hourGrid(chosen) ?? plainGrid(chosen)),
  };
}
