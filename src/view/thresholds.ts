/**
 * The numbers from which a figure is called idle, busy, full, free or worth a warning: each once,
 * with its unit and its reason. Pages, charts, legends, plain text and help take them from here.
 */

import { MEBIBYTE } from "../base/units.ts";

export interface Thresholds {
  /** CPU use in percent of all cores: the steps of the colours, and the words for them. */
  readonly cpu: {
    readonly lightPercent: number;
    readonly moderatePercent: number;
    readonly busyPercent: number;
    readonly fullPercent: number;
  };
  /** Disk traffic, read and written together. */
  readonly disk: {
    readonly busyMegabytesPerMinute: number;
    readonly heavyMegabytesPerMinute: number;
  };
  /** A process is large from this share of its machine's cores or memory on. */
  readonly largeProcessPercent: number;
  /** A process is too small to be named below both of these. */
  readonly idleProcess: {
    readonly cores: number;
    /** Of the machine's cores. */
    readonly sharePercent: number;
  };
  /** A machine is offered as free when it has at least this much to spare. */
  readonly free: {
    readonly coresPercent: number;
    readonly memoryPercent: number;
  };
  /** Load per core from which tasks wait for one another. */
  readonly loadPerCore: number;
  readonly filesystemFullPercent: number;
  /** Swap traffic, in and out together. */
  readonly swapping: {
    readonly bytesPerSecond: number;
    /** Of the main memory: what a protocol-1 machine tells. */
    readonly percentPerMinute: number;
  };
  readonly clockOffsetSeconds: number;
  /** Machines that went down within this time of each other went down together. */
  readonly together: {
    readonly withinMs: number;
    readonly machines: number;
  };
}

export const THRESHOLDS: Thresholds = {
  // 45 and 90 are "low" and "high" of the 2005 report; 5 and 25 give its strip two more shades.
  cpu: { lightPercent: 5, moderatePercent: 25, busyPercent: 45, fullPercent: 90 },
  // The marks of the 2005 report's disk line.
  disk: { busyMegabytesPerMinute: 20, heavyMegabytesPerMinute: 40 },
  // The line between using a machine and living on it: that of a busy CPU.
  largeProcessPercent: 45,
  // A quarter of a core, and less than the lightest shade of the strip.
  idleProcess: { cores: 0.25, sharePercent: 5 },
  // With less, the next job would soon push the first one into swap or off its cores.
  free: { coresPercent: 30, memoryPercent: 10 },
  loadPerCore: 1,
  // The last 5 % are root's on ext4.
  filesystemFullPercent: 95,
  // 64 pages a second: an idle kernel tidying up stays below, a machine short of memory does not.
  // 1 % is the least that protocol 1 can say.
  swapping: { bytesPerSecond: MEBIBYTE / 4, percentPerMinute: 1 },
  // A smaller difference may come from the network alone.
  clockOffsetSeconds: 2,
  // A switch, a fuse or a rack takes three or more with it, and their silence is noticed in seconds.
  together: { withinMs: 90_000, machines: 3 },
};

/** The steps of CPU use, from the lowest: their names, and the percentage that each begins at. */
export const CPU_LEVELS = [
  { name: "idle", fromPercent: 0 },
  { name: "light", fromPercent: THRESHOLDS.cpu.lightPercent },
  { name: "moderate", fromPercent: THRESHOLDS.cpu.moderatePercent },
  { name: "busy", fromPercent: THRESHOLDS.cpu.busyPercent },
  { name: "full", fromPercent: THRESHOLDS.cpu.fullPercent },
] as const;

/** 0–4: the step of `CPU_LEVELS` that this percentage lies in. Called for each cell of a page. */
export function cpuLevel(percent: number): number {
  const { lightPercent, moderatePercent, busyPercent, fullPercent } = THRESHOLDS.cpu;
  if (percent >= fullPercent) return 4;
  if (percent >= busyPercent) return 3;
  if (percent >= moderatePercent) return 2;
  return percent >= lightPercent ? 1 : 0;
}

/** 0–2: not busy, busy, heavy. */
export function diskLevel(megabytesPerMinute: number): number {
  const { busyMegabytesPerMinute, heavyMegabytesPerMinute } = THRESHOLDS.disk;
  if (megabytesPerMinute >= heavyMegabytesPerMinute) return 2;
  return megabytesPerMinute >= busyMegabytesPerMinute ? 1 : 0;
}
