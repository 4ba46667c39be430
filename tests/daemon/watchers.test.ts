import { describe, expect, test } from "bun:test";
import { createWatchers } from "../../src/daemon/watchers.ts";
import { HandClock } from "./hand-clock.ts";

function bench() {
  const clock = new HandClock();
  const told: boolean[] = [];
  const watch = createWatchers({ after: clock.after, onChange: (on) => told.push(on) });
  return { clock, told, watch };
}

describe("who watches", () => {
  test("is told to the core when the first comes and when the last goes", () => {
    const { told, watch } = bench();
    const first = watch.hold();
    const second = watch.hold();
    first();
    expect(told).toEqual([true]);
    second();
    expect(told).toEqual([true, false]);
  });

  test("cannot go twice", () => {
    const { told, watch } = bench();
    const first = watch.hold();
    watch.hold();
    first();
    first();
    expect(told).toEqual([true]);
  });

  test("watches for ten seconds after having loaded a page, from the last one on", () => {
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

  test("many pages cost one timer", () => {
    const { clock, watch } = bench();
    for (let i = 0; i < 1000; i++) watch.glance();
    expect(clock.pending).toBe(1);
  });
});
