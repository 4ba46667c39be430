import { expect, test } from "bun:test";
import { createRandom } from "../../src/runtime/random.ts";

test("random numbers lie in [0, 1), differ, and fill the range", () => {
  const random = createRandom();
  const drawn = Array.from({ length: 20_000 }, random);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
  expect(new Set(drawn).size).toBe(drawn.length);
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  // The mean of 20,000 uniform numbers lies outside 0.5 ± 0.02 once in 10^20 runs.
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
});

test("two sources of random numbers draw different ones", () => {
  const [one, two] = [createRandom(), createRandom()];
  expect(one()).not.toBe(two());
});
