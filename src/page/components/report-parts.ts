/** Parts of one report as lines of text: its processes, who is logged in, its messages. */

import { counted, SENTENCE_LENGTH, shownText } from "../../base/shown-text.ts";
import type { Report } from "../../protocol/report.ts";
import { type ProcessFacts, processFacts } from "../../view/facts.ts";
import { bytes, duration, percent } from "../../view/format.ts";
import { givenReason, NOT_REPORTED } from "../../view/missing-parts.ts";
import { coresText } from "../../view/subject-words.ts";
import { THRESHOLDS } from "../../view/thresholds.ts";

export interface ProcessLine {
  readonly user: string;
  readonly command: string;
  readonly cores: string;
  readonly isLarge: boolean;
  readonly memory: string;
  readonly memoryPercent: string;
  readonly state: string;
  readonly cpuTime: string;
  readonly pid: string;
}

export interface UserLine {
  readonly user: string;
  readonly terminal: string;
  readonly from: string;
  readonly loggedInFor: string;
  readonly command: string;
}

export interface ReportParts {
  readonly processes: readonly ProcessLine[];
  /** `10 largest of 209`. */
  readonly processWords: string;
  readonly users: readonly UserLine[];
  readonly userWords: string;
  readonly messages: readonly string[];
  /** `3 of 7`; `none new`. */
  readonly messageWords: string;
  /** Why there are no messages, as the report itself says. */
  readonly messagesReason?: string;
}

function processLine(process: ProcessFacts): ProcessLine {
  return {
    user: process.user,
    command: shownText(process.command),
    cores: coresText(process),
    isLarge: 100 * (process.coresShare ?? 0) >= THRESHOLDS.largeProcessPercent,
    memory: process.memoryBytes === undefined ? "" : bytes(process.memoryBytes),
    memoryPercent: process.memoryPercent === undefined ? "" : percent(process.memoryPercent),
    state: shownText(process.state ?? "", 2),
    cpuTime: process.cpuSeconds === undefined ? "" : duration(process.cpuSeconds),
    pid: process.pid === undefined ? "" : String(process.pid),
  };
}

function messageWords(report: Report): string {
  const shown = report.messages?.length;
  if (shown === undefined) return NOT_REPORTED;
  const count = report.messageCount ?? shown;
  return shown === 0 ? "none new" : `${shown} of ${count}`;
}

export function reportParts(report: Report): ReportParts {
  const processes = (report.processes ?? []).map((process) => processFacts(process, report));
  const users = report.users ?? [];
  const count = report.processCount;
  const reason = report.messages === undefined ? givenReason(report, ["messages"]) : undefined;
  return {
    ...(reason === undefined ? {} : { messagesReason: reason }),
    processes: processes.map(processLine),
    processWords:
      report.processes === undefined
        ? NOT_REPORTED
        : count === undefined
          ? counted(processes.length, "process", "processes")
          : `${processes.length} largest of ${count}`,
    users: users.map((user) => ({
      user: user.name,
      terminal: shownText(user.terminal ?? "", 24),
      from: shownText(user.from ?? ""),
      loggedInFor: user.loginAgeSeconds === undefined ? "" : duration(user.loginAgeSeconds),
      command: shownText(user.command ?? ""),
    })),
    userWords:
      report.users === undefined
        ? NOT_REPORTED
        : (report.userCount ?? users.length) === 0
          ? "nobody"
          : counted(report.userCount ?? users.length, "user"),
    messages: (report.messages ?? []).map((message) => shownText(message, SENTENCE_LENGTH)),
    messageWords: messageWords(report),
  };
}
