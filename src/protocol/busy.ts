/** How busy a machine's cores are in one number, which tables and the history strip show. */
import type { CpuReport } from "./report.ts";

/**
 * Percent of all cores that run something, 0–100. A core that waits for a disk is not busy, since it
 * is free for other work. For a machine that reports only its idle share, all the rest is busy.
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

/** The parts are rounded one by one, so their sum may be slightly over 100. */
function bounded(percent: number): number {
  return Math.min(100, Math.max(0, Math.round(percent * 10) / 10));
}
