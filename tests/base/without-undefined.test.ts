import { expect, test } from "bun:test";
import { withoutUndefined } from "../../src/base/without-undefined.ts";

test("withoutUndefined leaves out undefined fields, and keeps null, 0, false and empty text", () => {
  const given = { a: undefined, b: null, c: 0, d: false, e: "" };
  const left = withoutUndefined(given);
  expect(left).toStrictEqual({ b: null, c: 0, d: false, e: "" });
  expect("a" in left).toBe(false);
});

test("withoutUndefined gives a copy", () => {
  const given = { a: 1 };
  expect(withoutUndefined(given)).not.toBe(given);
});
