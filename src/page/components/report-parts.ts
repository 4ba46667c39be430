/** The processes, users and messages of one report as lines of text. */

import { counted, SENTENCE_LENGTH, shownText } from "../../base/shown-text.ts";
import type { Report } from "../../protocol/report.ts";
import { type ProcessFacts, processFacts } from "../../view/facts.ts";
import { bytes, duration, known, percent } from "../../view/format.ts";
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
  /** `top 10 of 209`. */
  readonly processWords: string;
  readonly users: readonly UserLine[];
  readonly userWords: string;
  readonly messages: readonly string[];
  /** `3 of 7`; `no new messages`. */
  readonly messageWords: string;
  /** Why there are no messages, where the report says so. */
  readonly messagesReason?: string | undefined;
}

function processLine(process: ProcessFacts): ProcessLine {
  return {
    user: process.user,
    command: shownText(process.command),
    cores: coresText(process),
    isLarge: 100 * (process.coresShare ?? 0) >= THRESHOLDS.largeProcessPercent,
    memory: known(process.memoryBytes, bytes),
    memoryPercent: known(process.memoryPercent, percent),
    state: shownText(process.state ?? "", 2),
    cpuTime: known(process.cpuSeconds, duration),
    pid: known(process.pid, String),
  };
}

function processWords({ processes, processCount }: Report): string {
  if (processes === undefined) return NOT_REPORTED;
  return processCount === undefined
    ? counted(processes.length, "process", "processes")
    : `top ${processes.length} of ${processCount}`;
}

function userWords({ users, userCount }: Report): string {
  if (users === undefined) return NOT_REPORTED;
  const count = userCount ?? users.length;
  return count === 0 ? "nobody" : counted(count, "user");
}

function messageWords({ messages, messageCount }: Report): string {
  if (messages === undefined) return NOT_REPORTED;
  const { length } = messages;
  return length === 0 ? "no new messages" : `${length} of ${messageCount ?? length}`;
}

export function reportParts(report: Report): ReportParts {
  const { processes = [], users = [], messages = [] } = report;
  return {
    processes: processes.map((process) => processLine(processFacts(process, report))),
    processWords: processWords(report),
    users: users.map((user) => ({
      user: user.name,
      terminal: shownText(user.terminal ?? "", 24),
      from: shownText(user.from ?? ""),
      loggedInFor: known(user.loginAgeSeconds, duration),
      command: shownText(user.command ?? ""),
    })),
    userWords: userWords(report),
    messages: messages.map((message) => shownText(message, SENTENCE_LENGTH)),
    messageWords: messageWords(report),
    messagesReason: report.messages === undefined ? givenReason(report, ["messages"]) : undefined,
  };
}
