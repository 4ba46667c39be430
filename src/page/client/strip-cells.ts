/**
 * What the cells of a drawn history strip mean, read back from its paths: one path a meaning, a
 * run a stroke, `M107 11h3m4 0h1`.
 */

export interface StripCell {
  readonly state: "up" | "down" | "stopped" | "none";
  /** 0–4: from 0, 5, 25, 45, 90 % on. */
  readonly cpuLevel: number;
  /** 0–2: from 0, 20, 40 MB/min on. */
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

const CPU_CLASSES = "abcde";
const CPU_WORDS = ["under 5 %", "5 % or more", "25 % or more", "45 % or more", "90 % or more"];
const DISK_WORDS = ["", ", disk 20 MB/min or more", ", disk 40 MB/min or more"];

/** `paths`: class and data of each. A cell that no path covers is an outage. */
export function cellAt(paths: readonly (readonly [string, string])[], cell: number): StripCell {
  const covers = (data: string) => runsOf(data).some(([from, to]) => cell >= from && cell < to);
  let state: StripCell["state"] = "down";
  let cpuLevel = 0;
  let diskLevel = 0;
  for (const [name, data] of paths) {
    if (name.length !== 1 || !"nsfgabcde".includes(name) || !covers(data)) continue;
    if (name === "n") state = "none";
    else if (name === "s") state = "stopped";
    else if (name === "f") diskLevel = 1;
    else if (name === "g") diskLevel = 2;
    else {
      state = "up";
      cpuLevel = Math.max(cpuLevel, CPU_CLASSES.indexOf(name));
    }
  }
  return { state, cpuLevel, diskLevel };
}

/** `CPU 90 % or more, disk 20 MB/min or more`, `down`, `stopped`, `nothing known`. */
export function cellWords({ state, cpuLevel, diskLevel }: StripCell): string {
  if (state === "none") return "nothing known";
  if (state !== "up") return state;
  return `CPU ${CPU_WORDS[cpuLevel] ?? ""}${DISK_WORDS[diskLevel] ?? ""}`;
}
