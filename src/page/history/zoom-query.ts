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

export interface ZoomQuery {
  /** Absent: all of the history. */
  readonly range?: TimeRange;
  /** Sentences about what could not be shown as asked for. */
  readonly notices: readonly string[];
}

interface ReadContext {
  readonly times: Times;
  readonly nowMs: number;
  readonly bounds: ZoomBounds;
}

function quoted(value: string): string {
  return `“${shownText(value, 60)}”`;
}

function readTime(value: string | null, context: ReadContext, notices: string[]) {
  const text = value?.trim() ?? "";
  if (text === "") return undefined;
  const wallMs = context.times.parse(text, context.nowMs);
  if (wallMs === undefined) {
    notices.push(`${quoted(text)} is not a valid time: write it as 03:10 or 2026-11-24T03:10.`);
  }
  return wallMs;
}

/** The part of `asked` that the history holds; `undefined` where there is none. */
function heldPart(asked: TimeRange, context: ReadContext, notices: string[]) {
  const { times, nowMs, bounds } = context;
  const { whole } = bounds;
  const at = (wallMs: number) => times.since(wallMs, nowMs);
  const all = "the charts show all of the history";
  if (asked.fromMs >= asked.toMs) {
    const words = `${at(asked.fromMs)} to ${at(asked.toMs)}`;
    notices.push(`The range from ${words} ends before it begins: ${all}.`);
    return undefined;
  }
  if (asked.fromMs > nowMs) {
    notices.push(`${at(asked.fromMs)} is in the future: ${all}.`);
    return undefined;
  }
  if (asked.toMs <= whole.fromMs) {
    notices.push(`The history goes back to ${at(whole.fromMs)} and no further: ${all}.`);
    return undefined;
  }
  if (asked.toMs > nowMs) notices.push(`${at(asked.toMs)} is in the future: the charts end now.`);
  if (asked.fromMs < whole.fromMs) {
    notices.push(`The history goes back to ${at(whole.fromMs)}: the charts begin there.`);
  }
  return {
    fromMs: Math.max(asked.fromMs, whole.fromMs),
    toMs: Math.min(asked.toMs, whole.toMs),
  };
}

/** With one end alone the range reaches to the other end of the history. */
export function readZoomQuery(parameters: URLSearchParams, context: ReadContext): ZoomQuery {
  const notices: string[] = [];
  const { times, nowMs, bounds } = context;
  const fromMs = readTime(parameters.get("from"), context, notices);
  const toMs = readTime(parameters.get("to"), context, notices);
  if (fromMs === undefined && toMs === undefined) return { notices };
  const asked = { fromMs: fromMs ?? bounds.whole.fromMs, toMs: toMs ?? nowMs };
  const held = heldPart(asked, context, notices);
  if (held === undefined) return { notices: notices.map(cut) };
  const range = withinBounds(held, bounds);
  const missingMs = range.toMs - range.fromMs - (held.toMs - held.fromMs);
  if (missingMs >= 2 * bounds.stepMs) {
    const words = rangeWords(range, times, nowMs);
    notices.push(`That is too little for a chart: it shows ${words}.`);
  }
  const isAll = isSameRange(range, bounds.whole);
  return { ...(isAll ? {} : { range }), notices: notices.map(cut) };
}

function cut(notice: string): string {
  return shownText(notice, SENTENCE_LENGTH);
}
