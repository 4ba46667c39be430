/** The small parts of the core, each tested by itself. */
import { describe, expect, test } from "bun:test";
import { CoreClock } from "../../src/cluster/core-clock.ts";
import { DeadlineQueue } from "../../src/cluster/pacing/deadline-queue.ts";
import { RateWindow } from "../../src/cluster/pacing/rate-window.ts";
import { SampleMap } from "../../src/cluster/pacing/sample-map.ts";
import { TokenBucket } from "../../src/cluster/pacing/token-bucket.ts";
import {
  isNewerReportV1,
  learnedIntervalMs,
  rememberSpacing,
} from "../../src/cluster/peers/v1-reports.ts";
import { quietPauseMs, untilNextReportMs } from "../../src/cluster/polling/question-times.ts";
import { seededRandom } from "../simulation/world/random.ts";

describe("a deadline queue", () => {
  test("returns the items that were set, moved and not deleted in the order of time", () => {
    const random = seededRandom(1);
    const queue = new DeadlineQueue<number>();
    const expected = new Map<number, number>();
    for (let step = 0; step < 5000; step++) {
      const item = Math.floor(random() * 300);
      if (random() < 0.3) {
        queue.delete(item);
        expected.delete(item);
      } else {
        const atMs = Math.floor(random() * 1000);
        queue.set(item, atMs);
        expected.set(item, atMs);
      }
      expect(queue.size).toBe(expected.size);
      expect(queue.nextMs()).toBe(Math.min(...expected.values()));
    }
    const popped: number[] = [];
    for (const item of queue.due(1000)) {
      queue.delete(item);
      popped.push(expected.get(item) ?? -1);
      expected.delete(item);
    }
    expect(expected.size).toBe(0);
    expect(popped).toEqual([...popped].sort((a, b) => a - b));
  });

  test("returns no item before its time", () => {
    const queue = new DeadlineQueue<string>();
    queue.set("a", 10);
    expect([...queue.due(9)]).toEqual([]);
    expect(queue.has("a")).toBe(true);
    for (const item of queue.due(10)) queue.delete(item);
    expect(queue.nextMs()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a token bucket", () => {
  test.each([20, 50, 100, 200])("for %d a second never gives more within any second", (limit) => {
    const bucket = new TokenBucket(limit, 0);
    const taken: number[] = [];
    for (let nowMs = 0; nowMs < 5000; nowMs += 50) while (bucket.take(nowMs)) taken.push(nowMs);
    for (const fromMs of taken) {
      const within = taken.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1000).length;
      expect(within).toBeLessThanOrEqual(limit);
    }
    expect(taken.length).toBeGreaterThan(limit * 5 * 0.7);
  });

  test("tells when the next token is due and gives none while the clock stands still", () => {
    const bucket = new TokenBucket(10, 0);
    expect(bucket.take(0)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.readyMs(0)).toBe(112);
    expect(bucket.take(-5000)).toBe(false);
    expect(bucket.take(111)).toBe(false);
    expect(bucket.take(112)).toBe(true);
  });
});

describe("a rate window of one second", () => {
  test("lets its whole limit through at once, and then the same number in every second", () => {
    const window = new RateWindow(2000);
    const taken: number[] = [];
    for (let nowMs = 0; nowMs < 5000; nowMs += 50) while (window.take(nowMs)) taken.push(nowMs);
    expect(taken).toHaveLength(10_000);
    const steady = new RateWindow(2000);
    let [count, most] = [0, 0];
    const times: number[] = [];
    for (let nowMs = 0; nowMs < 5000; nowMs += 1) {
      for (let i = 0; i < 3; i++) if (steady.take(nowMs)) times.push(nowMs);
    }
    for (const [index, atMs] of times.entries()) {
      while ((times[count] ?? 0) <= atMs - 1000) count++;
      most = Math.max(most, index - count + 1);
    }
    expect(most).toBe(2000);
    expect(times.length).toBeGreaterThanOrEqual(9990);
  });

  test("stays closed while the clock stands still", () => {
    const window = new RateWindow(2);
    expect([1, 2, 3].map(() => window.take(500))).toEqual([true, true, false]);
    expect(window.take(1499)).toBe(false);
    expect(window.take(1500)).toBe(true);
  });
});

test("a sample map picks each entry equally often, also after some were deleted", () => {
  const map = new SampleMap<string, number>();
  for (let i = 0; i < 10; i++) map.set(`k${i}`, i);
  for (const key of ["k0", "k9", "k4", "none"]) map.delete(key);
  const counts = new Map<number, number>();
  const random = seededRandom(3);
  for (let i = 0; i < 7000; i++) {
    const value = map.pick(random()) ?? -1;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 5, 6, 7, 8]);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  expect(new SampleMap<string, number>().pick(0.5)).toBeUndefined();
});

describe("the core's clocks", () => {
  const wallMs = 1000;

  test("differ by how far a tick was more than five seconds late", () => {
    const clock = new CoreClock({ elapsedMs: 0, wallMs });
    clock.observe({ elapsedMs: 1000, wallMs }, { isTick: true });
    clock.observe({ elapsedMs: 62_000, wallMs }, { isTick: true });
    expect(clock.ageMs).toBe(62_000);
    expect(clock.deadlineMs).toBe(2000);
    expect(clock.elapsedAt(3000)).toBe(63_000);
    clock.observe({ elapsedMs: 67_000, wallMs }, { isTick: true });
    expect(clock.deadlineMs).toBe(7000);
  });

  test("never step back, and date events by the present wall clock", () => {
    const clock = new CoreClock({ elapsedMs: 5000, wallMs: 5 });
    clock.observe({ elapsedMs: 4000, wallMs: 90_000 }, { isTick: true });
    expect(clock.ageMs).toBe(5000);
    expect(clock.wallAt(2000)).toBe(87_000);
  });
});

describe("the interval learnt from protocol-1 reports", () => {
  function learn(walls: readonly number[]): number | undefined {
    let memory: ReturnType<typeof rememberSpacing> | undefined;
    for (const wallSeconds of walls) {
      memory = rememberSpacing(memory, { report: { name: "x" }, wallSeconds, nowMs: 0 });
    }
    return learnedIntervalMs(memory);
  }

  test.each([
    { title: "is unknown after one report", walls: [100], ms: undefined },
    { title: "is the spacing of two reports", walls: [100, 400], ms: 300_000 },
    { title: "is not lengthened by a missed report", walls: [0, 300, 900, 1200], ms: 300_000 },
    {
      title: "is not disturbed by a clock that is set forward",
      walls: [0, 300, 500_000, 500_300],
      ms: 300_000,
    },
    {
      title: "is not disturbed by a clock that is set back",
      walls: [9000, 9300, 100, 400],
      ms: 300_000,
    },
    {
      title: "follows a change to a longer interval",
      walls: [0, 60, 660, 1260, 1860, 2460],
      ms: 600_000,
    },
  ])("$title", ({ walls, ms }) => {
    expect(learn(walls)).toBe(ms);
  });
});

describe("a protocol-1 report", () => {
  const held = { wallSeconds: 1000, uptimeSeconds: 500, takenMs: 0, spacings: [] };

  test.each([
    {
      title: "is newer when it is the first",
      memory: undefined,
      wall: 1,
      up: 1,
      nowMs: 0,
      is: true,
    },
    { title: "is newer by its clock", memory: held, wall: 1060, up: 560, nowMs: 60_000, is: true },
    {
      title: "is newer by its clock after a reboot",
      memory: held,
      wall: 1060,
      up: 5,
      nowMs: 60_000,
      is: true,
    },
    { title: "is newer by its uptime", memory: held, wall: 400, up: 560, nowMs: 1000, is: true },
    {
      title: "is newer when no older report can still be under way",
      memory: held,
      wall: 400,
      up: 5,
      nowMs: 31_000,
      is: true,
    },
    {
      title: "is not newer when it is the same, however late it comes",
      memory: held,
      wall: 1000,
      up: 500,
      nowMs: 1e9,
      is: false,
    },
    {
      title: "is not newer when it was overtaken on the way",
      memory: held,
      wall: 940,
      up: 440,
      nowMs: 2000,
      is: false,
    },
  ])("$title", ({ memory, wall, up, nowMs, is }) => {
    const facts = { report: { name: "x", uptimeSeconds: up }, wallSeconds: wall, nowMs };
    expect(isNewerReportV1(memory, facts)).toBe(is);
  });
});

test.each([
  { quietForMs: 0, intervalMs: 600_000, ms: 10_000 },
  { quietForMs: 299_000, intervalMs: 600_000, ms: 10_000 },
  { quietForMs: 300_000, intervalMs: 600_000, ms: 60_000 },
  { quietForMs: 3_600_000, intervalMs: 600_000, ms: 600_000 },
  { quietForMs: 3_600_000, intervalMs: 1000, ms: 60_000 },
  { quietForMs: Number.POSITIVE_INFINITY, intervalMs: 600_000, ms: 600_000 },
])("a machine that has been quiet for $quietForMs ms is asked again after $ms ms", (row) => {
  const timing = { quietForMs: row.quietForMs, ownIntervalMs: row.intervalMs, random: 0.5 };
  expect(quietPauseMs(timing)).toBe(row.ms);
});

describe("the question after an answer", () => {
  const HOUR = 3_600_000;
  test.each([
    { title: "waits for the next report", age: 200, interval: 600, own: 600, seconds: 401 },
    {
      title: "waits no longer than this machine's interval",
      age: 0,
      interval: 3600,
      own: 60,
      seconds: 61,
    },
    { title: "comes soon for an overdue report", age: 601, interval: 600, own: 600, seconds: 60 },
    {
      title: "comes within this machine's shorter interval for an overdue report",
      age: 3600.5,
      interval: 3600,
      own: 60,
      seconds: 60,
    },
    {
      title: "comes after 0.5 s, not sooner, for a report overdue at an interval of 1 s",
      age: 2,
      interval: 1,
      own: 1,
      seconds: 0.5,
    },
  ])("$title", ({ age, interval, own, seconds }) => {
    const timing = { ageMs: age * 1000, intervalMs: interval * 1000, ownIntervalMs: own * 1000 };
    expect(untilNextReportMs({ ...timing, random: 0 })).toBe(seconds * 1000);
  });

  test("comes well before the machine would be down, whatever ages and intervals it claims", () => {
    for (const ownIntervalMs of [1000, 60_000, HOUR]) {
      for (const intervalMs of [1, 1000, 60_000, HOUR, 24 * HOUR, 8760 * HOUR]) {
        for (const ageMs of [0, intervalMs / 2, intervalMs, intervalMs + 500, 8760 * HOUR]) {
          const pauseMs = untilNextReportMs({ ageMs, intervalMs, ownIntervalMs, random: 1 });
          expect(pauseMs).toBeLessThanOrEqual(1.1 * ownIntervalMs + 1000);
          expect(pauseMs).toBeGreaterThanOrEqual(Math.min(500, ownIntervalMs / 2));
        }
      }
    }
  });
});
