/** Pressure, where the kernel has it. */
import { expect, test } from "bun:test";
import { pressure } from "../../src/collectors/pressure.ts";
import { fixture } from "../linux/fixture.ts";
import { readingOf, reportOfFirst } from "./collect.ts";

test("pressure is told to one decimal, without the line of cpu that means nothing", () => {
  const reading = {
    cpu: { some: 1.25, full: 3 },
    memory: { some: 0.04, full: 0 },
    io: { some: 99.96 },
  };
  expect(reportOfFirst(pressure, reading).pressure).toEqual({
    cpuSomePercent: 1.3,
    memorySomePercent: 0,
    memoryFullPercent: 0,
    ioSomePercent: 100,
  });
});

test("an old kernel has no pressure, and that is no problem", () => {
  const found = readingOf(pressure, fixture("kernel-2.6.32"));
  expect(found.ok && reportOfFirst(pressure, found.value).pressure).toBeUndefined();
});
