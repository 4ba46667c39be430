import { describe, expect, test } from "bun:test";
import { createLiveSampling } from "../../src/daemon/sampling/live-sampling.ts";
import { HandClock } from "./hand-clock.ts";

function bench(costMs = 5) {
  const clock = new HandClock();
  const done: string[] = [];
  const cost = { ms: costMs };
  const sampling = createLiveSampling({
    after: clock.after,
    clock: () => ({ elapsedMs: clock.nowMs, wallMs: 0 }),
    sampler: {
      primeLive: () => {
        clock.nowMs += cost.ms;
        done.push("prime");
      },
      takeLive: () => {
        clock.nowMs += cost.ms;
        done.push("take");
        return { name: "me" };
      },
    },
    publish: (_, published) => done.push(`publish ${published.costMs}`),
  });
  return { clock, done, sampling };
}

describe("live sampling", () => {
  test("opens a window of half a second before the first report", () => {
    const { clock, done, sampling } = bench();
    sampling.request();
    expect(done).toEqual(["prime"]);
    clock.pass(499);
    expect(done).toEqual(["prime"]);
    clock.pass(1);
    expect(done).toEqual(["prime", "take", "publish 5"]);
  });

  test("reports at once after a recent sample, and opens a new window after an old one", () => {
    const { clock, done, sampling } = bench();
    sampling.request();
    clock.pass(2000);
    done.length = 0;
    sampling.request();
    expect(done).toEqual(["take", "publish 5"]);
    clock.pass(60_000);
    sampling.request();
    expect(done).toEqual(["take", "publish 5", "prime"]);
  });

  test("takes one sample for any number of requests in its window", () => {
    const { clock, done, sampling } = bench();
    for (let i = 0; i < 10; i++) sampling.request();
    clock.pass(1000);
    expect(done).toEqual(["prime", "take", "publish 5"]);
  });

  test("keeps costly samples fifty times their cost apart, from the first one on", () => {
    const { clock, done, sampling } = bench(300);
    sampling.request();
    clock.pass(14_999);
    expect(done).toEqual(["prime"]);
    clock.pass(1);
    expect(done).toEqual(["prime", "take", "publish 300"]);
    sampling.request();
    clock.pass(14_999);
    expect(done).toHaveLength(3);
    clock.pass(1);
    expect(done.slice(3)).toEqual(["take", "publish 300"]);
  });

  test("takes no sample after it was stopped", () => {
    const { clock, done, sampling } = bench();
    sampling.request();
    sampling.stop();
    clock.pass(10_000);
    expect(done).toEqual(["prime"]);
  });
});
