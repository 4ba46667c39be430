/** When the service manager is pinged. */
import { describe, expect, test } from "bun:test";
import { createHeartbeat } from "../../src/daemon/heartbeat.ts";
import { startTicker } from "../../src/daemon/ticker.ts";

function counted(watchdogIntervalMs?: number) {
  let pings = 0;
  const heartbeat = createHeartbeat({
    ...(watchdogIntervalMs === undefined ? {} : { watchdogIntervalMs }),
    watchdog: () => {
      pings += 1;
    },
  });
  const beat = (elapsedMs: number) => heartbeat.beat({ elapsedMs, wallMs: 0 });
  return { beat, heartbeat, pings: () => pings };
}

describe("the heartbeat", () => {
  test("pings at the first turn of the loop, then once an interval", () => {
    const { beat, heartbeat, pings } = counted(15_000);
    for (const [elapsedMs, expected] of [
      [5_000, 1],
      [6_000, 1],
      [19_999, 1],
      [20_000, 2],
      [90_000, 3],
      [91_000, 3],
    ] as const) {
      beat(elapsedMs);
      expect(pings()).toBe(expected);
    }
    expect(heartbeat.nextMs()).toBe(105_000);
  });

  test("is still where nobody wants it", () => {
    const { beat, heartbeat, pings } = counted();
    beat(0);
    expect([pings(), heartbeat.nextMs()]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});

interface Planned {
  readonly run: () => void;
  readonly ms: number;
}

/** Starts the ticker with timers that the test runs itself; `planned` holds the last one set. */
function startByHand(tick: () => [], pingMs: number) {
  const { heartbeat, pings } = counted(pingMs);
  const planned: Planned[] = [];
  let elapsedMs = 0;
  const original = globalThis.setTimeout;
  const fake = (run: () => void, ms: number) => planned.push({ run, ms });
  const withTimers = (call: () => void) => {
    globalThis.setTimeout = fake as unknown as typeof setTimeout;
    try {
      call();
    } finally {
      globalThis.setTimeout = original;
    }
  };
  withTimers(() => {
    startTicker({
      cluster: { tick, nextDeadline: () => Number.POSITIVE_INFINITY },
      performer: { perform: () => undefined },
      clock: () => ({ elapsedMs, wallMs: 0 }),
      heartbeat,
    });
  });
  const turn = () => {
    const next = planned.pop();
    if (next === undefined) throw new Error("the ticker has stopped");
    elapsedMs += next.ms;
    withTimers(next.run);
    return next.ms;
  };
  return { turn, pings };
}

describe("the ticker", () => {
  test("wakes up for a ping that is due before anything else", () => {
    const { turn, pings } = startByHand(() => [], 300);
    turn();
    expect([turn(), turn(), turn()]).toEqual([300, 300, 300]);
    expect(pings()).toBe(4);
  });

  test("pings no more when what it does has failed", () => {
    const { turn, pings } = startByHand(() => {
      throw new Error("our own bug");
    }, 300);
    expect(turn).toThrow("our own bug");
    expect(pings()).toBe(0);
  });
});
