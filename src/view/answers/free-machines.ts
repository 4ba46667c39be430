/** Which machines are free: those with room for more work, the best first. */
import { isSwapping } from "../facts.ts";
import type { Subject } from "../subject.ts";
import { THRESHOLDS } from "../thresholds.ts";

/**
 * Never offered: a machine that is not up, has no current report, tells no CPU use, swaps, or has too
 * little to spare.
 */
function isFree(subject: Subject): boolean {
  const { facts, state, isCurrent } = subject;
  if (state !== "up" || !isCurrent || facts.cpuPercent === undefined || isSwapping(facts))
    return false;
  const { coresPercent, memoryPercent } = THRESHOLDS.free;
  const hasMemory = 100 - (facts.memoryPercent ?? 0) >= memoryPercent;
  return hasMemory && 100 - facts.cpuPercent >= coresPercent;
}

export function isDiskFull({ warnings }: Subject): boolean {
  return warnings.some(({ kind }) => kind === "disk");
}

/** Most free cores first, then most free memory; machines with a full disk come last. */
export function freeMachines(subjects: readonly Subject[]): Subject[] {
  return subjects
    .filter(isFree)
    .sort(
      (a, b) =>
        Number(isDiskFull(a)) - Number(isDiskFull(b)) ||
        Math.round(b.facts.coresFree ?? 0) - Math.round(a.facts.coresFree ?? 0) ||
        (b.facts.memoryFreeBytes ?? 0) - (a.facts.memoryFreeBytes ?? 0),
    );
}
