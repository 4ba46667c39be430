/**
 * One row of the table of machines as plain data: state, strip, figures or the sentence that
 * stands in their place. No answer, no figures: old numbers never stand in live columns.
 */

import { shownName, shownText } from "../../base/shown-text.ts";
import type { StripPoint } from "../../store/kept.ts";
import { type Facts, isIdle, processFacts } from "../../view/facts.ts";
import type { ProcessTest } from "../../view/filter.ts";
import { bytes, decimal, figure, percent, perSecond } from "../../view/format.ts";
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
  /** `41d` of uptime, or how long it is in this state. */
  readonly stateFor: string;
  readonly strip: Strip;
  readonly body:
    | { readonly kind: "figures"; readonly figures: RowFigures }
    | { readonly kind: "sentence"; readonly text: string };
}

/** What is unknown is absent, and its cell stays empty. */
export interface RowFigures {
  readonly cpu?: CpuCell;
  readonly top?:
    | {
        readonly user: string;
        readonly command: string;
        readonly cores: string;
      }
    | "idle";
  readonly warnings: readonly string[];
  readonly load?: string;
  readonly memory?: { readonly percent: string; readonly total?: string; readonly width: number };
  readonly swap?: { readonly text: string; readonly isWarning: boolean };
  readonly disk?: string;
  readonly network?: string;
  readonly pressure?: string;
  readonly users: string;
}

export interface CpuCell {
  readonly percent: string;
  readonly cores?: string;
  readonly bar: CpuBar;
  readonly words: string;
}

/** Whole percents, one after the other. */
export interface CpuBar {
  readonly user: number;
  readonly system: number;
  readonly wait: number;
}

export interface RowContext {
  readonly times: Times;
  readonly nowMs: number;
  readonly axis: Axis;
  readonly updateSeconds: number;
  readonly strips: ReadonlyMap<string, readonly StripPoint[]>;
  readonly cursorMs?: number | undefined;
  /** The largest of these stands in place of the top process. */
  readonly isWanted?: ProcessTest | undefined;
}

const MOST_USERS = 3;

export function cpuBarOf(facts: Facts): CpuBar {
  const user = Math.round(facts.userPercent ?? facts.cpuPercent ?? 0);
  const system = Math.round(facts.systemPercent ?? 0);
  const wait = Math.round(facts.waitPercent ?? 0);
  return { user, system, wait };
}

function cpuCell(facts: Facts): CpuCell | undefined {
  if (facts.cpuPercent === undefined) return undefined;
  const parts = [
    ["user", facts.userPercent],
    ["system", facts.systemPercent],
    ["waiting", facts.waitPercent],
  ] as const;
  const known = parts.flatMap(([word, value]) =>
    value === undefined ? [] : [`${word} ${percent(value)}`],
  );
  return {
    percent: percent(facts.cpuPercent),
    ...(facts.cores === undefined ? {} : { cores: String(facts.cores) }),
    bar: cpuBarOf(facts),
    words: known.join(", "),
  };
}

function topCell(subject: Subject, isWanted?: ProcessTest): RowFigures["top"] | undefined {
  const { cpuPercent } = subject.facts;
  const { report } = subject;
  if (report?.processes === undefined) return undefined;
  const wanted = isWanted && report.processes.find(isWanted);
  const top = wanted === undefined ? subject.facts.top : processFacts(wanted, report);
  // A machine whose CPU is unknown is not said to be idle.
  if (top === undefined || (wanted === undefined && isIdle(top)))
    return cpuPercent === undefined ? undefined : "idle";
  return {
    user: top.user,
    command: shownText(top.command),
    cores: coresText(top),
  };
}

export function usersText(subject: Subject): string {
  const users = subject.facts.users ?? [];
  const said = users.slice(0, MOST_USERS).map((name) => shownText(name, 20));
  const more = users.length - said.length;
  return said.join(", ") + (more > 0 ? ` +${more}` : "");
}

function swapCell(subject: Subject): RowFigures["swap"] {
  const { swapUsedBytes: used, swapUsedPercent: share } = subject.facts;
  const isWarning = subject.warnings.some(({ kind }) => kind === "swapping");
  if (used !== undefined) return { text: bytes(used), isWarning };
  return share === undefined ? undefined : { text: `${percent(share)} %`, isWarning };
}

function memoryCell(facts: Facts): RowFigures["memory"] {
  if (facts.memoryPercent === undefined) return undefined;
  return {
    percent: percent(facts.memoryPercent),
    ...(facts.memoryTotalBytes === undefined ? {} : { total: bytes(facts.memoryTotalBytes) }),
    width: Math.round(facts.memoryPercent),
  };
}

function pressureCell(facts: Facts): string | undefined {
  const { pressure } = facts;
  if (pressure === undefined) return undefined;
  const value = percent(pressure.percent);
  return value === "0" ? "0" : `${pressure.of} ${value}`;
}

export function figuresOf(subject: Subject, isWanted?: ProcessTest): RowFigures {
  const { facts } = subject;
  const cpu = cpuCell(facts);
  const top = topCell(subject, isWanted);
  const load = facts.loadPerCore ?? facts.load;
  const memory = memoryCell(facts);
  const swap = swapCell(subject);
  const pressure = pressureCell(facts);
  const { diskBytesPerSecond: disk, networkBytesPerSecond: network } = facts;
  return {
    ...(cpu === undefined ? {} : { cpu }),
    ...(top === undefined ? {} : { top }),
    warnings: subject.warnings.map(({ word }) => word),
    ...(load === undefined ? {} : { load: load < 9.95 ? decimal(load) : figure(load) }),
    ...(memory === undefined ? {} : { memory }),
    ...(swap === undefined ? {} : { swap }),
    ...(disk === undefined ? {} : { disk: perSecond(disk) }),
    ...(network === undefined ? {} : { network: perSecond(network) }),
    ...(pressure === undefined ? {} : { pressure }),
    users: usersText(subject),
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
        ? { kind: "figures", figures: figuresOf(subject, context.isWanted) }
        : { kind: "sentence", text: sentence },
  };
}
