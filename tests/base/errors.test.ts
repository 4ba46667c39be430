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

test("errorCode gives the name of a failed system call's errno", () => {
  expect(errorCode(thrownBy(() => readFileSync("/nowhere/at/all")))).toBe("ENOENT");
});

test.each([
  ["an error without a code", new Error("plain")],
  ["a code that is no text", Object.assign(new Error("odd"), { code: 7 })],
  ["an object that is no error", { code: "ENOENT" }],
  ["a text", "ENOENT"],
  ["nothing", undefined],
])("errorCode is undefined for %s", (_, error) => {
  expect(errorCode(error)).toBeUndefined();
});

test("errorMessage gives the message of an error, and any other thrown value as text", () => {
  expect(errorMessage(new Error("no room"))).toBe("no room");
  expect(errorMessage("no room")).toBe("no room");
  expect(errorMessage(undefined)).toBe("undefined");
});
