import { expect, test } from "bun:test";
import { warningsOf } from "../../src/view/warnings.ts";

test("a clock that is far off is said to be so in days or hours", () => {
  const detailOf = (clockOffsetSeconds: number) =>
    warningsOf({ clockOffsetSeconds, isClone: false }, {}, "node01").map(({ detail }) => detail);
  expect(detailOf(-86_400)).toEqual(["1d0h behind node01's clock"]);
  expect(detailOf(2.4)).toEqual(["2.4 s ahead of node01's clock"]);
  expect(detailOf(0)).toEqual([]);
});
