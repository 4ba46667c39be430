import { describe, expect, test } from "bun:test";
import { isIdle, isNearlyFull, isSwapping, processFacts } from "../../src/view/facts.ts";
import { SIGNS_LEGEND } from "../../src/view/history/signs.ts";
import { CPU_LEVELS, cpuLevel, diskLevel, THRESHOLDS } from "../../src/view/thresholds.ts";

const { cpu, disk, swapping, idleProcess, filesystemFullPercent } = THRESHOLDS;

describe("a threshold", () => {
  test("belongs to the step that it begins", () => {
    for (const [level, { fromPercent }] of CPU_LEVELS.entries()) {
      expect(cpuLevel(fromPercent)).toBe(level);
      if (level > 0) expect(cpuLevel(fromPercent - 0.01)).toBe(level - 1);
    }
    expect(CPU_LEVELS.map(({ fromPercent }) => fromPercent)).toEqual([0, ...Object.values(cpu)]);
    expect(diskLevel(disk.busyMegabytesPerMinute - 0.01)).toBe(0);
    expect(diskLevel(disk.busyMegabytesPerMinute)).toBe(1);
    expect(diskLevel(disk.heavyMegabytesPerMinute)).toBe(2);
  });

  test("decides what is swapping, nearly full or idle", () => {
    expect(isSwapping({ swapBytesPerSecond: swapping.bytesPerSecond })).toBe(true);
    expect(isSwapping({ swapBytesPerSecond: swapping.bytesPerSecond - 1 })).toBe(false);
    expect(isSwapping({ swapPercentPerMinute: swapping.percentPerMinute })).toBe(true);
    expect(isNearlyFull(filesystemFullPercent)).toBe(true);
    expect(isNearlyFull(filesystemFullPercent - 0.01)).toBe(false);
    const process = processFacts({ user: "ann", command: "R" }, { name: "a" });
    expect(isIdle({ ...process, cores: idleProcess.cores })).toBe(false);
    expect(isIdle({ ...process, cores: idleProcess.cores - 0.01 })).toBe(true);
    expect(isIdle({ ...process, coresShare: idleProcess.sharePercent / 100 })).toBe(false);
  });

  test("is named in the legend of the signs", () => {
    for (const percent of [cpu.lightPercent, cpu.busyPercent, cpu.fullPercent]) {
      expect(SIGNS_LEGEND).toContain(`${percent} %`);
    }
  });
});
