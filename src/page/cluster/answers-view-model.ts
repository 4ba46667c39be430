/**
 * The three answers at the top of the page as lines: which machines are free, who is using what,
 * which machines are down or in trouble.
 */

import { counted, shownName, shownText } from "../../base/shown-text.ts";
import { ANSWER_LINES, firstLines } from "../../view/answers/first-lines.ts";
import { freeMachines, isDiskFull } from "../../view/answers/free-machines.ts";
import { largeProcesses } from "../../view/answers/large-processes.ts";
import { type Trouble, troublesOf } from "../../view/answers/troubles.ts";
import { bytes, duration, percent } from "../../view/format.ts";
import type { WarnedSinceOf } from "../../view/history/warned-since.ts";
import { machineHref } from "../../view/machine-href.ts";
import type { Subject, SubjectProcess } from "../../view/subject.ts";
import { coresFreeText, coresText, memoryFreeText, stateFor } from "../../view/subject-words.ts";
import type { Times } from "../../view/times.ts";

export interface Answers {
  readonly free: readonly FreeLine[];
  readonly using: readonly UsingLine[];
  readonly usingMore: number;
  readonly troubles: readonly TroubleLine[];
  readonly troublesMore: number;
  /** Machines that the answers are about: fewer than all when the reader has narrowed them. */
  readonly chosenCount: number;
  readonly machineCount: number;
}

interface MachineLine {
  readonly name: string;
  readonly href: string;
}

export interface FreeLine extends MachineLine {
  readonly cores: string;
  readonly ofCores: string;
  readonly memory: string;
  readonly ofMemory: string;
  readonly users: string;
  readonly isDiskFull: boolean;
}

export interface UsingLine extends MachineLine {
  readonly user: string;
  readonly command: string;
  readonly cores: string;
  readonly ofCores: string;
  readonly memory: string;
}

export interface TroubleLine extends MachineLine {
  readonly mark: "down" | "silent" | "stopped" | "warning";
  readonly word: string;
  /** `3h02m`; empty where the beginning is unknown. */
  readonly lasts: string;
  readonly detail: string;
}

interface Now {
  readonly times: Times;
  readonly nowMs: number;
  readonly warnedSince?: WarnedSinceOf | undefined;
}

function machineLine({ machine, slug }: Subject): MachineLine {
  return { name: shownName(machine, 24), href: machineHref(slug) };
}

function ofCores({ facts: { cores } }: Subject): string {
  return cores === undefined ? "" : `of ${cores}`;
}

function freeLine(subject: Subject): FreeLine {
  const { users, memoryTotalBytes: total } = subject.facts;
  const names = users?.slice(0, 3).map((name) => shownText(name, 20));
  return {
    ...machineLine(subject),
    cores: coresFreeText(subject.facts),
    ofCores: ofCores(subject),
    memory: memoryFreeText(subject.facts),
    ofMemory: total === undefined ? "" : `of ${bytes(total).split(" ")[0]}`,
    users: names?.length === 0 ? "nobody" : (names?.join(", ") ?? ""),
    isDiskFull: isDiskFull(subject),
  };
}

function usingLine({ subject, process }: SubjectProcess): UsingLine {
  const { memoryBytes, memoryPercent } = process;
  const share = memoryPercent === undefined ? "" : `${percent(memoryPercent)} %`;
  return {
    ...machineLine(subject),
    user: process.user,
    command: shownText(process.command, 32),
    cores: coresText(process),
    ofCores: ofCores(subject),
    memory: memoryBytes === undefined ? share : bytes(memoryBytes),
  };
}

function troubleLine(trouble: Trouble, { times, nowMs, warnedSince }: Now): TroubleLine {
  if (trouble.kind === "warning") {
    const { subject, warning } = trouble;
    const since = warnedSince?.(subject.machine.id, warning.kind);
    const lasted = since === undefined ? "" : duration((nowMs - since.sinceWallMs) / 1000);
    return {
      ...machineLine(subject),
      mark: "warning",
      word: warning.short,
      lasts: since?.isAtLeast ? `${lasted}+` : lasted,
      detail: warning.detail,
    };
  }
  const { kind, subjects } = trouble;
  const [first] = subjects;
  const since = `since ${times.since(first.stateSinceWallMs ?? nowMs, nowMs)}`;
  const { unanswered } = first.machine;
  const line: TroubleLine = {
    ...machineLine(first),
    mark: kind,
    word: kind,
    lasts: stateFor(first, nowMs),
    detail:
      kind === "silent" && unanswered > 0 ? `no reply to ${counted(unanswered, "request")}` : since,
  };
  if (subjects.length === 1) return line;
  const names = subjects.map(({ machine }) => shownName(machine, 16)).sort();
  return {
    ...line,
    name: `${names[0]}…${names.at(-1)}`,
    href: `/?filter=state:${kind}`,
    detail: `${subjects.length} together, ${since}`,
  };
}

/**
 * Free and in use: of the machines that the reader has chosen. In trouble: of all, since a filter
 * must not hide that.
 */
export function answersOf(chosen: readonly Subject[], all: readonly Subject[], now: Now): Answers {
  const using = firstLines(largeProcesses(chosen));
  const troubles = firstLines(troublesOf(all));
  return {
    free: freeMachines(chosen).slice(0, ANSWER_LINES).map(freeLine),
    using: using.shown.map(usingLine),
    usingMore: using.more,
    troubles: troubles.shown.map((trouble) => troubleLine(trouble, now)),
    troublesMore: troubles.more,
    chosenCount: chosen.length,
    machineCount: all.length,
  };
}
