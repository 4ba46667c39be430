/**
 * One row of the table of machines as plain data: state, strip, and its figures. A machine that is
 * down or stopped has a sentence in their place: old numbers never stand in current columns.
 */

import { shownName, shownText } from "../../base/shown-text.ts";
import type { StripPoint } from "../../store/history-types.ts";
import { type Facts, isIdle, isSwapping, processFacts } from "../../view/facts.ts";
import type { ProcessTest } from "../../view/filter.ts";
import { bytes, decimal, figure, known, percent, perSecond } from "../../view/format.ts";
import type { Axis } from "../../view/history/time-axis.ts";
import { machineHref } from "../../view/machine-href.ts";
import type { Subject, SubjectState } from "../../view/subject.ts";
import { coresText, sentenceOf, stateFor } from "../../view/subject-words.ts";
import type { Times } from "../../view/times.ts";
import { type Strip, stripOf } from "../history/strip.ts";

export interface MachineRow {
  readonly slug: string;
  readonly href: string;
  readonly name: string;
  readonly isSelf: boolean;
  readonly state: SubjectState;
  /** The uptime of a machine that is up, `41d`; otherwise how long it has been in its state. */
  readonly stateFor: string;
  readonly strip: Strip;
  readonly body: RowFigures | { readonly kind: "sentence"; readonly text: string };
}

/** A figure that is unknown is absent or empty, and its cell stays empty. */
export interface RowFigures {
  readonly kind: "figures";
  readonly cpu?: CpuCell | undefined;
  readonly top?: TopProcess | "idle" | undefined;
  readonly warnings: readonly string[];
  readonly load: string;
  readonly memory?: MemoryCell | undefined;
  readonly swap: string;
  readonly isSwapping: boolean;
  readonly disk: string;
  readonly network: string;
  readonly pressure: string;
  readonly users: string;
}

export interface CpuCell {
  readonly percent: string;
  readonly cores: string;
  /** Class and whole percent of each part. */
  readonly bar: readonly (readonly [string, number])[];
  readonly words: string;
}

export interface MemoryCell {
  readonly percent: string;
  readonly total: string;
  readonly width: number;
}

export interface TopProcess {
  readonly user: string;
  readonly command: string;
  readonly cores: string;
}

export interface RowContext {
  readonly times: Times;
  readonly nowMs: number;
  readonly axis: Axis;
  readonly updateSeconds: number;
  readonly strips: ReadonlyMap<string, readonly StripPoint[]>;
  readonly cursorMs?: number | undefined;
  /** The largest of these takes the place of the top process. */
  readonly isWanted?: ProcessTest | undefined;
}

const MOST_USERS = 3;

function cpuCell(facts: Facts): CpuCell | undefined {
  const { cpuPercent, userPercent, systemPercent, waitPercent, cores } = facts;
  if (cpuPercent === undefined) return undefined;
  const words = [
    known(userPercent, (value) => `user ${percent(value)}`),
    known(systemPercent, (value) => `system ${percent(value)}`),
    known(waitPercent, (value) => `I/O wait ${percent(value)}`),
  ];
  return {
    percent: percent(cpuPercent),
    cores: known(cores, String),
    bar: [
      ["cpu-user", Math.round(userPercent ?? cpuPercent)],
      ["cpu-system", Math.round(systemPercent ?? 0)],
      ["cpu-wait", Math.round(waitPercent ?? 0)],
    ],
    words: words.filter((part) => part !== "").join(", "),
  };
}

function topCell({ facts, report }: Subject, isWanted?: ProcessTest): RowFigures["top"] {
  if (report?.processes === undefined) return undefined;
  const wanted = isWanted && report.processes.find(isWanted);
  const top = wanted === undefined ? facts.top : processFacts(wanted, report);
  if (top === undefined || (wanted === undefined && isIdle(top))) {
    // Without a CPU figure nobody knows whether the machine is idle.
    return facts.cpuPercent === undefined ? undefined : "idle";
  }
  return { user: top.user, command: shownText(top.command), cores: coresText(top) };
}

function usersText({ users = [] }: Facts): string {
  const shown = users.slice(0, MOST_USERS).map((name) => shownText(name, 20));
  const more = users.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` +${more}` : "");
}

function swapText({ swapUsedBytes, swapUsedPercent }: Facts): string {
  if (swapUsedBytes !== undefined) return bytes(swapUsedBytes);
  return known(swapUsedPercent, (value) => `${percent(value)} %`);
}

function memoryCell({ memoryPercent, memoryTotalBytes }: Facts): MemoryCell | undefined {
  if (memoryPercent === undefined) return undefined;
  return {
    percent: percent(memoryPercent),
    total: known(memoryTotalBytes, bytes),
    width: Math.round(memoryPercent),
  };
}

function pressureText({ pressure }: Facts): string {
  if (pressure === undefined) return "";
  const value = percent(pressure.percent);
  return value === "0" ? "0" : `${pressure.of} ${value}`;
}

function figuresOf(subject: Subject, isWanted?: ProcessTest): RowFigures {
  const { facts, warnings } = subject;
  return {
    kind: "figures",
    cpu: cpuCell(facts),
    top: topCell(subject, isWanted),
    warnings: warnings.map(({ word }) => word),
    load: known(facts.loadPerCore ?? facts.load, (value) =>
      value < 9.95 ? decimal(value) : figure(value),
    ),
    memory: memoryCell(facts),
    swap: swapText(facts),
    isSwapping: isSwapping(facts),
    disk: known(facts.diskBytesPerSecond, perSecond),
    network: known(facts.networkBytesPerSecond, perSecond),
    pressure: pressureText(facts),
    users: usersText(facts),
  };
}

export function rowOf(subject: Subject, context: RowContext): MachineRow {
  const { machine } = subject;
  const sentence = sentenceOf(subject, context);
  return {
    slug: subject.slug,
    href: machineHref(subject.slug),
    name: shownName(machine),
    isSelf: machine.isSelf,
    state: subject.state,
    stateFor: stateFor(subject, context.nowMs),
    strip: stripOf(
      {
        points: context.strips.get(machine.id) ?? [],
        state: machine.state,
        updateSeconds: machine.report?.updateSeconds ?? context.updateSeconds,
      },
      context,
    ),
    body:
      sentence === undefined
        ? figuresOf(subject, context.isWanted)
        : { kind: "sentence", text: sentence },
  };
}
