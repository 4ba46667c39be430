/**
 * What a row of the report is about: a machine with its report and figures, as of now or as of
 * an earlier time; and the reader's choice among them by `?filter=` and `?tag=`, and their order
 * by `?sort=`.
 */

import { shownText } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import type { SortKey } from "../page/page-query.ts";
import type { ProcessReport, Report } from "../protocol/report.ts";
import type { Entry, MachineState } from "../store/kept.ts";
import type { ClusterView } from "./cluster-view.ts";
import { type Facts, factsOf, isIdle } from "./facts.ts";
import { type Warning, warningsOf } from "./warnings.ts";

/** `unknown`: there is no entry of the time asked for. */
export type SubjectState = MachineState | "unknown";

export interface Subject {
  readonly machine: Machine;
  readonly key: string;
  readonly state: SubjectState;
  readonly report?: Report | undefined;
  readonly facts: Facts;
  /** Empty for a machine that is not there. */
  readonly warnings: readonly Warning[];
  /** Since when it is in this state; absent for a state of the past. */
  readonly stateSinceWallMs?: number;
}

const NO_FACTS: Facts = {};

export function isThere(state: SubjectState): boolean {
  return state === "up" || state === "silent" || state === "new";
}

export function subjectsNow(view: ClusterView, keys: ReadonlyMap<string, string>): Subject[] {
  return view.machines.map((machine) => {
    const { report, state } = machine;
    const facts = report === undefined ? NO_FACTS : factsOf(report);
    return {
      machine,
      key: keys.get(machine.id) ?? machine.id,
      state,
      report,
      facts,
      warnings: isThere(state) ? warningsOf(machine, facts) : [],
      stateSinceWallMs: machine.stateSinceWallMs,
    };
  });
}

export function subjectsAt(
  view: ClusterView,
  keys: ReadonlyMap<string, string>,
  entries: ReadonlyMap<string, Entry>,
): Subject[] {
  return view.machines.map((machine) => {
    const entry = entries.get(machine.id);
    const report = entry?.state === "up" ? entry.report : undefined;
    const facts = report === undefined ? NO_FACTS : factsOf(report);
    return {
      machine,
      key: keys.get(machine.id) ?? machine.id,
      state: entry?.state ?? "unknown",
      report,
      facts,
      // The clock and the clone are known only of now.
      warnings: warningsOf({ ...machine, clockOffsetSeconds: 0, isClone: false }, facts),
    };
  });
}

const STATES: readonly MachineState[] = ["up", "silent", "stopped", "down", "new"];
const FORMS = "name:, user:, process:, state:, tag:";
/** More words than anybody combines; each is looked for in every machine. */
const MOST_WORDS = 8;

/** Whether a process is one of those that the reader looks for. */
export type ProcessTest = (process: ProcessReport) => boolean;

export interface Filter {
  readonly accepts: (subject: Subject) => boolean;
  /** Absent where the filter is about no process. */
  readonly isWanted?: ProcessTest;
  readonly notices: readonly string[];
}

/** A machine's own tags and those of its report, in lower case. */
export function tagsOf(machine: Machine): readonly string[] {
  return machine.tags.map((tag) => tag.toLowerCase());
}

function hasUser(subject: Subject, part: string): boolean {
  return (
    (subject.report?.processes ?? []).some((one) => one.user.toLowerCase().includes(part)) ||
    (subject.report?.users ?? []).some((one) => one.name.toLowerCase().includes(part))
  );
}

function hasProcess(subject: Subject, part: string): boolean {
  return (subject.report?.processes ?? []).some((one) => one.command.toLowerCase().includes(part));
}

/** Of a machine without an entry of the time asked for nothing is known, so nothing bad. */
export function isProblem({ state, warnings }: Subject): boolean {
  return (state !== "up" && state !== "unknown") || warnings.length > 0;
}

type Test = (subject: Subject) => boolean;

