/** The order of the machines in a list: by name, state or one of the figures. */

import { isIdle } from "./facts.ts";
import { isThere, type Subject, type SubjectState } from "./subject.ts";

export const SORT_KEYS = [
  "machine",
  "state",
  "cpu",
  "top",
  "load",
  "mem",
  "swap",
  "disk",
  "net",
  "psi",
  "users",
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** The worst first. */
const STATE_ORDER: readonly SubjectState[] = ["down", "silent", "stopped", "new", "up", "unknown"];

function sortValue(subject: Subject, key: SortKey): number | string | undefined {
  const { facts } = subject;
  // A machine that is down or stopped shows no figures, so none is sorted by.
  if (key !== "machine" && key !== "state" && !isThere(subject.state)) return undefined;
  switch (key) {
    case "machine":
      return nameOrder(subject.machine.name);
    case "state":
      return STATE_ORDER.indexOf(subject.state);
    case "cpu":
      return facts.cpuPercent;
    case "top":
      return isIdle(facts.top) ? 0 : facts.top?.cores;
    case "load":
      return facts.loadPerCore ?? facts.load;
    case "mem":
      return facts.memoryPercent;
    case "swap":
      return facts.swapUsedBytes;
    case "disk":
      return facts.diskBytesPerSecond;
    case "net":
      return facts.networkBytesPerSecond;
    case "psi":
      return facts.pressure?.percent;
    case "users":
      return subject.report?.userCount ?? facts.users?.length;
  }
}

/** Orders names as a person counts, node2 before node10; ten times as fast as a collator. */
export function nameOrder(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
}

/** A new list: unknown values last in both directions, equal ones in the order given. */
export function sorted(
  subjects: readonly Subject[],
  order: { readonly sort: SortKey; readonly isDescending: boolean },
): readonly Subject[] {
  const keyed = subjects.map((subject) => ({ subject, value: sortValue(subject, order.sort) }));
  const sign = order.isDescending ? -1 : 1;
  keyed.sort(({ value: a }, { value: b }) => {
    if (a === undefined || b === undefined)
      return Number(a === undefined) - Number(b === undefined);
    if (typeof a === "string" && typeof b === "string") return a === b ? 0 : a < b ? -sign : sign;
    return sign * (Number(a) - Number(b));
  });
  return keyed.map(({ subject }) => subject);
}
