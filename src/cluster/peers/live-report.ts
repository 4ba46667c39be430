/**
 * The live report of a machine, which it makes only while somebody watches. While it is fresh it is shown
 * in place of the interval report. It is neither an entry of the history nor stored.
 */
import { withoutUndefined } from "../../base/without-undefined.ts";
import type { Report } from "../../protocol/report.ts";
import { LIVE_FRESH_MS } from "../limits.ts";

export interface LiveReport {
  /** Numbers the live reports of one incarnation, from 1. */
  readonly sequence: number;
  /** The live report, with the messages of the interval report added: it has none itself. */
  readonly report: Report;
  /** When it was made (clock of ages). */
  readonly madeMs: number;
}

export function isFresh(live: LiveReport, ageMs: number): boolean {
  return ageMs - live.madeMs <= LIVE_FRESH_MS;
}

/**
 * The live report while it is fresh, else the interval report. Of a quiet machine the newer of the two:
 * its last seconds may tell why it fell silent. `madeMs` is on the clock of ages.
 */
export function shownReport(held: {
  readonly interval: { readonly report: Report; readonly madeMs: number };
  readonly live: LiveReport | undefined;
  readonly nowMs: number;
  readonly isQuiet: boolean;
}) {
  const { interval, live, nowMs } = held;
  const isLive =
    live !== undefined && (isFresh(live, nowMs) || (held.isQuiet && live.madeMs > interval.madeMs));
  return isLive
    ? { report: live.report, madeMs: live.madeMs, isLive }
    : { ...interval, isLive: false };
}

/**
 * The live report as it is shown: with the messages of the last interval report, or with the reason why
 * they could not be read. Messages are read for interval reports alone.
 */
export function withMessagesOf(live: Report, interval: Report | undefined): Report {
  if (interval === undefined) return live;
  const { messages, messageCount } = interval;
  const reasons = (interval.problems ?? []).filter(({ subject }) => subject === "messages");
  const problems = reasons.length > 0 ? [...(live.problems ?? []), ...reasons] : live.problems;
  return { ...live, ...withoutUndefined({ messages, messageCount, problems }) };
}
