/** When the daemon's main loop calls the core. */
import { describe, expect, test } from "bun:test";
import { createCoreLoop } from "../../src/daemon/loop/core-loop.ts";
import { createWatchdog } from "../../src/daemon/loop/watchdog.ts";
import { HandClock } from "./hand-clock.ts";

const NEVER = Number.POSITIVE_INFINITY;

function bench(options: { readonly pingMs?: number; readonly tick?: () => never } = {}) {
  const clock = new HandClock();
  const state = { deadlineMs: NEVER, ticks: [] as number[], pings: 0 };
  const loop = createCoreLoop({
    cluster: {
      tick: ({ elapsedMs }) => {
        options.tick?.();
        state.ticks.push(elapsedMs);
        if (state.deadlineMs <= elapsedMs) state.deadlineMs = NEVER;
        return [];
      },
      nextDeadline: () => state.deadlineMs,
    },
    perform: () => undefined,
    clock: clock.clock,
    watchdog: createWatchdog({
      watchdogIntervalMs: options.pingMs,
      watchdog: () => {
        state.pings += 1;
      },
    }),
    after: clock.after,
  });
  /** Calls the core at this time, by which the next deadline has moved. */
  const driveAt = (nowMs: number, deadlineMs: number) => {
    clock.nowMs = nowMs;
    state.deadlineMs = deadlineMs;
    loop.drive(() => []);
  };
  return { clock, driveAt, loop, state };
}

function started(options: Parameters<typeof bench>[0] = {}) {
  const parts = bench(options);
  parts.loop.start(() => undefined);
  return parts;
}

describe("the core loop", () => {
  test("ticks once a second when there is nothing to do", () => {
    const { clock, state } = started();
    clock.pass(2000);
    expect(state.ticks).toEqual([1000, 2000]);
  });

  test("ticks neither before its start nor after its end", () => {
    const { clock, driveAt, loop, state } = bench();
    driveAt(1, 400);
    clock.pass(1000);
    loop.start(() => undefined);
    loop.stop();
    driveAt(2000, 2400);
    clock.pass(5000);
    expect(state.ticks).toEqual([]);
  });

  test("sleeps on when a deadline moves away, for a second after the last tick at most", () => {
    const { clock, driveAt, state } = started();
    driveAt(1, 400);
    driveAt(3, 1700);
    clock.pass(1900);
    expect(state.ticks).toEqual([1000, 1700]);
  });

  test("wakes up earlier when a deadline comes nearer", () => {
    const { clock, driveAt, state } = started();
    driveAt(100, 250);
    clock.pass(300);
    expect(state.ticks).toEqual([250]);
  });

  test("does not let a stream of packets postpone a tick that is due", () => {
    const { clock, driveAt, state } = started();
    // A busy loop: packets are handled, and no timer can run meanwhile.
    for (let nowMs = 40; nowMs < 90; nowMs += 3) driveAt(nowMs, 50);
    clock.pass(0);
    expect(state.ticks).toEqual([88]);
  });

  test("runs what was handed to its start after each tick", () => {
    const { clock, loop } = bench();
    const ran: number[] = [];
    loop.start(({ elapsedMs }) => ran.push(elapsedMs));
    clock.pass(2000);
    expect(ran).toEqual([1000, 2000]);
  });

  test("wakes up for a ping of the watchdog that is due before anything else", () => {
    const { clock, state } = started({ pingMs: 300 });
    clock.pass(920);
    expect(state.ticks).toEqual([10, 310, 610, 910]);
    expect(state.pings).toBe(4);
  });

  test("does not ping when a tick fails", () => {
    const { clock, state } = started({
      pingMs: 300,
      tick: () => {
        throw new Error("our own bug");
      },
    });
    expect(() => clock.pass(1000)).toThrow("our own bug");
    expect(state.pings).toBe(0);
  });
});
