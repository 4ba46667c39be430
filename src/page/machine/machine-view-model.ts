/**
 * The page of one machine as plain data: what it is, its problems, its newest report, its history.
 * What is unknown is empty and has a reason, never 0. A machine that is down or stopped shows its
 * last report and how old that is.
 */
import { counted, SENTENCE_LENGTH, shownName, shownText } from "../../base/shown-text.ts";
import type { Machine } from "../../cluster/machine.ts";
import type { FilesystemReport } from "../../protocol/report.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { isNearlyFull, usedPercentOf } from "../../view/facts.ts";
import { bytes, duration, known, percent } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import { slugsOf } from "../../view/machine-slug.ts";
import { givenReason, missingReason } from "../../view/missing-parts.ts";
import { type Subject, selfName, subjectNow } from "../../view/subject.ts";
import { FIRST_REPORT_DUE, sinceText, stateFor, uptimeSeconds } from "../../view/subject-words.ts";
import { type Times, timesFor } from "../../view/times.ts";
import { withWholeNames } from "../../view/whole-names.ts";
import { originOf } from "../components/elsewhere.ts";
import { mastheadOf, refreshSeconds } from "../components/masthead.ts";
import { messageWords } from "../components/report-tables.tsx";
import { type HistoryInput, historyOf } from "../history/history-view-model.ts";
import { nowLines } from "./now-lines.ts";

export type MachinePage = ReturnType<typeof machinePageOf>;

export type FilesystemLine = ReturnType<typeof filesystemLine>;

/** Problems listed; a machine has one for each subject of its report at most. */
const MOST_PROBLEMS = 20;

function factWords({ machine, report }: Subject, view: ClusterView, times: Times): string[] {
  const { host, memory, version, updateSeconds } = report ?? {};
  const nowMs = view.moment.wallMs;
  // This machine's own address is empty until another machine has told it.
  const addresses = [...new Set([machine.address, ...machine.addresses])].filter(Boolean);
  const shape = [known(host?.cores, (cores) => counted(cores, "core")), short(host?.model)];
  const tags = machine.tags.map((tag) => shownText(tag)).join(", ");
  const interval = updateSeconds === view.updateSeconds ? undefined : updateSeconds;
  const lastHeard = machine.state === "down" ? machine.lastHeardSeconds : undefined;
  return [
    addresses.slice(0, 8).join(", "),
    shape.filter(Boolean).join(", "),
    known(memory?.totalBytes, bytes),
    short(host?.os),
    known(host?.kernel, (kernel) => `kernel ${short(kernel)}`),
    tags === "" ? "" : `${machine.tags.length === 1 ? "tag" : "tags"} ${tags}`,
    version === undefined ? `protocol ${machine.protocol}` : `unagi ${shownText(version, 20)}`,
    known(interval, (seconds) => `reports every ${duration(seconds)}`),
    known(lastHeard, (seconds) => `last heard ${times.since(nowMs - seconds * 1000, nowMs)}`),
  ].filter(Boolean);
}

function short(text: string | undefined): string {
  return shownText(text ?? "", 80);
}

function problemLines({ report, warnings }: Subject, times: Times, nowMs: number) {
  const reported = (report?.problems ?? []).slice(0, MOST_PROBLEMS);
  return [
    ...reported.map(({ subject, reason, remedy }) => ({
      subject: shownText(subject),
      text:
        shownText(reason, SENTENCE_LENGTH) +
        known(remedy, (words) => `: ${shownText(words, SENTENCE_LENGTH)}`),
    })),
    ...warnings.map((warning) => {
      const since = sinceText(warning, { times, nowMs });
      const parts = [since, warning.detail, warning.remedy];
      return { subject: warning.short, text: parts.filter(Boolean).join(": ") };
    }),
  ];
}

