/**
 * The two clocks of the program, read together. The elapsed one counts the time that the machine
 * was suspended, which the kernel's monotonic clock leaves out: /proc/uptime has it.
 */
import type { Moment } from "../base/units.ts";
import { readProcUptime } from "../linux/proc/uptime.ts";

/** Where the clock reads from; the tests hand in their own. */
export interface ClockSources {
  /** Never steps back, stands still while the machine is suspended. */
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
  /** Seconds since the boot, suspended time included; undefined where they cannot be read. */
  readonly uptimeSeconds: () => number | undefined;
}

/** A suspension is found at most this late; a reading costs some 10 µs. */
const UPTIME_READ_INTERVAL_MS = 1000;

/** /proc/uptime counts in steps of 10 ms: a smaller gap than this is no suspension. */
const SMALLEST_SUSPENSION_MS = 1000;

/** If this thread was held up between the two clocks' readings, their difference says nothing. */
const LONGEST_READING_MS = 100;

/** A clock that starts near 0. `root` is where /proc is found: "/" but for tests. */
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
        // Small differences are left to gather, so that they cannot be lost one by one.
        if (lead === undefined || Math.abs(grown) > SMALLEST_SUSPENSION_MS) lead = newLead;
      }
    }
    return { elapsedMs: monotonic - start + suspendedMs, wallMs: sources.wallMs() };
  };
}

/** How far /proc/uptime is ahead of the monotonic clock; undefined if it cannot be known now. */
function uptimeLead(sources: ClockSources): number | undefined {
  const before = sources.monotonicMs();
  const uptimeSeconds = sources.uptimeSeconds();
  const after = sources.monotonicMs();
  if (uptimeSeconds === undefined || after - before > LONGEST_READING_MS) return undefined;
  return uptimeSeconds * 1000 - after;
}

function systemSources(root: string): ClockSources {
  return {
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    uptimeSeconds: () => {
      // Without it (a chroot without /proc) suspended time is not seen; nothing else is lost.
      const uptime = readProcUptime(root);
      return uptime.ok ? uptime.value : undefined;
    },
  };
}
