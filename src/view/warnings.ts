/**
 * What is wrong with a machine that is there: its reports do not come or cannot be read, it swaps, a
 * disk is nearly full, its clock is off, or another machine uses its ID.
 */
import { shownText } from "../base/shown-text.ts";
import type { Machine, ReportTrouble } from "../cluster/machine.ts";
import { type Facts, isSwapping } from "./facts.ts";
import { bytes, decimal, duration, perSecond } from "./format.ts";
import { THRESHOLDS } from "./thresholds.ts";

export interface Warning {
  readonly kind: "report" | "swapping" | "disk" | "clock" | "clone";
  /** The words beside the top process: `reports refused`, `swapping`, `disk 97 %`, `clock`, `clone`. */
  readonly word: string;
  /** The words among the answers: `swapping`, `disk full`, `clock`, `clone`. */
  readonly short: string;
  /** `7.1 G in swap, 25 M/s`, `/scratch 97 %, 31 G left`, `2.4 s ahead of node01's clock`. */
  readonly detail: string;
  /** What to do about it. */
  readonly remedy: string;
  /** When it began; absent where only the history can tell. */
  readonly sinceWallMs?: number;
}

function apart(seconds: number): string {
  const size = Math.abs(seconds);
  return size < 100 ? `${decimal(size)} s` : duration(size);
}

function swapDetail({ swapBytesPerSecond: rate, swapUsedBytes: held }: Facts): string {
  const use = held === undefined ? "in and out of swap" : `${bytes(held)} in swap`;
  return rate === undefined ? use : `${use}, ${perSecond(rate)} M/s`;
}

/** A warning that is called the same everywhere. */
function warning(kind: Warning["kind"], detail: string, remedy: string): Warning {
  return { kind, word: kind, short: kind, detail, remedy };
}

function reportWarning({ kind, sinceWallMs, reason = "" }: ReportTrouble): Warning {
  const isRefused = kind === "refused";
  const word = isRefused ? "reports refused" : "no new report";
  return {
    kind: "report",
    word,
    short: word,
    detail: isRefused ? reason : "it still answers",
    remedy: isRefused
      ? "mend the program there; -dd shows what it sends"
      : "look at the daemon there, and restart it",
    sinceWallMs,
  };
}

/** `observer`: the name of the machine whose clock the offset is measured against. */
export function warningsOf(
  machine: Pick<Machine, "clockOffsetSeconds" | "isClone" | "reportTrouble">,
  facts: Facts,
  observer: string,
): readonly Warning[] {
  const { reportTrouble } = machine;
  const warnings = reportTrouble === undefined ? [] : [reportWarning(reportTrouble)];
  if (isSwapping(facts)) {
    const remedy = "short of memory; see who uses it below";
    warnings.push(warning("swapping", swapDetail(facts), remedy));
  }
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
    const side = offset < 0 ? "behind" : "ahead of";
    const remedy = "start a time service (chrony, systemd-timesyncd)";
    warnings.push(warning("clock", `${apart(offset)} ${side} ${observer}'s clock`, remedy));
  }
  if (machine.isClone) {
    const remedy = "give each its own /etc/machine-id and restart";
    warnings.push(warning("clone", "two machines share this ID", remedy));
  }
  return warnings;
}
