/** How busy a machine's cores are, in one number: what the history strip and the tables show. */
import type { CpuReport } from "./report.ts";

/**
 * Percent of all cores that run something, 0–100. Waiting for a disk is not being busy: such a
 * core is free for others. Of a machine that tells only its idle share, all that is not idle.
 * Undefined if neither is known.
 */
export function busyPercent(cpu: CpuReport | undefined): number | undefined {
  if (cpu === undefined) return undefined;
  const { userPercent, nicePercent = 0, systemPercent, stealPercent = 0, idlePercent } = cpu;
  if (userPercent !== undefined && systemPercent !== undefined) {
    return bounded(userPercent + nicePercent + systemPercent + stealPercent);
  }
  return idlePercent === undefined ? undefined : bounded(100 - idlePercent);
}

/** The parts are rounded one by one, and their sum may be a little more than the whole. */
function bounded(percent: number): number {
  return Math.min(100, Math.max(0, Math.round(percent * 10) / 10));
}
