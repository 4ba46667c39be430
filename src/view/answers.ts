/**
 * The three answers at the top of the page: which machine is free, who is using what, what is
 * down and not well. Five lines each, or six where "1 more" would take as much room; machines
 * that fell together are one line.
 */

import { shownName, shownText } from "../base/shown-text.ts";
import type { ProcessReport, Report } from "../protocol/report.ts";
import { type Facts, type ProcessFacts, processFacts } from "./facts.ts";
import { bytes, duration, figure, percent } from "./format.ts";
import type { WarnedSinceOf } from "./history/warned-since.ts";
import { machineHref } from "./machine-href.ts";
import { isSwappingSubject, isThere, type Subject } from "./subject.ts";
import { stateFor } from "./subject-words.ts";
import type { Times } from "./times.ts";
import type { Warning } from "./warnings.ts";

export interface Answers {
  readonly free: readonly FreeLine[];
  readonly using: readonly UsingLine[];
  readonly usingMore: number;
  readonly unwell: readonly UnwellLine[];
  readonly unwellMore: number;
  /** Those that the answers are about: fewer than all when the reader has narrowed them. */
  readonly chosenCount: number;
  readonly machineCount: number;
}

export interface FreeLine {
  readonly name: string;
  readonly href: string;
  readonly cores: string;
  readonly ofCores: string;
  readonly memory: string;
  readonly ofMemory: string;
  readonly users: string;
  readonly isDiskFull: boolean;
}

export interface UsingLine {
  readonly name: string;
  readonly href: string;
  readonly user: string;
  readonly userKey: string;
  readonly command: string;
  readonly cores: string;
  readonly ofCores: string;
  readonly memory: string;
}

export interface UnwellLine {
  readonly mark: "down" | "silent" | "stopped" | "warn";
  readonly word: string;
  readonly name: string;
  readonly href: string;
  /** `3h02m`; empty where nobody knows since when. */
  readonly lasts: string;
  readonly detail: string;
}

const LINES = 5;
/** The line between using a machine and living on it: the strip's "low CPU" of 45 %. */
const LARGE_PERCENT = 45;
const LEAST_FREE_MEMORY_PERCENT = 10;
const LEAST_FREE_CORES_PERCENT = 30;
/** Machines that fell within so long of each other fell together: a switch, a fuse, a rack. */
const TOGETHER_MS = 90_000;
const LEAST_TOGETHER = 3;

function freeMemoryPercent({ memoryPercent }: Facts): number | undefined {
  return memoryPercent === undefined ? undefined : 100 - memoryPercent;
}

function isOffered(subject: Subject): boolean {
  const { facts, state } = subject;
  if (state !== "up" || facts.cpuPercent === undefined) return false;
  const memory = freeMemoryPercent(facts);
  return (
    !isSwappingSubject(subject) &&
    (memory === undefined || memory >= LEAST_FREE_MEMORY_PERCENT) &&
    100 - facts.cpuPercent >= LEAST_FREE_CORES_PERCENT
  );
}

function isDiskFull(subject: Subject): boolean {
  return subject.warnings.some(({ kind }) => kind === "disk");
}

function freeLine(subject: Subject): FreeLine {
  const { facts, machine } = subject;
  const idle = 100 - (facts.cpuPercent ?? 100);
  const users = (facts.users ?? []).slice(0, 3).map((name) => shownText(name, 20));
  const free = facts.memoryFreeBytes;
  const share = freeMemoryPercent(facts);
  return {
    name: shownName(machine, 24),
    href: machineHref(subject.slug),
    cores: facts.coresFree === undefined ? `${percent(idle)} %` : figure(facts.coresFree),
    ofCores: facts.cores === undefined ? "" : `of ${facts.cores}`,
    memory: free === undefined ? (share === undefined ? "" : `${percent(share)} %`) : bytes(free),
    ofMemory:
      facts.memoryTotalBytes === undefined
        ? ""
        : `of ${bytes(facts.memoryTotalBytes).split(" ")[0]}`,
    users: facts.users === undefined ? "" : users.length === 0 ? "nobody" : users.join(", "),
    isDiskFull: isDiskFull(subject),
  };
}

/** Most free cores first, then most free memory; a full disk comes last. */
function freeOf(subjects: readonly Subject[]): FreeLine[] {
  return subjects
    .filter(isOffered)
    .sort(
      (a, b) =>
        Number(isDiskFull(a)) - Number(isDiskFull(b)) ||
        Math.round(b.facts.coresFree ?? 0) - Math.round(a.facts.coresFree ?? 0) ||
        (b.facts.memoryFreeBytes ?? 0) - (a.facts.memoryFreeBytes ?? 0),
    )
    .slice(0, LINES)
    .map(freeLine);
}

/** Asked of each process of each machine, so it makes nothing. */
function isLarge({ cpuPercent = 0, memoryPercent = 0 }: ProcessReport, report: Report): boolean {
  // Of a machine that does not tell its cores, the percentage of one core has to do.
  const cores = report.host?.cores || 1;
  return cpuPercent / cores >= LARGE_PERCENT || memoryPercent >= LARGE_PERCENT;
}

