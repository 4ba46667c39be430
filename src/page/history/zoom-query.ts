/**
 * Which part of the history the charts of a machine show: `?from=…&to=…`. A value that cannot be
 * used costs a friendly sentence, never an error.
 */
import { SENTENCE_LENGTH, shownText } from "../../base/shown-text.ts";
import {
  isSameRange,
  rangeWords,
  type TimeRange,
  withinBounds,
  type ZoomBounds,
} from "../../view/history/zoom.ts";
import type { Times } from "../../view/times.ts";

interface ReadContext {
  readonly times: Times;
  readonly nowMs: number;
  readonly bounds: ZoomBounds;
}

function readTime(value: string | null, context: ReadContext, notices: string[]) {
  const text = value?.trim() ?? "";
  if (text === "") return undefined;
  const wallMs = context.times.parse(text, context.nowMs);
  if (wallMs === undefined) {
    const quoted = `“${shownText(text, 60)}”`;
    notices.push(`${quoted} is not a valid time: write it as 03:10 or 2026-11-24T03:10.`);
  }
  return wallMs;
}

/** The part of `asked` that the history holds; `undefined` where there is none. */
function heldPart(asked: TimeRange, context: ReadContext, notices: string[]) {
  const { times, nowMs, bounds } = context;
  const { whole } = bounds;
  const at = (wallMs: number) => times.since(wallMs, nowMs);
  const refuse = (why: string) => void notices.push(`${why}: the charts show all of the history.`);
  // These checks come first, since an end that was not asked for is now or the beginning of the history.
  if (asked.fromMs > nowMs) return refuse(`${at(asked.fromMs)} is in the future`);
  if (asked.toMs <= whole.fromMs) {
    return refuse(`The history goes back to ${at(whole.fromMs)} and no further`);
  }
  if (asked.fromMs >= asked.toMs) {
    return refuse(`The range from ${at(asked.fromMs)} to ${at(asked.toMs)} ends before it begins`);
  }
  if (asked.toMs > nowMs) notices.push(`${at(asked.toMs)} is in the future: the charts end now.`);
  if (asked.fromMs < whole.fromMs) {
    notices.push(`The history goes back to ${at(whole.fromMs)}: the charts begin there.`);
  }
  const fromMs = Math.max(asked.fromMs, whole.fromMs);
  return { fromMs, toMs: Math.min(asked.toMs, whole.toMs) };
}

/** `undefined` for all of the history. With one end alone the range reaches to its other end. */
function readRange(parameters: URLSearchParams, context: ReadContext, notices: string[]) {
  const { times, nowMs, bounds } = context;
  const fromMs = readTime(parameters.get("from"), context, notices);
  const toMs = readTime(parameters.get("to"), context, notices);
  if (fromMs === undefined && toMs === undefined) return undefined;
  const asked = { fromMs: fromMs ?? bounds.whole.fromMs, toMs: toMs ?? nowMs };
  const held = heldPart(asked, context, notices);
  if (held === undefined) return undefined;
  const range = withinBounds(held, bounds);
  const missingMs = range.toMs - range.fromMs - (held.toMs - held.fromMs);
  if (missingMs >= 2 * bounds.stepMs) {
    const words = rangeWords(range, times, nowMs);
    notices.push(`That is too little for a chart: it shows ${words}.`);
  }
  return isSameRange(range, bounds.whole) ? undefined : range;
}

/** The notices say in sentences what could not be shown as asked for. */
export function readZoomQuery(parameters: URLSearchParams, context: ReadContext) {
  const notices: string[] = [];
  const range = readRange(parameters, context, notices);
  return { range, notices: notices.map((notice) => shownText(notice, SENTENCE_LENGTH)) };
}
