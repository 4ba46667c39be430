/**
 * A machine in words, the same on pages, in plain text and on a terminal: how long it has been in
 * its state, what its last report said, and why it shows no figures.
 */
import { shownText } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import { type Facts, namedTop } from "./facts.ts";
import { bytes, duration, figure, known, percent } from "./format.ts";
import type { Subject } from "./subject.ts";
import type { Times } from "./times.ts";
import type { Warning } from "./warnings.ts";

export function coresText(facts: { readonly cores?: number | undefined }): string {
  return known(facts.cores, figure);
}

/** `12`, or `80 %` where the number of cores is unknown. */
export function coresFreeText({ coresFree, cpuPercent = 100 }: Facts): string {
  return coresFree === undefined ? `${percent(100 - cpuPercent)} %` : figure(coresFree);
}

/** `50 G`, or `40 %` where only the share is known. */
export function memoryFreeText({ memoryFreeBytes, memoryPercent }: Facts): string {
  if (memoryFreeBytes !== undefined) return bytes(memoryFreeBytes);
  return memoryPercent === undefined ? "" : `${percent(100 - memoryPercent)} %`;
}

/** Users who are named; the others are counted. */
const MOST_USERS = 3;

/** `anna, bo, chen +2`; empty for nobody, and where it is unknown. */
export function usersText({ users = [] }: Facts): string {
  const shown = users.slice(0, MOST_USERS).map((name) => shownText(name, 20));
  const more = users.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` +${more}` : "");
}

/** What a report said, in one line: `CPU 11 %, bo rsync 1.6 cores`. */
function lastWords({ facts, report }: Subject): string {
  const cpu = facts.cpuPercent === undefined ? [] : [`CPU ${percent(facts.cpuPercent)} %`];
  const top = namedTop(facts, report);
  if (top === undefined) return cpu.join(", ");
  const process =
    top === "idle"
      ? top
      : `${shownText(top.user)} ${shownText(top.command)} ${coresText(top)} cores`;
  return [...cpu, process].join(", ");
}

function withWords(said: string, subject: Subject): string {
  const words = lastWords(subject);
  return words === "" ? said : `${said}: ${words}`;
}

interface Now {
  readonly times: Times;
  readonly nowMs: number;
}

/** `since 09:10`; empty where a warning does not tell it. */
export function sinceText({ sinceWallMs }: Warning, { times, nowMs }: Now): string {
  return known(sinceWallMs, (ms) => `since ${times.since(ms, nowMs)}`);
}

/** The sentence for a machine that has answered but not reported yet. */
export const FIRST_REPORT_DUE = "found; waiting for its first report";

/** Why a machine shows no figures; `undefined` where it shows them. */
export function sentenceOf(subject: Subject, { times, nowMs }: Now): string | undefined {
  const { machine, state, report } = subject;
  const age = machine.reportAgeSeconds;
  const [warning] = subject.warnings;
  if (warning?.kind === "report") {
    const said = `${warning.word} ${sinceText(warning, { times, nowMs })}: ${warning.detail}`;
    return age === undefined
      ? said
      : withWords(`${said}; last report ${duration(age)} old`, subject);
  }
  switch (state) {
    case "new":
      return report === undefined ? FIRST_REPORT_DUE : undefined;
    case "unknown":
      return "no data for that time";
    case "down": {
      if (subject.stateSinceWallMs === undefined) return "down at that time";
      if (report === undefined || age === undefined) return "no report on record";
      const at = times.since(nowMs - age * 1000, nowMs);
      return withWords(`last report ${at}, ${duration(age)} old`, subject);
    }
    case "stopped":
      if (subject.stateSinceWallMs === undefined) return "stopped at that time";
      return withWords(`shut down ${times.since(subject.stateSinceWallMs, nowMs)}`, subject);
    default:
      return report === undefined ? "no report yet" : undefined;
  }
}

/** Now: that of the report, and the report's age. */
export function uptimeSeconds(machine: Machine): number | undefined {
  const uptime = machine.report?.uptimeSeconds;
  return uptime === undefined ? undefined : uptime + (machine.reportAgeSeconds ?? 0);
}

/** How long it has been in its state, `3h02m`; for a machine that is up, its uptime. */
export function stateFor({ machine, state, stateSinceWallMs }: Subject, nowMs: number): string {
  if (stateSinceWallMs === undefined || state === "new") return "";
  const seconds = state === "up" ? uptimeSeconds(machine) : (nowMs - stateSinceWallMs) / 1000;
  return seconds === undefined ? "" : duration(seconds);
}
