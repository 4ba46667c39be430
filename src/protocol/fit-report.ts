/**
 * Cuts a report so that it fits in one packet: messages first, then processes, then
 * what readers miss least.
 */
import { clampText } from "../base/clean-text.ts";
import type { Writable } from "../base/writable.ts";
import type { CpuReport, NetworkReport, Report } from "./report.ts";

/** A line and a half of a terminal, which tells what a message is about. */
const SHORT_MESSAGE_LENGTH = 120;

/**
 * The report in at most `maxBytes` of JSON (UTF-8), by as many of `CUTS` as that takes. An empty list is
 * absent; its count stays. The name is never cut, so a limit below about 200 bytes may be exceeded.
 */
export function fitReport(report: Report, maxBytes: number): Report {
  let fitted = report;
  for (const cut of CUTS) {
    const excess = jsonBytes(fitted) - maxBytes;
    if (excess <= 0) return fitted;
    fitted = cut(fitted, excess);
  }
  return fitted;
}

type Cut = (report: Report, excessBytes: number) => Report;

/** The newest message is the last. */
const CUTS: readonly Cut[] = [
  (report) => withList(report, "messages", report.messages?.map(shortened)),
  (report, excess) => withList(report, "messages", dropFirst(report.messages, excess)),
  (report, excess) => withList(report, "processes", dropLast(report.processes, excess)),
  (report, excess) => withList(report, "users", dropLast(report.users, excess)),
  cutInterfaces,
  (report, excess) => withList(report, "filesystems", dropLast(report.filesystems, excess)),
  cutCores,
  (report, excess) => withList(report, "problems", dropLast(report.problems, excess)),
  (report, excess) => withList(report, "tags", dropLast(report.tags, excess)),
  (report) => ({ name: report.name }),
];

function shortened(message: string): string {
  return clampText(message, SHORT_MESSAGE_LENGTH);
}

function cutInterfaces(report: Report, excess: number): Report {
  if (report.network?.interfaces === undefined) return report;
  const { interfaces, ...totals } = report.network;
  const left = dropLast(interfaces, excess);
  const network: NetworkReport = left?.length ? { ...totals, interfaces: left } : totals;
  return { ...report, network };
}

function cutCores(report: Report): Report {
  if (report.cpu === undefined) return report;
  const { cores: _, ...cpu } = report.cpu;
  return { ...report, cpu: cpu satisfies CpuReport };
}

type ListKey = "messages" | "processes" | "users" | "filesystems" | "problems" | "tags";

function withList<K extends ListKey>(report: Report, key: K, list: Report[K]): Report {
  const result: Writable<Report> = { ...report };
  delete result[key];
  return list === undefined || list.length === 0 ? result : { ...result, [key]: list };
}

/** Leaves out as many of the last items as save `excess` bytes. */
function dropLast<T>(list: readonly T[] | undefined, excess: number): readonly T[] | undefined {
  if (list === undefined) return undefined;
  let saved = 0;
  let kept = list.length;
  while (kept > 0 && saved < excess) {
    kept--;
    saved += jsonBytes(list[kept]) + ",".length;
  }
  return list.slice(0, kept);
}

function dropFirst<T>(list: readonly T[] | undefined, excess: number): readonly T[] | undefined {
  return list && dropLast(list.toReversed(), excess)?.toReversed();
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), "utf8");
}