function filesystemLine(filesystem: FilesystemReport) {
  const used = usedPercentOf(filesystem);
  return {
    mount: shownText(filesystem.mount, 120),
    type: shownText(filesystem.type ?? "", 24),
    size: known(filesystem.totalBytes, bytes),
    free: known(filesystem.freeBytes, bytes),
    used: known(used, percent),
    width: Math.round(used ?? 0),
    isFull: used !== undefined && isNearlyFull(used),
    isUnknown: used === undefined,
  };
}

/** `3 of 7`, or why there are no messages. */
function messagesText({ report, machine }: Subject): string {
  if (report?.messages !== undefined) return messageWords(report);
  // A reason that the report gives stands among the problems, with its remedy.
  const isAbove = report !== undefined && givenReason(report, ["messages"]) !== undefined;
  return isAbove ? "unavailable (see above)" : missingReason(report, machine, ["messages"]);
}

function ownPageOf(machine: Machine, { machines }: ClusterView): string | undefined {
  if (machine.isSelf) return undefined;
  // Protocol 1 does not tell the HTTP port; it was made for networks in which all machines share one.
  const teller = machine.protocol === 1 ? machines.find(({ isSelf }) => isSelf) : machine;
  const origin = originOf(machine.address, teller?.httpPort);
  return origin === undefined ? undefined : `${origin}/`;
}

/** Before and after a change to a program of 2005 a host has two records, each with its history. */
function sameHostOf({ id, replacedBy }: Machine, view: ClusterView, times: Times) {
  const nowMs = view.moment.wallMs;
  const before = view.replaced.find((one) => one.replacedBy === id);
  if (before !== undefined) {
    const stopped = times.since(before.stateSinceWallMs, nowMs);
    return { href: machineHref(before.id), words: `until ${stopped} it ran unagi: its history` };
  }
  const after = view.machines.find((one) => one.id === replacedBy);
  return after && { href: machineHref(after.id), words: "a program of 2005 runs there now" };
}

function stateWords(subject: Subject, times: Times, nowMs: number): string {
  const { machine } = subject;
  if (machine.state === "new") return FIRST_REPORT_DUE;
  const uptime = uptimeSeconds(machine);
  if (machine.state === "up" && uptime === undefined) return "";
  const sinceMs = machine.state === "up" ? nowMs - (uptime ?? 0) * 1000 : machine.stateSinceWallMs;
  return `${stateFor(subject, nowMs)}, since ${times.since(sinceMs, nowMs)}`;
}

export function machinePageOf(given: Omit<HistoryInput, "slug">) {
  const { view } = given;
  const machine = withWholeNames(view.machines)(given.machine);
  const { report } = machine;
  const times = timesFor(given.times, view.updateSeconds);
  const nowMs = view.moment.wallMs;
  const slugs = slugsOf(view.machines);
  const subject = subjectNow(machine, slugs, selfName(view));
  const age = machine.reportAgeSeconds;
  const name = shownName(machine, 300);
  const { slug } = subject;
  const history = historyOf({ ...given, slug, times });
  return {
    title: `${shownName(machine)} ${machine.state} – unagi`,
    masthead: mastheadOf({ view, times, slugs, path: `${machineHref(slug)}${history.search}` }),
    refreshSeconds: refreshSeconds(view),
    name,
    state: machine.state,
    stateWords: stateWords(subject, times, nowMs),
    reportWords:
      age === undefined || report === undefined ? "no report yet" : `report ${duration(age)} old`,
    ownPage: ownPageOf(machine, view),
    sameHost: sameHostOf(machine, view, times),
    facts: factWords(subject, view, times),
    problems: problemLines(subject, times, nowMs),
    nowTitle: subject.isCurrent || age === undefined ? "Now" : `Last report, ${duration(age)} old`,
    now: nowLines(subject),
    report,
    filesystems: report?.filesystems?.map(filesystemLine),
    filesystemsReason: missingReason(report, machine, ["file systems"]),
    messageWords: messagesText(subject),
    history,
  };
}
