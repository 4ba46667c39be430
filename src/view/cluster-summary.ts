/** The whole cluster in a few words: how many machines are in each state, how old the reports are. */
import type { Machine } from "../cluster/machine.ts";
import type { MachineState } from "../store/history-types.ts";
import { duration } from "./format.ts";

export type StateCount = Readonly<ReturnType<typeof stateCounts>[number]>;

export const STATES: readonly MachineState[] = ["up", "silent", "stopped", "down", "new"];

/** Number of machines in each state; `new`, which lasts a second, only when there is such a machine. */
export function stateCounts(machines: readonly Machine[]) {
  return STATES.map((state) => ({
    state,
    count: machines.filter((machine) => machine.state === state).length,
  })).filter(({ state, count }) => state !== "new" || count > 0);
}

/** `8 up, 1 silent, 1 stopped, 1 down`. */
export function countWords(counts: readonly StateCount[]): string {
  return counts
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(", ");
}

/** `reports 4s–9m old`; empty when there is none. */
export function reportAges(machines: readonly Machine[]): string {
  const ages = machines
    .filter(({ state }) => state === "up")
    .flatMap(({ reportAgeSeconds: age }) => (age === undefined ? [] : [age]));
  if (ages.length === 0) return "";
  const least = duration(Math.min(...ages));
  const most = duration(Math.max(...ages));
  if (ages.length === 1) return `report ${most} old`;
  return least === most ? `reports ${most} old` : `reports ${least}–${most} old`;
}
