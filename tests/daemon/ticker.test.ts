/** When the daemon's one loop wakes up. */
import { describe, expect, test } from "bun:test";
import { startTicker } from "../../src/daemon/ticker.ts";

const never = Number.POSITIVE_INFINITY;

/** A ticker on timers and a clock of the test's own; `wakesAt` is when its timer would go off. */
function start() {
  const original = { set: globalThis.setTimeout, clear: globalThis.clearTimeout };
  const state = { nowMs: 0, deadlineMs: never, ticks: [] as number[] };
  let planned: { readonly atMs: number; readonly run: () => void } | undefined;
  const withTimers = (call: () => void) => {
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      planned = { atMs: state.nowMs + ms, run };
      return planned;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = (() => {
      planned = undefined;
    }) as unknown as typeof clearTimeout;
    try {
      call();
    } finally {
      globalThis.setTimeout = original.set;
      globalThis.clearTimeout = original.clear;
    }
  };
  let ticker: ReturnType<typeof startTicker> | undefined;
  withTimers(() => {
    ticker = startTicker({
      cluster: {
        tick: ({ elapsedMs }) => {
          state.ticks.push(elapsedMs);
          return [];
        },
        nextDeadline: () => state.deadlineMs,
      },
      performer: { perform: () => undefined },
      clock: () => ({ elapsedMs: state.nowMs, wallMs: 0 }),
      heartbeat: { beat: () => undefined, nextMs: () => never },
    });
  });
  return {
    ...{ state, wakesAt: () => planned?.atMs },
    /** Something has happened at this time. */
    rearmAt: (nowMs: number) => {
      state.nowMs = nowMs;
      withTimers(() => ticker?.rearm());
    },
    /** Its timer goes off. */
    wake: () => {
      const due = planned;
      if (due === undefined) throw new Error("no timer is set");
      planned = undefined;
      state.nowMs = Math.max(state.nowMs, due.atMs);
      withTimers(due.run);
    },
  };
}

describe("the ticker", () => {
  test("wakes up once a second when there is nothing to do", () => {
    const { state, wake, wakesAt } = start();
    wake();
    wake();
    expect(state.ticks).toEqual([1000, 2000]);
    expect(wakesAt()).toBe(3000);
  });

  test("sleeps on where a deadline has moved away, but a second after the last tick at most", () => {
    const { state, rearmAt, wakesAt } = start();
    state.deadlineMs = 400;
    rearmAt(1);
    expect(wakesAt()).toBe(400);
    // The answer that was waited for is there.
    state.deadlineMs = 1700;
    rearmAt(3);
    expect(wakesAt()).toBe(1000);
  });

  test("wakes up earlier for a deadline that has come nearer", () => {
    const { state, rearmAt, wakesAt } = start();
    state.deadlineMs = 250;
    rearmAt(100);
    expect(wakesAt()).toBe(250);
  });

  test("is kept from what is due by no stream of packets", () => {
    const { state, rearmAt, wake, wakesAt } = start();
    state.deadlineMs = 50;
    rearmAt(40);
    for (let nowMs = 41; nowMs < 90; nowMs += 3) rearmAt(nowMs);
    expect(wakesAt()).toBe(50);
    wake();
    expect(state.ticks).toEqual([89]);
  });
});
