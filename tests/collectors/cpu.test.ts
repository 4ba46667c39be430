/** Shares of the ticks between two samples, in all and by core. */
import { describe, expect, test } from "bun:test";
import { cpu } from "../../src/collectors/cpu.ts";
import type { CpuTimes } from "../../src/linux/proc/stat.ts";
import { fixture } from "../linux/fixture.ts";
import { readingOf, reportBetween, reportOfFirst } from "./collect.ts";

function times(changes: Partial<CpuTimes>): CpuTimes {
  const zero = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0 };
  return { ...zero, ...changes };
}

function counters(
  all: Partial<CpuTimes>,
  ...cores: readonly (readonly [number, Partial<CpuTimes>])[]
) {
  return { all: times(all), cores: new Map(cores.map(([core, ran]) => [core, times(ran)])) };
}

describe("the processor's shares", () => {
  test("are unknown in a first sample", () => {
    expect(reportOfFirst(cpu, counters({ user: 900 }, [0, { user: 900 }]))).toEqual({});
  });

  test("are of all ticks, to one decimal, interrupts in system", () => {
    const before = counters({ user: 100, idle: 100 }, [0, { idle: 5 }], [1, { idle: 5 }]);
    const now = counters(
      { user: 133, nice: 2, system: 10, irq: 1, softirq: 2, iowait: 7, steal: 5, idle: 140 },
      [0, { idle: 5, user: 40 }],
      [1, { idle: 25, iowait: 10, user: 10 }],
    );
    expect(reportBetween(cpu, before, now)).toMatchObject({
      cpu: {
        userPercent: 33,
        nicePercent: 2,
        systemPercent: 13,
        iowaitPercent: 7,
        stealPercent: 5,
        idlePercent: 40,
        cores: [100, 25],
      },
    });
  });

  test("are told to the program of 2005 of four kinds of ticks, and rounded down", () => {
    const before = counters({ user: 100, idle: 100 });
    const ran = {
      user: 133,
      nice: 2,
      system: 10,
      irq: 1,
      softirq: 2,
      iowait: 7,
      steal: 5,
      idle: 140,
    };
    expect(reportBetween(cpu, before, counters(ran)).figuresV1).toEqual({
      // 35, 10 and 40 of 85.
      cpu: { userPercent: 41, systemPercent: 11, idlePercent: 48 },
    });
  });

  test.each([
    ["no tick has passed", { idle: 5 }, { idle: 5 }],
    ["a counter steps back", { user: 9, idle: 5 }, { user: 8, idle: 50 }],
  ])("are unknown when %s", (_, before, now) => {
    expect(reportBetween(cpu, counters(before), counters(now))).toEqual({});
  });

  test("lack only iowait when that alone steps back, as the kernel lets it", () => {
    const report = reportBetween(cpu, counters({ iowait: 9 }), counters({ iowait: 8, idle: 10 }));
    expect(report.cpu?.idlePercent).toBe(100);
    expect(report.cpu).not.toHaveProperty("iowaitPercent");
  });

  test("leave out a core that was switched on meanwhile", () => {
    const before = counters({ idle: 0 }, [0, { idle: 0 }]);
    const now = counters({ idle: 100 }, [0, { idle: 50 }], [7, { user: 999 }]);
    expect(reportBetween(cpu, before, now).cpu?.cores).toEqual([0]);
  });

  test("are read of a machine with 256 cores, some of them off", () => {
    const found = readingOf(cpu, fixture("cores-256"));
    expect(found.ok && found.value.cores.size).toBe(248);
  });
});
