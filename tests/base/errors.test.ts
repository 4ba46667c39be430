import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { errorCode, errorMessage } from "../../src/base/errors.ts";

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("a failed system call tells its errno by name", () => {
  expect(errorCode(thrownBy(() => readFileSync("/nowhere/at/all")))).toBe("ENOENT");
});

test.each([
  ["an error without a code", new Error("plain")],
  ["a code that is no text", Object.assign(new Error("odd"), { code: 7 })],
  ["an object that is no error", { code: "ENOENT" }],
  ["a text", "ENOENT"],
  ["nothing", undefined],
])("%s has no errno", (_, error) => {
  expect(errorCode(error)).toBeUndefined();
});

test("an error's message is its own, and any other thrown value is told as text", () => {
  expect(errorMessage(new Error("no room"))).toBe("no room");
  expect(errorMessage("no room")).toBe("no room");
  expect(errorMessage(undefined)).toBe("undefined");
});
