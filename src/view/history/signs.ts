/** The history of one machine as a line of characters, for a terminal and for a text browser. */
import { cpuLevel, THRESHOLDS } from "../thresholds.ts";
import type { Cells } from "./cells.ts";

/** Characters of a history in text: one hour each, by default. */
export const SIGNS = 24;

const { lightPercent, busyPercent, fullPercent } = THRESHOLDS.cpu;

/** What the signs mean. */
export const SIGNS_LEGEND = `. idle  - CPU ${lightPercent} %  = ${busyPercent} %  # ${fullPercent} %  x down, blank: stopped or not known`;

/** One for each of `CPU_LEVELS`: light and moderate use look alike. */
const LEVEL_SIGNS = ".--=#";

/** One character for each group of cells: an outage wins, then the highest CPU. */
export function signsOf({ state, cpu }: Cells): string {
  let text = "";
  for (let column = 0; column < SIGNS; column += 1) {
    const from = Math.floor((column * state.length) / SIGNS);
    const to = Math.max(from + 1, Math.floor(((column + 1) * state.length) / SIGNS));
    let sign = " ";
    let level = -1;
    for (let cell = from; cell < to; cell += 1) {
      if (state[cell] === "down") sign = "x";
      if (state[cell] === "up" && (cpu[cell] ?? -1) >= 0) {
        level = Math.max(level, cpuLevel(cpu[cell] ?? 0));
      }
    }
    text += sign === "x" || level < 0 ? sign : LEVEL_SIGNS[level];
  }
  return text;
}
