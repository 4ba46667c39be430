/**
 * An entry that is opened below its machine, as plain data: its figures, processes, users and
 * messages, and what the other machines did at that time.
 */
import { shownName, shownText } from "../../base/shown-text.ts";
import type { Machine } from "../../cluster/machine.ts";
import type { Report } from "../../protocol/report.ts";
import type { Entry, StripPoint } from "../../store/history-types.ts";
import { factsOf, isIdle, isIdleMachine } from "../../view/facts.ts";
import {
  bytes,
  decimal,
  duration,
  figure,
  known,
  megabytesPerMinute,
  percent,
  perSecond,
} from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import type { Subject } from "../../view/subject.ts";
import { coresText } from "../../view/subject-words.ts";
import { clockOf, type Times } from "../../view/times.ts";

export type EntryPanel = ReturnType<typeof entryPanelOf>;

/** Other machines that are named; the rest are only counted. */
const MOST_OTHERS = 8;

/** A row of the table for a known value, none for an unknown one. */
function line(
  what: string,
  value: number | undefined,
  text: (known: number) => string,
  detail = "",
) {
  return value === undefined ? [] : [{ what, value: text(value), detail }];
}

function figureLines(report: Report) {
  const facts = factsOf(report);
  const parts = [
    ...line("user", facts.userPercent, percent),
    ...line("system", facts.systemPercent, percent),
    ...line("I/O wait", facts.waitPercent, percent),
  ];
  const cpuDetail = parts.map(({ what, value }) => `${what} ${value}`).join(", ");
  const perMinute = (value: number | undefined) =>
    known(value, (bytesPerSecond) => `${figure(megabytesPerMinute(bytesPerSecond))} MB/min`);
  const { disk, network: net, memory, swap } = report;
  const loadDetail = known(facts.loadPerCore, (value) => `${decimal(value, 2)} per core`);
  const share = (value: number) => `${percent(value)} %`;
  const memoryDetails = [
    known(
      facts.memoryTotalBytes,
      (total) => `${share(facts.memoryPercent ?? 0)} of ${bytes(total)}`,
    ),
    known(memory?.activeBytes, (active) => `${bytes(active)} active`),
    known(memory?.inactiveBytes, (inactive) => `${bytes(inactive)} inactive`),
    known(memory?.activePercent, (active) => `${share(active)} active`),
    known(memory?.inactivePercent, (inactive) => `${share(inactive)} inactive`),
  ];
  const memoryDetail = memoryDetails.filter((part) => part !== "").join(", ");
  const rate = (value: number) => `${perSecond(value)} M/s`;
  return [
    ...line("CPU", facts.cpuPercent, share, cpuDetail),
    ...line("load", facts.load, (value) => decimal(value), loadDetail),
    ...(facts.memoryUsedBytes === undefined
      ? line("memory", facts.memoryPercent, share, memoryDetail)
      : line("memory", facts.memoryUsedBytes, bytes, memoryDetail)),
    ...(facts.swapUsedBytes === undefined
      ? line("swap", facts.swapUsedPercent, share, "of main memory")
      : line("swap", facts.swapUsedBytes, bytes)),
    ...line("swap in", swap?.inBytesPerSecond, rate),
    ...line("swap out", swap?.outBytesPerSecond, rate),
    ...line("swap in", swap?.inPercentOfMemoryPerMinute, share, "of main memory per minute"),
    ...line("swap out", swap?.outPercentOfMemoryPerMinute, share, "of main memory per minute"),
    ...line("disk read", disk?.readBytesPerSecond, rate, perMinute(disk?.readBytesPerSecond)),
    ...line("disk write", disk?.writeBytesPerSecond, rate, perMinute(disk?.writeBytesPerSecond)),
    ...line("net in", net?.receiveBytesPerSecond, rate),
    ...line("net out", net?.transmitBytesPerSecond, rate),
  ];
}

interface PanelOptions {
  readonly machine: Machine;
  readonly slug: string;
  readonly entry: Entry;
  readonly times: Times;
  readonly updateSeconds: number;
  readonly nowMs: number;
  /** This machine's points, oldest first: the entries before and after are found among them. */
  readonly points: readonly StripPoint[];
  /** All machines as of that time. */
  readonly others: readonly Subject[];
}

/** `rest`: `all others idle; desk2 stopped`. */
function othersOf(options: PanelOptions) {
  const all = options.others.filter(({ machine }) => machine.id !== options.machine.id);
  const busy = all
    .filter(({ report, facts }) => report !== undefined && !isIdle(facts.top))
    .sort((a, b) => (b.facts.top?.cores ?? 0) - (a.facts.top?.cores ?? 0));
  const named = busy.slice(0, MOST_OTHERS).map(({ machine, facts: { top } }) => ({
    name: shownName(machine, 24),
    what: top === undefined ? "" : `${shownText(top.user, 24)} ${shownText(top.command)}`,
    cores: top === undefined ? "" : coresText(top),
  }));
  const absent = all
    .filter(({ state }) => state === "down" || state === "stopped")
    .slice(0, MOST_OTHERS)
    .map(({ machine, state }) => `${shownName(machine, 24)} ${state}`);
  const idle = all.filter(({ facts }) => isIdleMachine(facts)).length;
  const reported = all.filter(({ report }) => report !== undefined).length;
  const allIdle = busy.length === 0 ? "all idle" : "all others idle";
  const rest = [
    busy.length > named.length && `${busy.length - named.length} more busy`,
    idle > 0 && (busy.length + idle < reported ? `${idle} idle` : allIdle),
    absent.join(", "),
  ];
  return { others: named, rest: rest.filter(Boolean).join("; ") };
}

function outageText(entry: Exclude<Entry, { state: "up" }>, times: Times, nowMs: number): string {
  const from = times.since(entry.atWallMs, nowMs);
  const what = entry.state === "down" ? "Down" : "Stopped";
  const lasted = duration(((entry.untilWallMs ?? nowMs) - entry.atWallMs) / 1000);
  if (entry.untilWallMs === undefined) return `${what} since ${from} (${lasted}).`;
  return `${what} from ${from} to ${times.since(entry.untilWallMs, nowMs)} (${lasted}).`;
}

export function entryPanelOf(options: PanelOptions) {
  const { machine, slug, entry, times, nowMs, points } = options;
  const report = entry.state === "up" ? entry.report : undefined;
  const interval = report?.averageSeconds ?? report?.updateSeconds ?? options.updateSeconds;
  const clock = clockOf(times, Math.min(interval, report?.updateSeconds ?? interval));
  const from = clock(entry.atWallMs - interval * 1000);
  const time = clock(entry.atWallMs);
  const date = times.date(entry.atWallMs, nowMs);
  const link = (point: StripPoint | undefined) =>
    point && { label: clock(point.atWallMs), open: `${slug}@${times.stamp(point.atWallMs)}` };
  return {
    machineSlug: slug,
    machineName: shownName(machine),
    machineHref: machineHref(slug),
    time,
    /** `Tue 24 Nov, average of 03:00–03:10`. */
    period: report === undefined ? date : `${date}, average of ${from}–${time}`,
    body:
      entry.state === "up"
        ? { figures: figureLines(entry.report), report: entry.report }
        : outageText(entry, times, nowMs),
    previous: link(points.findLast((point) => point.atWallMs < entry.atWallMs)),
    next: link(points.find((point) => point.atWallMs > entry.atWallMs)),
    atStamp: times.stamp(entry.atWallMs),
    ...othersOf(options),
  };
}