/** One word of the filter; a string is a sentence about what is wrong with it. */
function testOf(word: string): Test | string {
  const lower = word.toLowerCase();
  const split = lower.indexOf(":");
  const form = split > 0 ? lower.slice(0, split) : "";
  const value = lower.slice(split + 1);
  const inName: Test = ({ machine }) => machine.name.toLowerCase().includes(value);
  const shown = `“${shownText(word, 60)}”`;
  // An IPv6 address has colons of its own.
  const isAddress = /^[0-9a-f:.]+$/.test(lower) && split >= 0 && lower.indexOf(":", split + 1) > 0;
  if (form !== "" && value === "") return `${shown} names nothing to look for.`;
  if (isAddress) return ({ machine }) => machine.addresses.some((one) => one.startsWith(lower));
  switch (form) {
    case "name":
      return inName;
    case "user":
      return (subject) => hasUser(subject, value);
    case "process":
      return (subject) => hasProcess(subject, value);
    case "tag":
      return ({ machine }) => tagsOf(machine).includes(value);
    case "state":
      if (!STATES.some((state) => state === value)) {
        return `${shown} is no state: use ${STATES.map((state) => `state:${state}`).join(", ")}.`;
      }
      return (subject) => subject.state === value;
    case "":
      if (lower === "problem") return isProblem;
      return (subject) =>
        subject.machine.name.toLowerCase().includes(lower) ||
        subject.machine.addresses.some((address) => address.startsWith(lower)) ||
        subject.state === lower ||
        tagsOf(subject.machine).includes(lower) ||
        hasUser(subject, lower) ||
        hasProcess(subject, lower);
    default:
      return `${shown} is no filter: use a word or one of ${FORMS}.`;
  }
}

/**
 * `user:` and `process:` say which processes; without them a word that is part of a user's or a
 * command's name does.
 */
function wantedProcess(words: readonly string[]): ProcessTest | undefined {
  const named: ProcessTest[] = [];
  const loose: string[] = [];
  for (const word of words.map((one) => one.toLowerCase())) {
    const value = word.slice(word.indexOf(":") + 1);
    if (value === "") continue;
    if (word.startsWith("user:")) named.push(({ user }) => user.toLowerCase().includes(value));
    else if (word.startsWith("process:")) {
      named.push(({ command }) => command.toLowerCase().includes(value));
    } else if (value === word) loose.push(word);
  }
  if (named.length > 0) return (process) => named.every((test) => test(process));
  if (loose.length === 0) return undefined;
  return ({ user, command }) =>
    loose.some((part) => `${user}\n${command}`.toLowerCase().includes(part));
}

/** All words must match; one that is not understood is left out, with a sentence. */
export function filterOf(text: string, tag: string | undefined): Filter {
  const notices: string[] = [];
  const tests: Test[] = [];
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words.length > MOST_WORDS) notices.push(`Only the first ${MOST_WORDS} words are looked for.`);
  for (const word of words.slice(0, MOST_WORDS)) {
    const test = testOf(word);
    if (typeof test === "string") notices.push(test);
    else tests.push(test);
  }
  if (tag !== undefined) {
    const wanted = tag.toLowerCase();
    tests.push(({ machine }) => tagsOf(machine).includes(wanted));
  }
  const isWanted = wantedProcess(words.slice(0, MOST_WORDS));
  return {
    accepts: (subject) => tests.every((test) => test(subject)),
    ...(isWanted === undefined ? {} : { isWanted }),
    notices,
  };
}

/** What is not there at all comes first, what is well comes last. */
const STATE_ORDER: readonly SubjectState[] = ["down", "silent", "stopped", "new", "up", "unknown"];

function sortValue(subject: Subject, key: SortKey): number | string | undefined {
  const { facts } = subject;
  // A row that shows no figures is not sorted by them.
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

/** Names as a person counts, node2 before node10; ten times as fast as a collator. */
export function nameOrder(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
}

/** A new list; the unknown last in either direction, equals in the order in which they came. */
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

export function isSwappingSubject(subject: Subject): boolean {
  return subject.warnings.some(({ kind }) => kind === "swapping");
}
