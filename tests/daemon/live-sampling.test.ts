import { describe, expect, test } from "bun:test";
import { createLiveSampling } from "../../src/daemon/live-sampling.ts";
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

describe("live samples", () => {
  test("begin with a window of half a second", () => {
    const { clock, done, sampling } = bench();
    sampling.want();
    expect(done).toEqual(["prime"]);
    clock.pass(499);
    expect(done).toEqual(["prime"]);
    clock.pass(1);
    expect(done).toEqual(["prime", "take", "publish 5"]);
  });

  test("come at once as long as the last one is recent, and begin anew after that", () => {
    const { clock, done, sampling } = bench();
    sampling.want();
    clock.pass(2000);
    done.length = 0;
    sampling.want();
    expect(done).toEqual(["take", "publish 5"]);
    clock.pass(60_000);
    sampling.want();
    expect(done).toEqual(["take", "publish 5", "prime"]);
  });

  test("that are wanted again meanwhile are taken once", () => {
    const { clock, done, sampling } = bench();
    for (let i = 0; i < 10; i++) sampling.want();
    clock.pass(1000);
    expect(done).toEqual(["prime", "take", "publish 5"]);
  });

  test("that cost a lot are fifty times their cost apart, the first among them", () => {
    const { clock, done, sampling } = bench(300);
    sampling.want();
    clock.pass(14_999);
    expect(done).toEqual(["prime"]);
    clock.pass(1);
    expect(done).toEqual(["prime", "take", "publish 300"]);
    sampling.want();
    clock.pass(14_999);
    expect(done).toHaveLength(3);
    clock.pass(1);
    expect(done.slice(3)).toEqual(["take", "publish 300"]);
  });

  test("are not taken any more once that is stopped", () => {
    const { clock, done, sampling } = bench();
    sampling.want();
    sampling.stop();
    clock.pass(10_000);
    expect(done).toEqual(["prime"]);
  });
});
