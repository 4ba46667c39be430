/**
 * The pings that tell the service manager that the main loop is alive. The loop calls `ping` after
 * each tick; when it hangs no ping goes out, and the service manager restarts the daemon.
 */
import type { Moment } from "../../base/units.ts";
import type { ServiceManager } from "../../runtime/service-manager.ts";

export type Watchdog = ReturnType<typeof createWatchdog>;

export function createWatchdog(manager: Pick<ServiceManager, "watchdogIntervalMs" | "watchdog">) {
  const intervalMs = manager.watchdogIntervalMs;
  let nextMs = intervalMs === undefined ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return {
    /** Pings if an interval has passed since the last ping. */
    ping: ({ elapsedMs }: Moment): void => {
      if (intervalMs === undefined || elapsedMs < nextMs) return;
      nextMs = elapsedMs + intervalMs;
      manager.watchdog();
    },
    /** `Moment.elapsedMs` of the next ping; Infinity where the service manager wants none. */
    nextMs: (): number => nextMs,
  };
}
