/**
 * What is wrong with a machine that is there: it swaps, a disk is nearly full, its clock is off, or
 * another machine uses its ID.
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
  /** `7.1 G in swap, 25 M/s`, `/scratch 97 %, 31 G left`, `2.4 s ahead of node01's clock`. */
  readonly detail: string;
  /** What to do about it. */
  readonly remedy: string;
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
    detail:
      (held === undefined ? "in and out of swap" : `${bytes(held)} in swap`) +
      (rate === undefined ? "" : `, ${perSecond(rate)} M/s`),
    remedy: "short of memory; see who uses it below",
  };
}

/** `observer`: the name of the machine whose clock the offset is measured against. */
export function warningsOf(
  machine: Pick<Machine, "clockOffsetSeconds" | "isClone">,
  facts: Facts,
  observer: string,
): readonly Warning[] {
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
      remedy: "make room",
    });
  }
  const offset = machine.clockOffsetSeconds;
  if (offset !== undefined && Math.abs(offset) > THRESHOLDS.clockOffsetSeconds) {
    warnings.push({
      kind: "clock",
      word: "clock",
      short: "clock",
      detail: `${apart(offset)} ${offset < 0 ? "behind" : "ahead of"} ${observer}'s clock`,
      remedy: "start a time service (chrony, systemd-timesyncd)",
    });
  }
  if (machine.isClone) {
    warnings.push({
      kind: "clone",
      word: "clone",
      short: "clone",
      detail: "two machines share this ID",
      remedy: "give each its own /etc/machine-id and restart",
    });
  }
  return warnings;
}
