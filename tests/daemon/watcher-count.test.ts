import { describe, expect, test } from "bun:test";
import { createWatcherCount } from "../../src/daemon/watching/watcher-count.ts";
import { HandClock } from "./hand-clock.ts";

function bench() {
  const clock = new HandClock();
  const told: boolean[] = [];
  const watch = createWatcherCount((on) => told.push(on), clock.after);
  return { clock, told, watch };
}

describe("the watcher count", () => {
  test("calls back when the first watcher comes and when the last one leaves", () => {
    const { told, watch } = bench();
    const first = watch.hold();
    const second = watch.hold();
    first();
    expect(told).toEqual([true]);
    second();
    expect(told).toEqual([true, false]);
  });

  test("counts a watcher that leaves twice once", () => {
    const { told, watch } = bench();
    const first = watch.hold();
    watch.hold();
    first();
    first();
    expect(told).toEqual([true]);
  });

  test("counts a loaded page as watched for ten seconds, and renews that with each page", () => {
    const { clock, told, watch } = bench();
    watch.glance();
    clock.pass(8000);
    watch.glance();
    clock.pass(9999);
    expect(told).toEqual([true]);
    clock.pass(1);
    expect(told).toEqual([true, false]);
    expect(clock.pending).toBe(0);
  });

  test("keeps one timer for any number of loaded pages", () => {
    const { clock, watch } = bench();
    for (let i = 0; i < 1000; i++) watch.glance();
    expect(clock.pending).toBe(1);
  });
});
