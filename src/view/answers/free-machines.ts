/** Which machines are free: those with room for more work, the best first. */
import { isSwapping } from "../facts.ts";
import type { Subject } from "../subject.ts";
import { THRESHOLDS } from "../thresholds.ts";

/**
 * Never offered: a machine that is not up, has no current report, tells no CPU use, swaps, or has too
 * little to spare.
 */
function isFree({ facts, state, isCurrent }: Subject): boolean {
  const { cpuPercent = 100, memoryPercent = 0 } = facts;
  const { free } = THRESHOLDS;
  const hasRoom =
    100 - cpuPercent >= free.coresPercent && 100 - memoryPercent >= free.memoryPercent;
  return state === "up" && isCurrent && hasRoom && !isSwapping(facts);
}

export function isDiskFull({ warnings }: Subject): boolean {
  return warnings.some(({ kind }) => kind === "disk");
}

/** Most free cores come first, then most free memory; machines with a full disk come last. */
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
