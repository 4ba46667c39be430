/**
 * The pings that tell the service manager that the main loop is alive. The loop calls `ping` after
 * each tick; when it hangs no ping goes out, and the service manager restarts the daemon.
 */
import type { Moment } from "../../base/units.ts";
import type { ServiceManager } from "../../runtime/service-manager.ts";

export interface Watchdog {
  /** Pings if an interval has passed since the last ping. */
  ping(now: Moment): void;
  /** `Moment.elapsedMs` of the next ping; Infinity where the service manager wants none. */
  nextMs(): number;
}

export function createWatchdog(
  manager: Pick<ServiceManager, "watchdogIntervalMs" | "watchdog">,
): Watchdog {
  const intervalMs = manager.watchdogIntervalMs;
  if (intervalMs === undefined) {
    return { ping: () => undefined, nextMs: () => Number.POSITIVE_INFINITY };
  }
  let nextMs = Number.NEGATIVE_INFINITY;
  return {
    ping: ({ elapsedMs }) => {
      if (elapsedMs < nextMs) return;
      nextMs = elapsedMs + intervalMs;
      manager.watchdog();
    },
    nextMs: () => nextMs,
  };
}
