/**
 * The page of one machine as plain data: what it is, what is wrong, now, its history. Unknown
 * is empty with a reason, never 0; a machine that is gone shows its last report and how old.
 */

import { counted, SENTENCE_LENGTH, shownName, shownText } from "../../base/shown-text.ts";
import type { Machine } from "../../cluster/machine.ts";
import type { Report } from "../../protocol/report.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { isNearlyFull, usedPercentOf } from "../../view/facts.ts";
import { bytes, duration, percent } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import { slugsOf } from "../../view/machine-slug.ts";
import { missingReason } from "../../view/missing-parts.ts";
import { isThere, type Subject, subjectsNow } from "../../view/subject.ts";
import { stateFor } from "../../view/subject-words.ts";
import { type Times, timesFor } from "../../view/times.ts";
import type { Warning } from "../../view/warnings.ts";
import { originOf } from "../components/elsewhere.ts";
import { type Masthead, mastheadOf, refreshSeconds } from "../components/masthead.ts";
import { type ReportParts, reportParts } from "../components/report-parts.ts";
import {
  type HistoryInput,
  historyOf,
  type MachineHistoryPart,
} from "../history/history-view-model.ts";
import { type NowLine, nowLines } from "./now-lines.ts";

export interface MachinePage {
  readonly title: string;
  readonly masthead: Masthead;
  readonly refreshSeconds: number;
  readonly name: string;
  readonly state: Machine["state"];
  readonly stateWords: string;
  readonly reportWords: string;
  readonly ownPage?: string;
  readonly facts: readonly string[];
  readonly problems: readonly { readonly subject: string; readonly text: string }[];
  /** `Now`, or `Last report, 3h02m old`. */
  readonly nowTitle: string;
  readonly now: readonly NowLine[];
  readonly parts?: ReportParts;
  readonly filesystems?: readonly FilesystemLine[];
  readonly filesystemsReason: string;
  /** `3 of 7`, or why there are none. */
  readonly messageWords: string;
  readonly history: MachineHistoryPart;
}

export interface FilesystemLine {
  readonly mount: string;
  readonly type: string;
  readonly size: string;
  readonly free: string;
  readonly used: string;
  readonly width: number;
  readonly isFull: boolean;
  /** Of one that gave no figures. */
  readonly isUnknown: boolean;
}

export interface MachinePageInput {
  readonly view: ClusterView;
  readonly machine: Machine;
  readonly times: Times;
  /** The query of the page: which part of the history is shown. */
  readonly parameters: URLSearchParams;
  /** Newest first. */
  readonly entries: HistoryInput["entries"];
}

function factWords(subject: Subject, view: ClusterView, times: Times): string[] {
  const { machine, report } = subject;
  const host = report?.host;
  const total = report?.memory?.totalBytes;
  const cores = host?.cores === undefined ? [] : [counted(host.cores, "core")];
  const model = host?.model === undefined ? [] : [shownText(host.model, 80)];
  const shape = [...cores, ...model].join(", ");
  const tags = machine.tags.map((tag) => shownText(tag));
  // Our own is empty until another machine has told us under which it sees us.
  const addresses = [...new Set([machine.address, ...machine.addresses])].filter(
    (address) => address !== "",
  );
  return [
    addresses.slice(0, 8).join(", "),
    ...(shape === "" ? [] : [shape]),
    ...(total === undefined ? [] : [bytes(total)]),
    ...(host?.os === undefined ? [] : [shownText(host.os, 80)]),
    ...(host?.kernel === undefined ? [] : [`kernel ${shownText(host.kernel, 80)}`]),
    ...(tags.length === 0 ? [] : [`${tags.length === 1 ? "tag" : "tags"} ${tags.join(", ")}`]),
    report?.version === undefined
      ? `protocol ${machine.protocol}`
      : `unagi ${shownText(report.version, 20)}`,
    ...(report?.updateSeconds === undefined || report.updateSeconds === view.updateSeconds
      ? []
      : [`reports every ${duration(report.updateSeconds)}`]),
    ...(machine.state === "down" && machine.lastHeardSeconds !== undefined
      ? [
          `last heard ${times.since(view.moment.wallMs - machine.lastHeardSeconds * 1000, view.moment.wallMs)}`,
        ]
      : []),
  ];
}

