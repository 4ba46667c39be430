/**
 * What a row of the report is about: a machine with its report and figures, as of now or as of
 * an earlier time; and the reader's choice among them by `?filter=` and `?tag=`, and their order
 * by `?sort=`.
 */

import type { Machine } from "../cluster/machine.ts";
import type { Report } from "../protocol/report.ts";
import type { Entry, MachineState } from "../store/kept.ts";
import type { ClusterView } from "./cluster-view.ts";
import { type Facts, factsOf } from "./facts.ts";
import { type Warning, warningsOf } from "./warnings.ts";

/** `unknown`: there is no entry of the time asked for. */
export type SubjectState = MachineState | "unknown";

export interface Subject {
  readonly machine: Machine;
  readonly slug: string;
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

export function subjectsNow(view: ClusterView, slugs: ReadonlyMap<string, string>): Subject[] {
  return view.machines.map((machine) => {
    const { report, state } = machine;
    const facts = report === undefined ? NO_FACTS : factsOf(report);
    return {
      machine,
      slug: slugs.get(machine.id) ?? machine.id,
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
  slugs: ReadonlyMap<string, string>,
  entries: ReadonlyMap<string, Entry>,
): Subject[] {
  return view.machines.map((machine) => {
    const entry = entries.get(machine.id);
    const report = entry?.state === "up" ? entry.report : undefined;
    const facts = report === undefined ? NO_FACTS : factsOf(report);
    return {
      machine,
      slug: slugs.get(machine.id) ?? machine.id,
      state: entry?.state ?? "unknown",
      report,
      facts,
      // The clock and the clone are known only of now.
      warnings: warningsOf({ ...machine, clockOffsetSeconds: 0, isClone: false }, facts),
    };
  });
}

/** Of a machine without an entry of the time asked for nothing is known, so nothing bad. */
export function isProblem({ state, warnings }: Subject): boolean {
  return (state !== "up" && state !== "unknown") || warnings.length > 0;
}
