import { expect, test } from "bun:test";
import { createClock } from "../../src/runtime/clock.ts";

/** A machine whose clocks the test moves by hand. */
function world() {
  const state = { monotonic: 5000, suspended: 0, wall: 1_700_000_000_000, uptime: true, jitter: 0 };
  const sources = {
    monotonicMs: () => state.monotonic,
    wallMs: () => state.wall,
    uptimeSeconds: () => {
      if (!state.uptime) return undefined;
      const seconds = (90_000_000 + state.monotonic + state.suspended + state.jitter) / 1000;
      return Math.floor(seconds * 100) / 100;
    },
  };
  return { state, clock: createClock("/", sources) };
}

test("elapsed time starts at 0 and follows the monotonic clock exactly", () => {
  const { state, clock } = world();
  expect(clock()).toEqual({ elapsedMs: 0, wallMs: 1_700_000_000_000 });
  for (let step = 1; step <= 3000; step++) {
    state.monotonic += 7.3;
    state.jitter = (step % 3) * 9;
    expect(clock().elapsedMs).toBe(state.monotonic - 5000);
  }
});

test("a suspension is added to elapsed time once, and time goes on from there", () => {
  const { state, clock } = world();
  state.suspended += 3_600_000;
  state.monotonic += 1000;
  const elapsed = clock().elapsedMs;
  expect(Math.abs(elapsed - 3_601_000)).toBeLessThanOrEqual(20);
  for (let step = 0; step < 50; step++) {
    state.monotonic += 1000;
    expect(clock().elapsedMs).toBeCloseTo(elapsed + (step + 1) * 1000, 6);
  }
});

test("the lengths of two suspensions add up in elapsed time", () => {
  const { state, clock } = world();
  for (let round = 1; round <= 2; round++) {
    state.suspended += 60_000;
    state.monotonic += 2000;
    expect(Math.abs(clock().elapsedMs - round * 62_000)).toBeLessThanOrEqual(30);
  }
});

test("elapsed time never steps back, even when the uptime and the wall clock do", () => {
  const { state, clock } = world();
  let last = clock().elapsedMs;
  for (const [suspended, wall] of [
    [500_000, 1_800_000_000_000],
    [-80_000_000, 0],
    [0, 1_600_000_000_000],
    [5_000, 1],
  ] as const) {
    state.suspended = suspended;
    state.wall = wall;
    state.monotonic += 1500;
    const { elapsedMs, wallMs } = clock();
    expect(elapsedMs).toBeGreaterThanOrEqual(last + 1500);
    expect(wallMs).toBe(wall);
    last = elapsedMs;
  }
});

test("without /proc/uptime elapsed time is that of the monotonic clock", () => {
  const { state, clock } = world();
  state.uptime = false;
  state.suspended = 100_000;
  state.monotonic += 1500;
  expect(clock().elapsedMs).toBe(1500);
});

test("/proc/uptime is read at most once a second", () => {
  let monotonic = 0;
  let reads = 0;
  const clock = createClock("/", {
    monotonicMs: () => monotonic,
    wallMs: () => 0,
    uptimeSeconds: () => {
      reads++;
      return 100;
    },
  });
  for (; monotonic < 10_000; monotonic += 10) clock();
  expect(reads).toBeLessThanOrEqual(11);
  expect(reads).toBeGreaterThanOrEqual(9);
});

test("the clock over the real system goes forward", () => {
  const clock = createClock("/");
  const first = clock();
  const second = clock();
  expect(second.elapsedMs).toBeGreaterThanOrEqual(first.elapsedMs);
  expect(Math.abs(second.wallMs - Date.now())).toBeLessThan(5000);
});
