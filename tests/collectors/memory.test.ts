/** What is told of the memory, in the report and to the program of 2005. */
import { expect, test } from "bun:test";
import { memory } from "../../src/collectors/memory.ts";
import { reportOfFirst } from "./collect.ts";

const SIZES = { totalBytes: 1000, availableBytes: 700, usedBytes: 300, buffersCachedBytes: 275 };

test("the program of 2005 counts memory that slabs could give back as used", () => {
  const reading = { ...SIZES, freeBytes: 100, reclaimableBytes: 25 };
  expect(reportOfFirst(memory, reading)).toEqual({
    memory: SIZES,
    figuresV1: { memoryUsedPercent: 65 },
  });
});

test("a kernel that does not say how much memory is free leaves that figure out", () => {
  expect(reportOfFirst(memory, SIZES).figuresV1).toEqual({});
});
