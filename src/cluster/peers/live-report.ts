/**
 * The live report of a machine, which it makes only while somebody watches. It is shown in place
 * of the interval report while it is fresh; it is no entry of the history and is not stored.
 */
import type { Report } from "../../protocol/report.ts";
import { LIVE_FRESH_MS } from "../limits.ts";

export interface LiveReport {
  /** Numbers the live reports of one incarnation, from 1. */
  readonly sequence: number;
  /** With the messages of the interval report, which a live one does not have. */
  readonly report: Report;
  /** Clock of ages. */
  readonly madeMs: number;
}

/** What is shown of a machine, and when it was made (clock of ages). */
export interface ShownReport {
  readonly report: Report;
  readonly madeMs: number;
  readonly isLive: boolean;
}

export function isFresh(live: LiveReport, ageMs: number): boolean {
  return ageMs - live.madeMs <= LIVE_FRESH_MS;
}

/**
 * The live report while it is fresh; of a machine that has fallen silent, whichever is newer,
 * since its last seconds may tell why; else the interval report.
 */
export function shownReport(held: {
  readonly interval: { readonly report: Report; readonly madeMs: number };
  readonly live: LiveReport | undefined;
  readonly nowMs: number;
  readonly isQuiet: boolean;
}): ShownReport {
  const { interval, live, nowMs } = held;
  const isLive =
    live !== undefined && (isFresh(live, nowMs) || (held.isQuiet && live.madeMs > interval.madeMs));
  return isLive
    ? { report: live.report, madeMs: live.madeMs, isLive }
    : { ...interval, isLive: false };
}

/** Messages are read for interval reports alone (design, section 4). */
const MESSAGES = "messages";

/**
 * A live report as it is shown: what came in since the last interval report stays in sight, and so
 * does the reason why nothing could.
 */
export function withMessagesOf(live: Report, interval: Report | undefined): Report {
  if (interval === undefined) return live;
  const { messages, messageCount } = interval;
  const reasons = (interval.problems ?? []).filter(({ subject }) => subject === MESSAGES);
  return {
    ...live,
    ...(messages !== undefined && { messages }),
    ...(messageCount !== undefined && { messageCount }),
    ...(reasons.length > 0 && { problems: [...(live.problems ?? []), ...reasons] }),
  };
}
