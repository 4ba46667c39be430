/** When the service manager is pinged. */
import { describe, expect, test } from "bun:test";
import { createWatchdog } from "../../src/daemon/loop/watchdog.ts";

function counted(watchdogIntervalMs?: number) {
  let pings = 0;
  const watchdog = createWatchdog({
    watchdogIntervalMs,
    watchdog: () => {
      pings += 1;
    },
  });
  const ping = (elapsedMs: number) => watchdog.ping({ elapsedMs, wallMs: 0 });
  return { ping, watchdog, pings: () => pings };
}

describe("the watchdog", () => {
  test("pings at the first tick, then once an interval", () => {
    const { ping, watchdog, pings } = counted(15_000);
    for (const [elapsedMs, expected] of [
      [5_000, 1],
      [6_000, 1],
      [19_999, 1],
      [20_000, 2],
      [90_000, 3],
      [91_000, 3],
    ] as const) {
      ping(elapsedMs);
      expect(pings()).toBe(expected);
    }
    expect(watchdog.nextMs()).toBe(105_000);
  });

  test("never pings where the service manager wants no pings", () => {
    const { ping, watchdog, pings } = counted();
    ping(0);
    expect([pings(), watchdog.nextMs()]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});
