/**
 * What can be learned from protocol-1 reports. Such a report states neither its age nor its interval, only
 * the sender's wall clock and uptime; age and interval are derived from the reports that come.
 */
import type { Report } from "../../protocol/report.ts";
import { nameInReportV1 } from "../../protocol/v1/report.ts";
import { DEFAULT_INTERVAL_MS, SECOND } from "../limits.ts";

/** What is kept of the newest reports of one machine, to tell how far apart they are. */
export interface SpacingMemory {
  readonly wallSeconds: number;
  readonly uptimeSeconds: number | undefined;
  /** When the newest one was taken (clock of deadlines). */
  readonly takenMs: number;
  /** Seconds between one report and the next, newest last. */
  readonly spacings: readonly number[];
}

/**
 * A missed report doubles one spacing, and a clock that was set makes one absurd: of four, the smallest
 * is the interval.
 */
const SPACINGS_KEPT = 4;
/** No packet is under way for longer: a report that looks older after this comes from a clock set back. */
const REORDER_MS = 30 * SECOND;
/** A spacing of more than a day comes from a clock that was set. */
const MAX_INTERVAL_MS = 86_400 * SECOND;

export interface ReportV1Facts {
  readonly report: Report;
  readonly wallSeconds: number;
  readonly nowMs: number;
}

/**
 * Whether this report is newer than the one held: by the sender's wall clock, or, if that was set back,
 * by the uptime of its host.
 */
export function isNewerReportV1(held: SpacingMemory | undefined, facts: ReportV1Facts): boolean {
  if (held === undefined) return true;
  const { uptimeSeconds } = facts.report;
  const isSame = facts.wallSeconds === held.wallSeconds && uptimeSeconds === held.uptimeSeconds;
  if (isSame) return false;
  if (facts.wallSeconds > held.wallSeconds) return true;
  const isLaterInRun = (uptimeSeconds ?? 0) > (held.uptimeSeconds ?? Number.POSITIVE_INFINITY);
  return isLaterInRun || facts.nowMs - held.takenMs > REORDER_MS;
}

/**
 * Whether a protocol-1 machine (`old`) and the protocol-2 machine of this name, which have answered from
 * the same address one after the other, are the same host. With another name it is another machine.
 */
export function isSameMachine(
  old: { readonly name: string; readonly report?: Report | undefined },
  name: string,
): boolean {
  return old.report === undefined || old.name === nameInReportV1(name);
}

export function rememberSpacing(
  held: SpacingMemory | undefined,
  facts: ReportV1Facts,
): SpacingMemory {
  const spacing = held === undefined ? 0 : facts.wallSeconds - held.wallSeconds;
  const isInterval = spacing > 0 && spacing * SECOND <= MAX_INTERVAL_MS;
  const spacings = [...(held?.spacings ?? []), ...(isInterval ? [spacing] : [])];
  return {
    wallSeconds: facts.wallSeconds,
    uptimeSeconds: facts.report.uptimeSeconds,
    takenMs: facts.nowMs,
    spacings: spacings.slice(-SPACINGS_KEPT),
  };
}

/** The interval at which a protocol-1 machine makes reports, ms; `undefined` before two reports. */
export function learnedIntervalMs(memory: SpacingMemory | undefined): number | undefined {
  if (memory === undefined || memory.spacings.length === 0) return undefined;
  return Math.min(...memory.spacings) * SECOND;
}

/**
 * The interval by which the silence of a machine is measured, ms: ours. For a protocol-1 machine it is the
 * larger of ours and its own, which is taken to be the default of 2005 until it is known.
 */
export function silenceIntervalMs(
  peer: { readonly protocol: 1 | 2; readonly intervalMs: number | undefined },
  ownIntervalMs: number,
): number {
  if (peer.protocol === 2) return ownIntervalMs;
  return Math.max(ownIntervalMs, peer.intervalMs ?? DEFAULT_INTERVAL_MS);
}

/**
 * How far the sender's wall clock is ahead of ours, s, by what its report says. A report may wait for an
 * interval before it is fetched, and a busy machine makes one late: up to two intervals behind, it is taken
 * for old and the clock for right.
 */
export function clockOffsetV1Seconds(
  wallSeconds: number,
  wallMs: number,
  intervalMs: number,
): number {
  const offsetMs = wallSeconds * SECOND - wallMs;
  const mayBeOld = offsetMs <= 0 && offsetMs >= -2 * intervalMs;
  return mayBeOld ? 0 : offsetMs / SECOND;
}

/**
 * The age of a protocol-1 report, ms: the difference of the two wall clocks, if that lies within one
 * interval; else 0, as a report is asked for when it is due.
 */
export function reportV1AgeMs(wallSeconds: number, wallMs: number, intervalMs: number): number {
  const ageMs = wallMs - wallSeconds * SECOND;
  return ageMs > 0 && ageMs <= intervalMs ? ageMs : 0;
}
