/**
 * The numbers from which a figure is called idle, busy, full, free or worth a warning: each once,
 * with its unit and its reason. Pages, charts, legends, plain text and help take them from here.
 */
import { MEBIBYTE } from "../base/units.ts";

export const THRESHOLDS = {
  // Percent of all cores: the steps of the colours, and the words for them. 45 and 90 are "low" and
  // "high" of the 2005 report; 5 and 25 give its strip two more shades.
  cpu: { lightPercent: 5, moderatePercent: 25, busyPercent: 45, fullPercent: 90 },
  // Read and written together: the marks of the 2005 report's disk line.
  disk: { busyMegabytesPerMinute: 20, heavyMegabytesPerMinute: 40 },
  // Percent of a machine's cores or memory. From here on a process counts as using the machine; the
  // same level as that of a busy CPU.
  largeProcessPercent: 45,
  // Too small to be named below both: a quarter of a core, and less of the machine's cores than the
  // lightest shade of the strip.
  idleProcess: { cores: 0.25, sharePercent: 5 },
  // With less, the next job would soon push the first one into swap or off its cores.
  free: { coresPercent: 30, memoryPercent: 10 },
  // From here on tasks wait for one another.
  loadPerCore: 1,
  // The last 5 % are root's on ext4.
  filesystemFullPercent: 95,
  // In and out together. 64 pages a second: an idle kernel tidying up stays below, a machine short
  // of memory does not. 1 % of the main memory is the least that protocol 1 can say.
  swapping: { bytesPerSecond: MEBIBYTE / 4, percentPerMinute: 1 },
  // A smaller difference may come from the network alone.
  clockOffsetSeconds: 2,
  // A switch, a fuse or a rack takes three or more with it, and their silence is noticed in seconds.
  together: { withinMs: 90_000, machines: 3 },
} as const;

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
