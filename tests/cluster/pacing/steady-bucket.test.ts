/** A steady bucket grants its rate, in small portions, and never more than that within a second. */
import { describe, expect, test } from "bun:test";
import { TokenBucket } from "../../../src/cluster/pacing/token-bucket.ts";

const RUN_MS = 20_000;

describe.each([1, 2, 3, 5, 9, 10, 20, 200])("a steady bucket of %d a second", (perSecond) => {
  const grantedMs = allGranted(perSecond);

  test("grants eight tenths of its rate or more to somebody who always asks", () => {
    expect(grantedMs.length).toBeGreaterThanOrEqual((perSecond * 0.8 * RUN_MS) / 1000);
  });

  test("never grants more than its rate within a second", () => {
    for (const fromMs of grantedMs) {
      const within = grantedMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1000);
      expect(within.length).toBeLessThanOrEqual(perSecond);
    }
  });

  test("says when the next token is there", () => {
    const bucket = new TokenBucket(perSecond, 0);
    while (bucket.take(0)) expect(bucket.readyMs(0)).toBeGreaterThanOrEqual(0);
    const readyMs = bucket.readyMs(0);
    expect(bucket.take(readyMs - 1)).toBe(false);
    expect(bucket.take(readyMs)).toBe(true);
  });
});

/** When a token was granted to somebody who asks every 10 ms, ms. */
function allGranted(perSecond: number): readonly number[] {
  const bucket = new TokenBucket(perSecond, 0);
  const grantedMs: number[] = [];
  for (let nowMs = 0; nowMs < RUN_MS; nowMs += 10) while (bucket.take(nowMs)) grantedMs.push(nowMs);
  return grantedMs;
}
