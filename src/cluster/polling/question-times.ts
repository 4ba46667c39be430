/** How long until the next question: the arithmetic, without the queues of the schedule. */
import {
  MINUTE,
  QUIET_PAUSES,
  SECOND,
  WATCHING_PERIOD_MS,
  WATCHING_QUESTIONS_PLANNED,
} from "../limits.ts";

/** The next report is asked for a tenth of its interval after it is due, but at most this much later. */
const MAX_MARGIN_MS = SECOND;
/** Questions to machines that started together are spread over this share of our interval… */
const SPREAD = 1 / 20;
/** …but over half a minute at most, so that what the page shows stays fresh. */
const MAX_SPREAD_MS = 30 * SECOND;
/** A report that is overdue is asked for after a tenth of its interval, but no sooner than this. */
const MIN_OVERDUE_MS = SECOND / 2;
/** A machine without any report yet is asked after 1, 2, 4 … seconds, but at most this. */
const MAX_EMPTY_PAUSE_MS = MINUTE;
/** Below this share of our interval, the interval of a machine is so short that reports are skipped. */
const MUCH_SHORTER = 0.9;
/** A shorter interval that a machine states does not make us ask more often. */
const MIN_INTERVAL_MS = SECOND;

/**
 * A protocol-1 report of unknown age may have been made long before it was fetched. The next one is asked
 * for after this share of our interval, and then every eighth of it (`recheckMs`).
 */
const EARLY_SHARE = 3 / 4;

export interface ReportTiming {
  readonly ageMs: number;
  /** The interval of the machine that is asked. */
  readonly intervalMs: number;
  /** Our own interval. */
  readonly ownIntervalMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/**
 * From an answer to the next question, ms: until shortly after the next report is due. From a machine
 * whose interval is much shorter than ours we take one report in each of our intervals. A machine whose
 * interval is longer is still asked once in each of ours, for a sign of life.
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

/** From one question to the next, of so many machines while somebody watches, ms. */
export function watchingPeriodMs(machines: number): number {
  return Math.max(WATCHING_PERIOD_MS, (machines * SECOND) / WATCHING_QUESTIONS_PLANNED);
}

/** Until the next question to a machine that answers and has no report yet, ms. */
export function emptyPauseMs(emptyAnswers: number): number {
  return Math.min(SECOND * 2 ** Math.min(emptyAnswers, 10), MAX_EMPTY_PAUSE_MS);
}

/** Until the next question to a quiet machine, ms: longer, the longer it has been quiet. */
export function quietPauseMs(timing: {
  readonly quietForMs: number;
  readonly ownIntervalMs: number;
  readonly random: number;
}): number {
  const stage = QUIET_PAUSES.find(({ untilMs }) => timing.quietForMs < untilMs);
  const pauseMs = stage?.pauseMs ?? Math.max(timing.ownIntervalMs, MINUTE);
  return pauseMs * (0.95 + timing.random / 10);
}

/** Until the next question to a protocol-1 machine that had nothing new, ms: an eighth of our interval. */
export function recheckMs(intervalMs: number): number {
  return Math.min(Math.max(intervalMs / 8, SECOND), MINUTE);
}

/**
 * From a protocol-1 report to the next question, ms: our interval at most. The interval learned of that
 * machine is too long when reports were missed, and waiting for it would go on missing them. `ageMs` is 0
 * unless the clocks tell how old the report was.
 */
export function untilNextReportV1Ms(timing: ReportTiming): number {
  const { ownIntervalMs, ageMs } = timing;
  if (ageMs === 0) return ownIntervalMs * EARLY_SHARE;
  const dueMs = Math.max(timing.intervalMs, ownIntervalMs) - ageMs;
  const marginMs = Math.min(ownIntervalMs / 10, MAX_MARGIN_MS) * (1 + timing.random);
  return Math.min(Math.max(dueMs, ownIntervalMs / 16), ownIntervalMs) + marginMs;
}
