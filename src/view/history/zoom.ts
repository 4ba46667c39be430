/**
 * The part of a machine's history that its charts show: the steps of zooming and how a range is
 * written into an address. The server's links and the browser's keys share this arithmetic.
 */
import { encodeReadably } from "../machine-href.ts";
import type { Times } from "../times.ts";

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ZoomBounds {
  /** All that the history holds, up to the newest full interval. */
  readonly whole: TimeRange;
  /** Ranges begin and end on these steps, counted back from the end of the whole. */
  readonly stepMs: number;
}

export type ZoomStep = "in" | "out" | "earlier" | "later" | "all";

/** The narrowest range, in entries: a chart of fewer says no more than the values at the cursor. */
const LEAST_STEPS = 6;
/** Each step in or out shows half or twice as much; each step aside moves by half of what is shown. */
const FACTOR = 2;

/** The nearest range that may be shown: on whole steps, wide enough, and inside the history. */
export function withinBounds(range: TimeRange, { whole, stepMs }: ZoomBounds): TimeRange {
  const all = Math.round((whole.toMs - whole.fromMs) / stepMs);
  const first = Math.ceil((whole.toMs - range.fromMs) / stepMs);
  const last = Math.floor((whole.toMs - range.toMs) / stepMs);
  const width = Math.min(all, Math.max(LEAST_STEPS, first - last));
  const widened = first + Math.ceil((width - (first - last)) / 2);
  const begin = Math.max(width, Math.min(all, widened));
  return { fromMs: whole.toMs - begin * stepMs, toMs: whole.toMs - (begin - width) * stepMs };
}

/**
 * Zooms around `aroundMs`, which keeps its place on the screen. Without it the newest entry keeps
 * its place if it is shown, otherwise the middle does.
 */
export function zoomed(
  step: ZoomStep,
  shown: TimeRange,
  bounds: ZoomBounds,
  aroundMs?: number,
): TimeRange {
  const { fromMs, toMs } = shown;
  const width = toMs - fromMs;
  const isNewest = toMs >= bounds.whole.toMs;
  const centre = aroundMs ?? (isNewest ? toMs : fromMs + width / 2);
  const { stepMs } = bounds;
  const scaled = (factor: number) => {
    // Rounded to whole steps here: widened to them, two steps in would show more than a quarter.
    const steps = Math.max(LEAST_STEPS, Math.round((width * factor) / stepMs));
    const share = (centre - fromMs) / width;
    const stepsBack = (bounds.whole.toMs - centre) / stepMs + share * steps;
    const begin = bounds.whole.toMs - Math.round(stepsBack) * stepMs;
    return { fromMs: begin, toMs: begin + steps * stepMs };
  };
  const asideMs = Math.round(width / FACTOR / stepMs) * stepMs;
  const moved = (byMs: number) => ({ fromMs: fromMs + byMs, toMs: toMs + byMs });
  switch (step) {
    case "in":
      return withinBounds(scaled(1 / FACTOR), bounds);
    case "out":
      return withinBounds(scaled(FACTOR), bounds);
    case "earlier":
      return withinBounds(moved(-asideMs), bounds);
    case "later":
      return withinBounds(moved(asideMs), bounds);
    case "all":
      return bounds.whole;
  }
}

export function isSameRange(one: TimeRange, other: TimeRange): boolean {
  return one.fromMs === other.fromMs && one.toMs === other.toMs;
}

/**
 * The query of an address (`?from=…&to=…`, or an empty text) that shows this range and keeps all
 * other parameters. A range that begins or ends with the history leaves that end out, and so moves
 * on with the history.
 */
export function searchWithRange(
  search: string,
  range: TimeRange,
  { bounds: { whole }, times }: { readonly bounds: ZoomBounds; readonly times: Times },
): string {
  const pairs = [...new URLSearchParams(search)].filter(([name]) => !/^(from|to)$/.test(name));
  if (range.fromMs > whole.fromMs) pairs.push(["from", times.stamp(range.fromMs)]);
  if (range.toMs < whole.toMs) pairs.push(["to", times.stamp(range.toMs)]);
  const written = pairs.map(([name, value]) => `${encodeReadably(name)}=${encodeReadably(value)}`);
  return written.length === 0 ? "" : `?${written.join("&")}`;
}

/** `12:30–15:50`, `Mon 22:40–01:10`, `20 Nov 06:00–22 Nov 18:00`: a shared day is named once. */
export function rangeWords({ fromMs, toMs }: TimeRange, times: Times, nowMs: number): string {
  const [from, to] = [times.since(fromMs, nowMs), times.since(toMs, nowMs)];
  const day = (text: string) => text.slice(0, text.lastIndexOf(" ") + 1);
  return `${from}–${day(from) === day(to) ? to.slice(day(to).length) : to}`;
}
