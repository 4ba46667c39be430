/** When to ask again: the arithmetic, apart from the machinery that does it (schedule.ts). */
import {
  MINUTE,
  QUIET_PAUSES,
  SECOND,
  WATCHING_PERIOD_MS,
  WATCHING_QUESTIONS_PLANNED,
} from "../limits.ts";

/** The next report is asked for a little after it is due: a tenth of an interval, at most this. */
const MAX_MARGIN_MS = SECOND;
/** Questions to machines that started together are spread over a twentieth of the interval… */
const SPREAD = 1 / 20;
/** …at most half a minute, so that what the page shows stays fresh. */
const MAX_SPREAD_MS = 30 * SECOND;
/** A report that is overdue is asked for after a tenth of its interval, but not more often. */
const MIN_OVERDUE_MS = SECOND / 2;
/** A machine without any report yet is asked after 1, 2, 4 … seconds, at most this. */
const MAX_EMPTY_PAUSE_MS = MINUTE;
/** How much shorter than ours an interval must be before reports of that machine are skipped. */
const MUCH_SHORTER = 0.9;
/** No interval that somebody states makes us ask more often than this. */
const MIN_INTERVAL_MS = SECOND;

/**
 * A protocol-1 report of unknown age may have been made long before it was fetched: the next is
 * asked for after three quarters of the interval, then every eighth of it (`recheckMs`).
 */
const EARLY_SHARE = 3 / 4;

export interface ReportTiming {
  readonly ageMs: number;
  /** Of the machine asked. */
  readonly intervalMs: number;
  /** Ours. */
  readonly ownIntervalMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/**
 * How long until the question after an answer, ms: shortly after the next report is due. Of a
 * machine whose interval is much shorter than ours we take one report in each of our intervals;
 * one whose interval is longer is still asked once in ours, for a sign of life, overdue or not.
 */
export function untilNextReportMs(timing: ReportTiming): number {
  const intervalMs = Math.max(MIN_INTERVAL_MS, timing.intervalMs);
  const marginMs = Math.min(intervalMs / 10, MAX_MARGIN_MS);
  const spreadMs = Math.min(timing.ownIntervalMs * SPREAD, MAX_SPREAD_MS) * timing.random;
  let dueMs = intervalMs - timing.ageMs;
  if (dueMs <= 0) {
    return Math.min(Math.max(intervalMs / 10, MIN_OVERDUE_MS), timing.ownIntervalMs) + spreadMs;
  }
  const leastMs = timing.ownIntervalMs * MUCH_SHORTER;
  if (intervalMs < leastMs && dueMs < leastMs) {
    dueMs += Math.ceil((leastMs - dueMs) / intervalMs) * intervalMs;
  }
  return Math.min(dueMs, timing.ownIntervalMs) + marginMs + spreadMs;
}

/** How often each of so many machines is asked while somebody watches, ms. */
export function watchingPeriodMs(machines: number): number {
  return Math.max(WATCHING_PERIOD_MS, (machines * SECOND) / WATCHING_QUESTIONS_PLANNED);
}

/** For a machine that answers without having a report yet. */
export function emptyPauseMs(emptyAnswers: number): number {
  return Math.min(SECOND * 2 ** Math.min(emptyAnswers, 10), MAX_EMPTY_PAUSE_MS);
}

/** For a machine that is silent, stopped or down, by the time since it became so. */
export function quietPauseMs(timing: {
  readonly quietForMs: number;
  readonly ownIntervalMs: number;
  readonly random: number;
}): number {
  const stage = QUIET_PAUSES.find(({ untilMs }) => timing.quietForMs < untilMs);
  const pauseMs = stage?.pauseMs ?? Math.max(timing.ownIntervalMs, MINUTE);
  return pauseMs * (0.95 + timing.random / 10);
}

/** An eighth of the interval, within reason: when a protocol-1 machine had nothing new. */
export function recheckMs(intervalMs: number): number {
  return Math.min(Math.max(intervalMs / 8, SECOND), MINUTE);
}

/**
 * Until a protocol-1 machine is asked again after a report, ms: at the latest in our interval,
 * since what was learnt of its own is too long when reports were missed, and waiting that long
 * would go on missing them. `ageMs` is 0 unless the clocks tell how old the report was.
 */
export function untilNextReportV1Ms(timing: ReportTiming): number {
  const { ownIntervalMs, ageMs } = timing;
  if (ageMs === 0) return ownIntervalMs * EARLY_SHARE;
  const dueMs = Math.max(timing.intervalMs, ownIntervalMs) - ageMs;
  const marginMs = Math.min(ownIntervalMs / 10, MAX_MARGIN_MS) * (1 + timing.random);
  return Math.min(Math.max(dueMs, ownIntervalMs / 16), ownIntervalMs) + marginMs;
}