function warningLine(warning: Warning): MachinePage["problems"][number] {
  const { kind, short, detail } = warning;
  switch (kind) {
    case "clock":
      return {
        subject: short,
        text: `${detail}: start a time service (chrony, systemd-timesyncd)`,
      };
    case "clone":
      return { subject: short, text: `${detail}: give each its own /etc/machine-id and restart` };
    case "disk":
      return { subject: short, text: `${detail}: make room` };
    case "swapping":
      return { subject: short, text: `${detail}: short of memory; see who uses it below` };
  }
}

function problemLines(subject: Subject): MachinePage["problems"] {
  const reported = (subject.report?.problems ?? []).slice(0, 20).map((problem) => ({
    subject: shownText(problem.subject),
    text:
      shownText(problem.reason, SENTENCE_LENGTH) +
      (problem.remedy === undefined ? "" : `: ${shownText(problem.remedy, SENTENCE_LENGTH)}`),
  }));
  return [...reported, ...subject.warnings.map(warningLine)];
}

function filesystemLines(report: Report): FilesystemLine[] {
  return (report.filesystems ?? []).map((filesystem) => {
    const used = usedPercentOf(filesystem);
    return {
      mount: shownText(filesystem.mount, 120),
      type: shownText(filesystem.type ?? "", 24),
      size: filesystem.totalBytes === undefined ? "" : bytes(filesystem.totalBytes),
      free: filesystem.freeBytes === undefined ? "" : bytes(filesystem.freeBytes),
      used: used === undefined ? "" : percent(used),
      width: Math.round(used ?? 0),
      isFull: used !== undefined && isNearlyFull(used),
      isUnknown: used === undefined,
    };
  });
}

/** A reason that the report gives is among the problems, with its remedy: said once. */
function messageWords(machine: Machine, parts: ReportParts | undefined): string {
  if (parts?.messagesReason !== undefined) return "not known: see the problems above";
  const isReported = parts !== undefined && machine.report?.messages !== undefined;
  return isReported ? parts.messageWords : missingReason(machine.report, machine, ["messages"]);
}

function ownPageOf(machine: Machine): string | undefined {
  const origin = machine.isSelf ? undefined : originOf(machine);
  return origin === undefined ? undefined : `${origin}/`;
}

function nowTitle(subject: Subject): string {
  const age = subject.machine.reportAgeSeconds;
  if (isThere(subject.state) || age === undefined) return "Now";
  return `Last report, ${duration(age)} old`;
}

function stateWords(subject: Subject, times: Times, nowMs: number): string {
  const { machine } = subject;
  const span = stateFor(subject, nowMs);
  if (machine.state === "new") return "has answered, first report on its way";
  if (machine.state === "up") {
    const uptime = machine.report?.uptimeSeconds;
    if (uptime === undefined) return "";
    const bootMs = nowMs - (uptime + (machine.reportAgeSeconds ?? 0)) * 1000;
    return `${span}, since ${times.since(bootMs, nowMs)}`;
  }
  const since = times.since(machine.stateSinceWallMs, nowMs);
  return `${span}, since ${since}`;
}

export function machinePageOf(given: MachinePageInput): MachinePage {
  const { view, machine } = given;
  const times = timesFor(given.times, view.updateSeconds);
  const nowMs = view.moment.wallMs;
  const slugs = slugsOf(view.machines);
  const subject = subjectsNow({ ...view, machines: [machine] }, slugs)[0];
  if (subject === undefined) throw new Error("a view of one machine has one subject");
  const { report } = machine;
  const age = machine.reportAgeSeconds;
  const name = shownName(machine, 300);
  const ownPage = ownPageOf(machine);
  const parts = report && reportParts(report);
  const { slug } = subject;
  const history = historyOf({ ...given, slug, times });
  return {
    title: `${shownName(machine)} ${machine.state} – unagi`,
    masthead: mastheadOf({
      view,
      times,
      slugs,
      page: "other",
      path: `${machineHref(slug)}${history.search}`,
    }),
    refreshSeconds: refreshSeconds(view),
    name,
    state: machine.state,
    stateWords: stateWords(subject, times, nowMs),
    reportWords:
      age === undefined || report === undefined ? "no report yet" : `report ${duration(age)} old`,
    ...(ownPage === undefined ? {} : { ownPage }),
    facts: factWords(subject, view, times),
    problems: problemLines(subject),
    nowTitle: nowTitle(subject),
    now: nowLines(subject),
    ...(parts === undefined ? {} : { parts }),
    ...(report?.filesystems === undefined ? {} : { filesystems: filesystemLines(report) }),
    filesystemsReason: missingReason(report, machine, ["file systems"]),
    messageWords: messageWords(machine, parts),
    history,
  };
}
