import { describe, expect, test } from "bun:test";
import { isCrowded, readDescriptorUse } from "../../src/http/connection-guard.ts";

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
  test.each(cases)("finds a crowd, or none: $title", ({ use, before, isIt }) => {
    expect(isCrowded(use, before)).toBe(isIt);
  });

  test("counts the descriptors of this process, and gives nothing where there is no /proc", () => {
    const use = readDescriptorUse("/");
    expect(use?.open).toBeGreaterThan(2);
    expect(use?.limit).toBeGreaterThan(use?.open ?? 0);
    expect(readDescriptorUse("/nonexistent")).toBeUndefined();
  });
});
