/**
 * Whole names of users in place of those that `ps` cut. Its column of users has eight characters, so the
 * program of 2005 reports the processes of `verylongname` under `verylon+`.
 */
import type { Machine } from "../cluster/machine.ts";
import type { Report } from "../protocol/report.ts";

const CUT_LENGTH = 8;

function isCut(user: string): boolean {
  return user.length === CUT_LENGTH && user.endsWith("+");
}

/**
 * Gives each report with the cut names in it made whole, by the names in all reports. A name that nobody's
 * begins with, or more than one person's, stays as it is.
 */
export function wholeNames(
  all: readonly (Report | undefined)[],
): (report: Report | undefined) => Report | undefined {
  const cut = new Set<string>();
  for (const report of all) {
    for (const { user } of report?.processes ?? []) if (isCut(user)) cut.add(user);
  }
  if (cut.size === 0) return (report) => report;
  const wholes = new Map<string, Set<string>>();
  const note = (user: string) => {
    const short = `${user.slice(0, CUT_LENGTH - 1)}+`;
    if (user.length < CUT_LENGTH || isCut(user) || !cut.has(short)) return;
    wholes.set(short, (wholes.get(short) ?? new Set()).add(user));
  };
  for (const report of all) {
    for (const { user } of report?.processes ?? []) note(user);
    for (const { name } of report?.users ?? []) note(name);
  }
  const wholeOf = (user: string) => {
    const [whole = user, ...others] = wholes.get(user) ?? [];
    return others.length === 0 ? whole : user;
  };
  return (report) => {
    if (report?.processes?.some(({ user }) => isCut(user)) !== true) return report;
    const processes = report.processes.map((one) => ({ ...one, user: wholeOf(one.user) }));
    return { ...report, processes };
  };
}

/** Does the same for machines, in their newest reports. */
export function withWholeNames(machines: readonly Machine[]): (machine: Machine) => Machine {
  const whole = wholeNames(machines.map(({ report }) => report));
  return (machine) => {
    const report = whole(machine.report);
    return report === undefined || report === machine.report ? machine : { ...machine, report };
  };
}
