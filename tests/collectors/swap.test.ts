/** Rates of swapping. */
import { describe, expect, test } from "bun:test";
import { createSwap } from "../../src/collectors/swap.ts";
import { fixture } from "../linux/fixture.ts";
import { readingOf, reportBetween, reportOfFirst } from "./collect.ts";

const swap = createSwap(4096);

describe("swapping", () => {
  test("is averaged over the time that has passed", () => {
    const before = { inBytes: 0, outBytes: 500 };
    const now = { inBytes: 8194, outBytes: 500 };
    expect(reportBetween(swap, before, now, 4)).toEqual({
      swap: { inBytesPerSecond: 2049, outBytesPerSecond: 0 },
    });
  });

  test.each([
    ["in a first sample", undefined, { inBytes: 9e9, outBytes: 9e9 }],
    ["when the counters step back", { inBytes: 9, outBytes: 9 }, { inBytes: 1, outBytes: 1 }],
  ])("is unknown %s", (_, before, now) => {
    const report =
      before === undefined ? reportOfFirst(swap, now) : reportBetween(swap, before, now);
    expect(report.swap).toBeUndefined();
  });

  test("is unknown, without a problem, on a kernel that has no swap", () => {
    const found = readingOf(swap, fixture("container"));
    expect(found).toEqual({ ok: true, value: undefined });
    expect(reportBetween(swap, undefined, undefined).swap).toBeUndefined();
  });
});