function usingOf(subjects: readonly Subject[]): { lines: UsingLine[]; more: number } {
  const large: { subject: Subject; process: ProcessFacts }[] = [];
  for (const subject of subjects) {
    const { report } = subject;
    if (report === undefined || !isThere(subject.state)) continue;
    for (const one of report.processes ?? []) {
      if (isLarge(one, report)) large.push({ subject, process: processFacts(one, report) });
    }
  }
  large.sort(
    (a, b) =>
      (b.process.cores ?? 0) - (a.process.cores ?? 0) ||
      (b.process.memoryBytes ?? 0) - (a.process.memoryBytes ?? 0),
  );
  const lines = large.slice(0, shownCount(large.length)).map(({ subject, process }) => ({
    name: shownName(subject.machine, 24),
    href: machineHref(subject.slug),
    user: shownText(process.user, 24),
    userKey: process.user,
    command: shownText(process.command, 32),
    cores: process.cores === undefined ? "" : figure(process.cores),
    ofCores: subject.facts.cores === undefined ? "" : `of ${subject.facts.cores}`,
    memory:
      process.memoryBytes !== undefined
        ? bytes(process.memoryBytes)
        : process.memoryPercent === undefined
          ? ""
          : `${percent(process.memoryPercent)} %`,
  }));
  return { lines, more: large.length - lines.length };
}

interface Now {
  readonly times: Times;
  readonly nowMs: number;
  readonly warnedSince?: WarnedSinceOf;
}

type Absent = "down" | "silent" | "stopped";

function absentLine(subject: Subject, mark: Absent, { times, nowMs }: Now): UnwellLine {
  const { machine } = subject;
  const since = `since ${times.since(subject.stateSinceWallMs ?? nowMs, nowMs)}`;
  const unanswered = machine.unanswered;
  const isCounted = mark === "silent" && unanswered > 0;
  return {
    mark,
    word: mark,
    name: shownName(machine, 24),
    href: machineHref(subject.slug),
    lasts: stateFor(subject, nowMs),
    detail: isCounted
      ? `${unanswered} ${unanswered === 1 ? "question" : "questions"} unanswered`
      : since,
  };
}

/** Machines of one state, newest first; three or more that fell together as one line. */
function absentLines(subjects: readonly Subject[], mark: Absent, now: Now): UnwellLine[] {
  const since = (subject: Subject) => subject.stateSinceWallMs ?? 0;
  const ones = subjects.filter(({ state }) => state === mark).sort((a, b) => since(b) - since(a));
  const lines: UnwellLine[] = [];
  for (let index = 0; index < ones.length; ) {
    const first = ones[index];
    if (first === undefined) break;
    let end = index + 1;
    for (; end < ones.length; end += 1) {
      const [before, after] = [ones[end - 1], ones[end]];
      if (before === undefined || after === undefined) break;
      if (since(before) - since(after) > TOGETHER_MS) break;
    }
    const group = ones.slice(index, end);
    if (group.length < LEAST_TOGETHER) {
      lines.push(...group.map((subject) => absentLine(subject, mark, now)));
    } else {
      const names = group.map(({ machine }) => shownName(machine, 16)).sort();
      lines.push({
        ...absentLine(first, mark, now),
        name: `${names[0]}…${names.at(-1)}`,
        href: `/?filter=state:${mark}`,
        detail: `${group.length} together, since ${now.times.since(since(first), now.nowMs)}`,
      });
    }
    index = end;
  }
  return lines;
}

/** What slows its users most comes first. */
const WARNING_ORDER = ["swapping", "disk", "clone", "clock"] as const;

interface Warned {
  readonly subject: Subject;
  readonly warning: Warning;
}

function warnedOf(subjects: readonly Subject[]): Warned[] {
  const warned: Warned[] = [];
  for (const subject of subjects) {
    for (const warning of subject.warnings) warned.push({ subject, warning });
  }
  const order = ({ warning }: Warned) => WARNING_ORDER.indexOf(warning.kind);
  return warned.sort((a, b) => order(a) - order(b));
}

function warningLine({ subject, warning }: Warned, { nowMs, warnedSince }: Now): UnwellLine {
  const since = warnedSince?.(subject.machine.id, warning.kind);
  const lasted = since === undefined ? "" : duration((nowMs - since.sinceWallMs) / 1000);
  return {
    mark: "warn",
    word: warning.short,
    name: shownName(subject.machine, 24),
    href: machineHref(subject.slug),
    lasts: since?.isAtLeast ? `${lasted}+` : lasted,
    detail: warning.detail,
  };
}

/** So many that what is left is more than one line. */
function shownCount(all: number): number {
  return all === LINES + 1 ? all : Math.min(all, LINES);
}

/**
 * Free and in use among those that the reader chose (a tag, a user); what is not well is said of
 * all, for a filter must not hide it.
 */
export function answersOf(chosen: readonly Subject[], all: readonly Subject[], now: Now): Answers {
  const using = usingOf(chosen);
  // Only of those that are shown is it asked since when.
  const unwell = [
    ...absentLines(all, "down", now),
    ...absentLines(all, "silent", now),
    ...warnedOf(all),
    ...absentLines(all, "stopped", now),
  ];
  const shown = shownCount(unwell.length);
  return {
    free: freeOf(chosen),
    using: using.lines,
    usingMore: using.more,
    unwell: unwell
      .slice(0, shown)
      .map((line) => ("warning" in line ? warningLine(line, now) : line)),
    unwellMore: unwell.length - shown,
    chosenCount: chosen.length,
    machineCount: all.length,
  };
}
