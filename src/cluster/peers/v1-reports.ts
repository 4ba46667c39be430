/**
 * What can be made of a protocol-1 report: it says neither its age nor its interval, only the
 * sender's wall clock and uptime. Both are learnt from what comes.
 */
import type { Report } from "../../protocol/report.ts";
import { nameInReportV1 } from "../../protocol/v1/report.ts";
import { DEFAULT_INTERVAL_MS, SECOND } from "../limits.ts";

export interface SpacingMemory {
  readonly wallSeconds: number;
  readonly uptimeSeconds: number | undefined;
  /** When it was taken (clock of deadlines). */
  readonly takenMs: number;
  /** Seconds between the newest reports, newest last. */
  readonly spacings: readonly number[];
}

/** A missed report doubles one spacing, a stepped clock makes one absurd: the least of four. */
const SPACINGS_KEPT = 4;
/** No packet is under way for longer: what looks older after this is a clock set back. */
const REORDER_MS = 30 * SECOND;
/** Beyond a day, a spacing is a clock that was set, not an interval. */
const MAX_INTERVAL_MS = 86_400 * SECOND;

export interface ReportV1Facts {
  readonly report: Report;
  readonly wallSeconds: number;
  readonly nowMs: number;
}

/** Whether this report is newer than the one held; by uptime within a run of its host. */
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
 * Whether a machine of protocol 2 that answers from the address of one of protocol 1 is that one,
 * which now shows what it speaks. By another name it is another machine: the address is its own now,
 * but the history is not.
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

/** The interval that a protocol-1 machine keeps, ms; `undefined` before two reports. */
export function learnedIntervalMs(memory: SpacingMemory | undefined): number | undefined {
  if (memory === undefined || memory.spacings.length === 0) return undefined;
  return Math.min(...memory.spacings) * SECOND;
}

/**
 * The interval in which the silence of a machine counts, ms: ours; with protocol 1 the larger of
 * ours and its own, the default of 2005 until it is known.
 */
export function silenceIntervalMs(
  peer: { readonly protocol: 1 | 2; readonly intervalMs: number | undefined },
  ownIntervalMs: number,
): number {
  if (peer.protocol === 2) return ownIntervalMs;
  return Math.max(ownIntervalMs, peer.intervalMs ?? DEFAULT_INTERVAL_MS);
}

/**
 * The age of a protocol-1 report, ms: what the clocks say if that is believable (both are set,
 * and it lies within one interval), else 0: it was asked for because it was due.
 */
export function reportV1AgeMs(wallSeconds: number, wallMs: number, intervalMs: number): number {
  const ageMs = wallMs - wallSeconds * SECOND;
  return ageMs > 0 && ageMs <= intervalMs ? ageMs : 0;
}
