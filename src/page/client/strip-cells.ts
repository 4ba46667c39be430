/**
 * What the cells of a drawn history strip mean, read back from its paths: one path for each
 * meaning, and a stroke for each run of cells, `M107 11h3m4 0h1`.
 */
import { CPU_LEVELS, THRESHOLDS } from "../../view/thresholds.ts";

export interface StripCell {
  readonly state: "up" | "down" | "stopped" | "none";
  /** 0–4: a step of `CPU_LEVELS`. */
  readonly cpuLevel: number;
  /** 0–2: not busy, busy, heavy. */
  readonly diskLevel: number;
}

/** Runs of a path as [from, to), in cells. */
function runsOf(data: string): [number, number][] {
  const runs: [number, number][] = [];
  let at = 0;
  for (const [, command, first] of data.matchAll(/([Mmh])(-?[\d.]+)/g)) {
    const value = Number(first);
    if (command === "M") at = value;
    else if (command === "m") at += value;
    else {
      runs.push([at, at + value]);
      at += value;
    }
  }
  return runs;
}

/** What a path of this class says of the cells that it covers. */
const MEANINGS: ReadonlyMap<string, Partial<StripCell>> = new Map<string, Partial<StripCell>>([
  ["no-data", { state: "none" }],
  ["stopped", { state: "stopped" }],
  ["disk-busy", { diskLevel: 1 }],
  ["disk-heavy", { diskLevel: 2 }],
  ...CPU_LEVELS.map(({ name }, cpuLevel) => [`cpu-${name}`, { state: "up", cpuLevel }] as const),
]);

/**
 * `paths`: class and data of each, in the order in which they are painted: the last one counts. A
 * cell that no path covers is an outage.
 */
export function cellAt(paths: readonly (readonly [string, string])[], cell: number): StripCell {
  const covers = (data: string) => runsOf(data).some(([from, to]) => cell >= from && cell < to);
  let found: StripCell = { state: "down", cpuLevel: 0, diskLevel: 0 };
  for (const [name, data] of paths) {
    if (covers(data)) found = { ...found, ...MEANINGS.get(name) };
  }
  return found;
}

/** `CPU 90 % or more, disk 20 MB/min or more`, `down`, `stopped`, `nothing known`. */
export function cellWords({ state, cpuLevel, diskLevel }: StripCell): string {
  if (state === "none") return "nothing known";
  if (state !== "up") return state;
  const { cpu, disk } = THRESHOLDS;
  const from = CPU_LEVELS[cpuLevel]?.fromPercent ?? 0;
  const cpuWords = cpuLevel > 0 ? `${from} % or more` : `under ${cpu.lightPercent} %`;
  if (diskLevel === 0) return `CPU ${cpuWords}`;
  const rate = diskLevel === 1 ? disk.busyMegabytesPerMinute : disk.heavyMegabytesPerMinute;
  return `CPU ${cpuWords}, disk ${rate} MB/min or more`;
}
