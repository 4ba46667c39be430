import { describe, expect, test } from "bun:test";
import { startIntervalSampling } from "../../src/daemon/sampling/interval-sampling.ts";
import { HandClock } from "./hand-clock.ts";

function bench(updateSeconds = 600) {
  const timers = new HandClock();
  const published: number[] = [];
  const time = { suspendedMs: 0 };
  const elapsedMs = () => timers.nowMs + time.suspendedMs;
  const publisher = startIntervalSampling({
    sampler: { prime: () => undefined, take: () => Promise.resolve({ name: "me" }) },
    updateSeconds,
    clock: () => ({ elapsedMs: elapsedMs(), wallMs: 0 }),
    after: timers.after,
    publish: () => published.push(elapsedMs()),
  });
  /** Time in which the machine is awake, with the turns of the loop that a report takes. */
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      timers.pass(1000);
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { pass, published, publisher, time, timers };
}

describe("interval sampling", () => {
  test("publishes half a second after the start, then once an interval", async () => {
    const { pass, published } = bench();
    await pass(1300);
    // At 0.5, 600.5, 1,200.5 s; the loop of this test turns once a second.
    expect(published).toEqual([1000, 601_000, 1_201_000]);
  });

  test("publishes soon after a suspension, during which timers stand still, and makes up for nothing", async () => {
    const { pass, published, time } = bench();
    await pass(60);
    time.suspendedMs = 3_600_000;
    await pass(10);
    expect(published).toHaveLength(2);
    await pass(500);
    expect(published).toHaveLength(2);
    await pass(100);
    expect(published).toHaveLength(3);
  });

  test("publishes at once when the interval changes, and never after it was stopped", async () => {
    const { pass, published, publisher, timers } = bench();
    await pass(60);
    publisher.retime(20);
    await pass(61);
    expect(published).toHaveLength(1 + 4);
    publisher.stop();
    await pass(100);
    expect(published).toHaveLength(1 + 4);
    expect(timers.pending).toBe(0);
  });
});
