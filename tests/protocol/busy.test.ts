/** What counts as busy in the one number of a machine's cores. */
import { expect, test } from "bun:test";
import { busyPercent } from "../../src/protocol/busy.ts";
import type { CpuReport } from "../../src/protocol/report.ts";

const cases: { title: string; cpu: CpuReport | undefined; busy: number | undefined }[] = [
  { title: "nothing known", cpu: undefined, busy: undefined },
  { title: "no share known", cpu: { cores: [] }, busy: undefined },
  {
    title: "user, nice, system and steal together",
    cpu: { userPercent: 20, nicePercent: 5, systemPercent: 3, stealPercent: 2, idlePercent: 70 },
    busy: 30,
  },
  {
    title: "waiting for a disk is not busy",
    cpu: { userPercent: 2, systemPercent: 3, iowaitPercent: 90, idlePercent: 5 },
    busy: 5,
  },
  {
    title: "a machine of 2005",
    cpu: { userPercent: 37, systemPercent: 4, idlePercent: 55 },
    busy: 41,
  },
  { title: "only the idle share", cpu: { idlePercent: 40 }, busy: 60 },
  {
    title: "rounded parts over the whole",
    cpu: { userPercent: 90.1, systemPercent: 10, idlePercent: 0 },
    busy: 100,
  },
  {
    title: "tenths that do not add up in binary",
    cpu: { userPercent: 0.1, systemPercent: 0.2 },
    busy: 0.3,
  },
];

test.each(cases)("busy percent: $title", ({ cpu, busy }) => {
  expect(busyPercent(cpu)).toBe(busy);
});
