import { expect, test } from "bun:test";
import { withoutUndefined } from "../../src/base/without-undefined.ts";

test("leaves out the fields that are undefined, and keeps null, 0, false and empty text", () => {
  const given = { a: undefined, b: null, c: 0, d: false, e: "" };
  const left = withoutUndefined(given);
  expect(left).toStrictEqual({ b: null, c: 0, d: false, e: "" });
  expect("a" in left).toBe(false);
});

test("gives a copy", () => {
  const given = { a: 1 };
  expect(withoutUndefined(given)).not.toBe(given);
});
