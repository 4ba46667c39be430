/**
 * The pings that tell the service manager that the main loop turns. The ticker, which is that
 * loop, calls `beat` after its work; where it hangs no ping goes out, and the daemon is restarted.
 */

import type { Moment } from "../base/units.ts";
import type { ServiceManager } from "../runtime/service-manager.ts";

export interface Heartbeat {
  /** Pings, if it is time. */
  beat(now: Moment): void;
  /** `Moment.elapsedMs` of the next ping; Infinity where nobody wants one. */
  nextMs(): number;
}

export function createHeartbeat(
  manager: Pick<ServiceManager, "watchdogIntervalMs" | "watchdog">,
): Heartbeat {
  const intervalMs = manager.watchdogIntervalMs;
  if (intervalMs === undefined) {
    return { beat: () => undefined, nextMs: () => Number.POSITIVE_INFINITY };
  }
  let nextMs = Number.NEGATIVE_INFINITY;
  return {
    beat: ({ elapsedMs }) => {
      if (elapsedMs < nextMs) return;
      nextMs = elapsedMs + intervalMs;
      manager.watchdog();
    },
    nextMs: () => nextMs,
  };
}
