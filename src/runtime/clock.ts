/**
 * The timer and the two clocks of the program, which are read together. Elapsed time includes
 * suspensions, which the kernel's monotonic clock leaves out and /proc/uptime counts.
 */
import type { After } from "../base/after.ts";
import type { Moment } from "../base/units.ts";
import { readProcUptime } from "../linux/proc/uptime.ts";

/** How late a suspension may be noticed; reading the file takes about 10 µs. */
const UPTIME_READ_INTERVAL_MS = 1000;

/** The smallest gap that counts as a suspension; /proc/uptime has steps of 10 ms. */
const SMALLEST_SUSPENSION_MS = 1000;

/** When reading the two clocks takes longer, their difference means nothing. */
const LONGEST_READING_MS = 100;

export const after: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** A clock whose elapsed time starts at 0. `root` is where /proc is found: "/" but for tests. */
export function createClock(root: string, sources = systemSources(root)): () => Moment {
  const start = sources.monotonicMs();
  let readAt = start;
  let lead = uptimeLead(sources);
  let suspendedMs = 0;
  return () => {
    const monotonic = sources.monotonicMs();
    if (monotonic - readAt >= UPTIME_READ_INTERVAL_MS) {
      readAt = monotonic;
      const newLead = uptimeLead(sources);
      if (newLead !== undefined) {
        const grown = lead === undefined ? 0 : newLead - lead;
        if (grown > SMALLEST_SUSPENSION_MS) suspendedMs += grown;
        // Small differences add up in the lead, so that they are not lost one by one.
        if (lead === undefined || Math.abs(grown) > SMALLEST_SUSPENSION_MS) lead = newLead;
      }
    }
    return { elapsedMs: monotonic - start + suspendedMs, wallMs: sources.wallMs() };
  };
}

/** How far /proc/uptime is ahead of the monotonic clock; undefined where that cannot be measured. */
function uptimeLead(sources: ReturnType<typeof systemSources>): number | undefined {
  const beforeMs = sources.monotonicMs();
  const uptimeSeconds = sources.uptimeSeconds();
  const afterMs = sources.monotonicMs();
  if (uptimeSeconds === undefined || afterMs - beforeMs > LONGEST_READING_MS) return undefined;
  return uptimeSeconds * 1000 - afterMs;
}

/** What the clock reads; tests hand in their own. */
function systemSources(root: string) {
  return {
    /** Never steps back; stands still while the machine is suspended. */
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    /** Seconds since the boot, suspended time included; undefined where they cannot be read. */
    uptimeSeconds: () => {
      // Without the file (a chroot without /proc) only suspensions go unnoticed.
      const uptime = readProcUptime(root);
      return uptime.ok ? uptime.value : undefined;
    },
  };
}
