/** Which shares of CPU time count as busy. */
import { expect, test } from "bun:test";
import { busyPercent } from "../../src/protocol/busy.ts";
import type { CpuReport } from "../../src/protocol/report.ts";

const cases: { title: string; cpu: CpuReport | undefined; busy: number | undefined }[] = [
  { title: "is unknown if nothing is known", cpu: undefined, busy: undefined },
  { title: "is unknown if no share is known", cpu: { cores: [] }, busy: undefined },
  {
    title: "is the sum of user, nice, system and steal",
    cpu: { userPercent: 20, nicePercent: 5, systemPercent: 3, stealPercent: 2, idlePercent: 70 },
    busy: 30,
  },
  {
    title: "does not include waiting for a disk",
    cpu: { userPercent: 2, systemPercent: 3, iowaitPercent: 90, idlePercent: 5 },
    busy: 5,
  },
  {
    title: "that speaks protocol 1 is the sum of user and system",
    cpu: { userPercent: 37, systemPercent: 4, idlePercent: 55 },
    busy: 41,
  },
  {
    title: "is what is not idle if only the idle share is known",
    cpu: { idlePercent: 40 },
    busy: 60,
  },
  {
    title: "is 100 at most where rounded parts exceed the whole",
    cpu: { userPercent: 90.1, systemPercent: 10, idlePercent: 0 },
    busy: 100,
  },
  {
    title: "is the decimal sum of tenths that do not add up in binary",
    cpu: { userPercent: 0.1, systemPercent: 0.2 },
    busy: 0.3,
  },
];

test.each(cases)("the busy percentage of a machine $title", ({ cpu, busy }) => {
  expect(busyPercent(cpu)).toBe(busy);
});
