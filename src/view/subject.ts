/** A machine with its report, figures and warnings, as of now or as of an earlier time. */
import { shownName } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import type { Report } from "../protocol/report.ts";
import type { Entry, MachineState } from "../store/history-types.ts";
import type { ClusterView } from "./cluster-view.ts";
import { type Facts, factsOf, type ProcessFacts } from "./facts.ts";
import { type Warning, warningsOf } from "./warnings.ts";
import { wholeNames, withWholeNames } from "./whole-names.ts";

/** `unknown`: the history has no entry for the time asked for. */
export type SubjectState = MachineState | "unknown";

export interface Subject {
  readonly machine: Machine;
  readonly slug: string;
  readonly state: SubjectState;
  readonly report?: Report | undefined;
  readonly facts: Facts;
  /** Whether the report counts as of now, or as of the time in the past. */
  readonly isCurrent: boolean;
  /** Empty for a machine that is down or stopped. */
  readonly warnings: readonly Warning[];
  /** When the machine went into this state; absent for a time in the past. */
  readonly stateSinceWallMs?: number;
}

/** A process and where it runs. */
export interface SubjectProcess {
  readonly subject: Subject;
  readonly process: ProcessFacts;
}

const NO_FACTS: Facts = {};

function isThere(state: SubjectState): boolean {
  return state === "up" || state === "silent" || state === "new";
}

/** The name of the machine that shows the cluster. */
export function selfName({ machines }: ClusterView): string {
  const self = machines.find(({ isSelf }) => isSelf);
  return self === undefined ? "this machine" : shownName(self);
}

/** `observer`: the name of the machine that shows the cluster. */
export function subjectNow(
  machine: Machine,
  slugs: ReadonlyMap<string, string>,
  observer: string,
): Subject {
  const { report, state, stateSinceWallMs } = machine;
  const facts = report === undefined ? NO_FACTS : factsOf(report);
  const isCurrent = isThere(state) && machine.reportTrouble === undefined;
  const warnedFacts = isCurrent ? facts : NO_FACTS;
  return {
    machine,
    slug: slugs.get(machine.id) ?? machine.id,
    state,
    report,
    facts,
    isCurrent,
    warnings: isThere(state) ? warningsOf(machine, warnedFacts, observer) : [],
    stateSinceWallMs,
  };
}

export function subjectsNow(view: ClusterView, slugs: ReadonlyMap<string, string>): Subject[] {
  const observer = selfName(view);
  const whole = withWholeNames(view.machines);
  return view.machines.map((machine) => subjectNow(whole(machine), slugs, observer));
}

export function subjectsAt(
  view: ClusterView,
  slugs: ReadonlyMap<string, string>,
  entries: ReadonlyMap<string, Entry>,
): Subject[] {
  const reportOf = (entry: Entry | undefined) => (entry?.state === "up" ? entry.report : undefined);
  const present = view.machines.map(({ report }) => report);
  const whole = wholeNames([...present, ...[...entries.values()].map(reportOf)]);
  return view.machines.map((machine) => {
    const entry = entries.get(machine.id);
    const report = whole(reportOf(entry));
    const facts = report === undefined ? NO_FACTS : factsOf(report);
    return {
      machine,
      slug: slugs.get(machine.id) ?? machine.id,
      state: entry?.state ?? "unknown",
      report,
      facts,
      isCurrent: report !== undefined,
      // The history keeps neither clock offsets nor clones.
      warnings: warningsOf({ clockOffsetSeconds: 0, isClone: false }, facts, ""),
    };
  });
}

/** A machine without an entry for the time asked for is no problem: nothing is known of it. */
export function isProblem({ state, warnings }: Subject): boolean {
  return (state !== "up" && state !== "unknown") || warnings.length > 0;
}
