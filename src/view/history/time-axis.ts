/**
 * The one time axis that all history strips and charts of a page share: how many cells, of what
 * length, where they begin, and which times are named on it.
 */
import type { Times } from "../times.ts";
import type { TimeRange, ZoomBounds } from "./zoom.ts";

export interface Axis {
  readonly cells: number;
  readonly cellMs: number;
  /** The interval of the cluster: a cell of a long axis joins several entries. */
  readonly stepMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly ticks: readonly Tick[];
  /** `24 h`, `5 d`. */
  readonly spanWords: string;
  /** It ends at the newest full interval, not at a time in the past. */
  readonly isToNow: boolean;
}

interface Tick {
  readonly atMs: number;
  /** Distance from the left edge in cells, not always whole. */
  readonly x: number;
  readonly label: string;
  /** Midnight: the label is the day's name. */
  readonly isDay: boolean;
  /** Its name would run into "now": on a narrow axis, or on any, where only a line marks it. */
  readonly isTight: boolean;
  readonly isBare: boolean;
  /** A narrow axis leaves this name out: long names would touch one another there. */
  readonly isMinor: boolean;
}

/** More cells than this would be narrower than a pixel on most screens, so neighbours are joined. */
const MOST_CELLS = 288;
/** Steps between named times, in seconds: those of clocks and calendars. */
const STEPS = [
  5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
];
/** At most so many named times: eight of 3 hours fit on a phone. */
const MOST_TICKS = 8;

/**
 * Share of the axis before "now" that no name may begin in: `06` and `now` take 54 px of the
 * 360 of a common screen, or of the 576 and more of a wide one; `09:22` and `now` some 70.
 */
const CLEAR_OF_NOW = { narrow: { short: 0.15, long: 0.2 }, wide: { short: 0.09, long: 0.13 } };
/** The same for an axis that ends in the past: the name only has to end before the axis does. */
const CLEAR_OF_END = { narrow: { short: 0.06, long: 0.12 }, wide: { short: 0.04, long: 0.07 } };
/** Share of the axis before its end in which a line would make "now" look double. */
const EDGE = 0.03;

/** `24 h`, `5 d`, `90 min`. */
export function spanWords(seconds: number): string {
  if (seconds >= 48 * 3600) return `${Math.round(seconds / 86_400)} d`;
  if (seconds >= 5400) return `${Math.round(seconds / 3600)} h`;
  if (seconds >= 90) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds)} s`;
}

function ticksOf(axis: Omit<Axis, "ticks" | "spanWords">, times: Times): readonly Tick[] {
  const spanMs = axis.endMs - axis.startMs;
  const spanSeconds = spanMs / 1000;
  const step = STEPS.find((seconds) => spanSeconds / seconds <= MOST_TICKS) ?? spanSeconds / 4;
  const stepMs = step * 1000;
  const ticks: Tick[] = [];
  const length = step >= 3600 ? "short" : "long";
  const { narrow, wide } = axis.isToNow ? CLEAR_OF_NOW : CLEAR_OF_END;
  const within = (share: number, atMs: number) => atMs >= axis.endMs - share * spanMs;
  const offset = times.offsetMs(axis.startMs);
  let atLocal = Math.ceil((axis.startMs + offset) / stepMs) * stepMs;
  for (let count = 0; count <= MOST_TICKS; count += 1, atLocal += stepMs) {
    // Summer time may begin or end on the axis.
    const guess = atLocal - offset;
    const atMs = atLocal - times.offsetMs(guess);
    if (atMs > axis.endMs - EDGE * spanMs) break;
    if (atMs < axis.startMs) continue;
    const clock = times.clock(atMs);
    const isDay = clock === "00:00" && step >= 60;
    const label = step < 60 ? times.clockSeconds(atMs).slice(3) : clock;
    ticks.push({
      atMs,
      x: (atMs - axis.startMs) / axis.cellMs,
      label: isDay ? times.weekday(atMs) : step >= 3600 ? clock.slice(0, 2) : label,
      isDay,
      isTight: within(narrow[length], atMs),
      isBare: within(wide[length], atMs),
      isMinor: length === "long" && !isDay && (atLocal / stepMs) % 2 !== 0,
    });
  }
  return ticks;
}

interface HistoryOptions {
  readonly nowMs: number;
  readonly updateSeconds: number;
  readonly historyEntries: number;
  readonly times: Times;
}

/** The end of the last full step of this length, counted from midnight of the zone. */
function lastFullMs({ nowMs, times }: HistoryOptions, stepMs: number): number {
  const offset = times.offsetMs(nowMs);
  return Math.floor((nowMs + offset) / stepMs) * stepMs - offset;
}

/** All that the history may hold, and the steps on which a part of it begins and ends. */
export function zoomBoundsOf(options: HistoryOptions): ZoomBounds {
  const stepMs = options.updateSeconds * 1000;
  const toMs = lastFullMs(options, stepMs);
  return { whole: { fromMs: toMs - options.historyEntries * stepMs, toMs }, stepMs };
}

/**
 * The axis ends at the last full cell, counted from midnight of the zone: the cell named 03:10
 * is the ten minutes before 03:10. `range`: a part within the bounds, in the finest cells it fits.
 */
export function axisOf(options: HistoryOptions & { readonly range?: TimeRange | undefined }): Axis {
  const { updateSeconds, historyEntries, times, range } = options;
  const stepMs = updateSeconds * 1000;
  const steps =
    range === undefined ? historyEntries : Math.round((range.toMs - range.fromMs) / stepMs);
  const joined = Math.ceil(steps / MOST_CELLS);
  const cells = Math.max(1, Math.ceil(steps / joined));
  const cellMs = stepMs * joined;
  const endMs = range?.toMs ?? lastFullMs(options, cellMs);
  const isToNow = range === undefined || range.toMs >= lastFullMs(options, stepMs);
  const axis = { cells, cellMs, stepMs, startMs: endMs - cells * cellMs, endMs, isToNow };
  return { ...axis, ticks: ticksOf(axis, times), spanWords: spanWords((cells * cellMs) / 1000) };
}

/** What a cell is filled from: the time that a report or an outage speaks of. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Calls `visit(cell, index)` for each cell that a span fills: those whose middle lies in it, and
 * for a span shorter than a cell the one that holds its own middle. So reports of any phase fill
 * the strip without holes, and no outage is too short to be seen.
 */
export function fillCells(
  axis: Axis,
  spans: readonly Span[],
  visit: (cell: number, index: number) => void,
): void {
  for (const [index, { fromMs, toMs }] of spans.entries()) {
    const first = Math.ceil((fromMs - axis.startMs) / axis.cellMs - 0.5);
    const last = Math.ceil((toMs - axis.startMs) / axis.cellMs - 0.5) - 1;
    if (first <= last) {
      const end = Math.min(last, axis.cells - 1);
      for (let cell = Math.max(0, first); cell <= end; cell += 1) visit(cell, index);
      continue;
    }
    const cell = Math.floor(((fromMs + toMs) / 2 - axis.startMs) / axis.cellMs);
    if (cell >= 0 && cell < axis.cells) visit(cell, index);
  }
}

/** The middle of the cell that holds this time, in cells; `undefined` left of the axis. */
export function cursorX(atMs: number, axis: Axis): number | undefined {
  const x = (atMs - axis.startMs) / axis.cellMs - 0.5;
  return x < 0 ? undefined : Math.min(x, axis.cells - 0.5);
}
