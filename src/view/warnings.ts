/**
 * What a reader should look at though the machine is there: swapping, a disk nearly full, a
 * clock that is off, two daemons under one identity. Words and detail of each.
 */

import { shownText } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import { type Facts, isSwapping } from "./facts.ts";
import { bytes, decimal, perSecond } from "./format.ts";
import { THRESHOLDS } from "./thresholds.ts";

export interface Warning {
  readonly kind: "swapping" | "disk" | "clock" | "clone";
  /** Beside the top process: `swapping`, `disk 97 %`, `clock`, `clone`. */
  readonly word: string;
  /** Among the answers: `swapping`, `disk full`, `clock`, `clone`. */
  readonly short: string;
  /** `7.1 G in swap, 25 M/s`, `/scratch 97 %, 31 G left`, `2.4 s ahead of ours`. */
  readonly detail: string;
}

function apart(seconds: number): string {
  const size = Math.abs(seconds);
  return `${size < 100 ? decimal(size) : Math.round(size)} s`;
}

function swapping(facts: Facts): Warning {
  const rate = facts.swapBytesPerSecond;
  const held = facts.swapUsedBytes;
  return {
    kind: "swapping",
    word: "swapping",
    short: "swapping",
    detail: [
      held === undefined ? "in and out of swap" : `${bytes(held)} in swap`,
      ...(rate === undefined ? [] : [`${perSecond(rate)} M/s`]),
    ].join(", "),
  };
}

export function warningsOf(machine: Machine, facts: Facts): readonly Warning[] {
  const warnings: Warning[] = [];
  if (isSwapping(facts)) warnings.push(swapping(facts));
  const full = facts.fullFilesystem;
  if (full !== undefined) {
    const used = `${Math.floor(full.usedPercent)} %`;
    warnings.push({
      kind: "disk",
      word: `disk ${used}`,
      short: "disk full",
      detail: `${shownText(full.mount)} ${used}, ${bytes(full.freeBytes)} left`,
    });
  }
  const offset = machine.clockOffsetSeconds;
  if (offset !== undefined && Math.abs(offset) > THRESHOLDS.clockOffsetSeconds) {
    warnings.push({
      kind: "clock",
      word: "clock",
      short: "clock",
      detail: `${apart(offset)} ${offset < 0 ? "behind" : "ahead of"} ours`,
    });
  }
  if (machine.isClone) {
    warnings.push({
      kind: "clone",
      word: "clone",
      short: "clone",
      detail: "two machines answer under this id",
    });
  }
  return warnings;
}
