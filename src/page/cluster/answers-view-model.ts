/**
 * The three answers at the top of the page: which machines are free, who is using what, which
 * machines are down or in trouble.
 */
import { counted, shownName } from "../../base/shown-text.ts";
import { ANSWER_LINES, firstLines } from "../../view/answers/first-lines.ts";
import { freeMachines } from "../../view/answers/free-machines.ts";
import { largeProcesses } from "../../view/answers/large-processes.ts";
import { type Trouble, troublesOf } from "../../view/answers/troubles.ts";
import { duration } from "../../view/format.ts";
import type { WarnedSinceOf } from "../../view/history/warned-since.ts";
import { machineHref } from "../../view/machine-href.ts";
import type { Subject } from "../../view/subject.ts";
import { stateFor } from "../../view/subject-words.ts";
import type { Times } from "../../view/times.ts";

export type Answers = ReturnType<typeof answersOf>;

interface Now {
  readonly times: Times;
  readonly nowMs: number;
  readonly warnedSince?: WarnedSinceOf | undefined;
}

/** The name as a column holds it, and the link to its page. */
export function machineLink({ machine, slug }: Subject) {
  return { name: shownName(machine, 24), href: machineHref(slug) };
}

/** `lasts`: `3h02m`; empty where the beginning is unknown. */
function troubleLine(trouble: Trouble, { times, nowMs, warnedSince }: Now) {
  if (trouble.kind === "warning") {
    const { subject, warning } = trouble;
    const { sinceWallMs } = warning;
    const since =
      sinceWallMs === undefined
        ? warnedSince?.(subject.machine.id, warning.kind)
        : { sinceWallMs, isAtLeast: false };
    const lasted = since === undefined ? "" : duration((nowMs - since.sinceWallMs) / 1000);
    return {
      ...machineLink(subject),
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
  const isCounted = kind === "silent" && unanswered > 0;
  const line = {
    ...machineLink(first),
    mark: kind,
    word: kind,
    lasts: stateFor(first, nowMs),
    detail: isCounted ? `no reply to ${counted(unanswered, "request")}` : since,
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
export function answersOf(chosen: readonly Subject[], all: readonly Subject[], now: Now) {
  const troubles = firstLines(troublesOf(all));
  return {
    free: freeMachines(chosen).slice(0, ANSWER_LINES),
    using: firstLines(largeProcesses(chosen)),
    troubles: troubles.shown.map((trouble) => troubleLine(trouble, now)),
    troublesMore: troubles.more,
    isNarrowed: chosen.length < all.length,
    machineCount: all.length,
  };
}
