import { describe, expect, test } from "bun:test";
import {
  isCrowded,
  parseOpenFilesLimit,
  readDescriptorUse,
} from "../../src/http/connection-guard.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            1024                 524288               files
Max locked memory         8388608              8388608              bytes
`;

describe("the connection guard", () => {
  const cases = [
    { title: "a few readers", use: { open: 40, limit: 1024 }, before: 14, isIt: false },
    {
      title: "over four fifths of the limit",
      use: { open: 820, limit: 1024 },
      before: 14,
      isIt: true,
    },
    { title: "just under it", use: { open: 819, limit: 1024 }, before: 14, isIt: false },
    { title: "2,048 connections", use: { open: 2062, limit: 65_536 }, before: 14, isIt: false },
    { title: "one more", use: { open: 2063, limit: 65_536 }, before: 14, isIt: true },
    {
      title: "no limit",
      use: { open: 100, limit: Number.POSITIVE_INFINITY },
      before: 14,
      isIt: false,
    },
  ];
  test.each(cases)("calls it a crowd or not: $title", ({ use, before, isIt }) => {
    expect(isCrowded(use, before)).toBe(isIt);
  });

  test.each([
    { title: "a number", text: LIMITS, limit: 1024 },
    {
      title: "unlimited",
      text: LIMITS.replace("1024 ", "unlimited "),
      limit: Number.POSITIVE_INFINITY,
    },
    { title: "no such line", text: "Limit\n", limit: undefined },
    { title: "nothing", text: "", limit: undefined },
    { title: "no number", text: "Max open files            many   9 files\n", limit: undefined },
  ])("reads the limit of open files: $title", ({ text, limit }) => {
    expect(parseOpenFilesLimit(text)).toBe(limit as number);
  });

  test("counts the descriptors of this process", () => {
    const use = readDescriptorUse("/");
    expect(use?.open).toBeGreaterThan(2);
    expect(use?.limit).toBeGreaterThan(use?.open ?? 0);
    expect(readDescriptorUse("/nonexistent")).toBeUndefined();
  });
});
