/**
 * The rows of "Now" on the page of one machine: a large figure and what belongs to it, or the
 * reason why there is none.
 */

import { counted, shownText } from "../../base/shown-text.ts";
import type { Report, ReportSubject } from "../../protocol/report.ts";
import type { Facts } from "../../view/facts.ts";
import { bytes, decimal, percent, perSecond } from "../../view/format.ts";
import { missingReason } from "../../view/missing-parts.ts";
import type { Subject } from "../../view/subject.ts";
import { THRESHOLDS } from "../../view/thresholds.ts";
import { round } from "../history/strip.ts";

export interface NowLine {
  readonly what: string;
  readonly big: string;
  /** Short phrases, shown beside one another. */
  readonly details: readonly string[];
  readonly bar?: Bar;
  readonly cores?: CoreBars;
}

/** A bar of `width` units; strokes of class and path data. */
export interface Bar {
  readonly width: number;
  readonly paths: readonly (readonly [string, string])[];
}

export interface CoreBars {
  readonly count: number;
  readonly path: string;
  readonly words: string;
  /** Percent of each: what the bars show, for a text browser. */
  readonly figures: string;
}

/** More interfaces than a desk or a server has; a container host has hundreds. */
const MOST_INTERFACES = 4;

function said(what: string, value: number | undefined, text: (known: number) => string): string[] {
  return value === undefined ? [] : [`${what} ${text(value)}`];
}

function cpuLines(report: Report, facts: Facts, reason: string): NowLine[] {
  if (facts.cpuPercent === undefined)
    return [{ what: "CPU", big: "", details: [`not known: ${reason}`] }];
  const line: NowLine = {
    what: "CPU",
    big: `${percent(facts.cpuPercent)} %`,
    details: [
      ...said("user", facts.userPercent, percent),
      ...said("system", facts.systemPercent, percent),
      ...said("waiting", facts.waitPercent, percent),
      ...said("steal", report.cpu?.stealPercent, percent),
    ],
  };
  const cores = report.cpu?.cores ?? [];
  if (cores.length === 0) return [line];
  return [
    line,
    { what: counted(cores.length, "core"), big: "", details: [], cores: coreBars(cores) },
  ];
}

function coreBars(cores: readonly number[]): CoreBars {
  const path = cores
    .map((busy, index) => `M${index + 0.5} 100v-${round(Math.min(100, Math.max(0, busy)))}`)
    .join("");
  const { lightPercent, fullPercent } = THRESHOLDS.cpu;
  const full = cores.filter((value) => value >= fullPercent).length;
  const idle = cores.filter((value) => value < lightPercent).length;
  return {
    count: cores.length,
    path,
    words: `${counted(cores.length, "core")}: ${full} over ${fullPercent} %, ${idle} idle`,
    figures: cores.map(percent).join(" "),
  };
}

function loadLine(report: Report, facts: Facts, reason: string): NowLine {
  const { load } = report;
  if (load?.one === undefined) return { what: "load", big: "", details: [`not known: ${reason}`] };
  const three = [load.one, load.five, load.fifteen]
    .filter((value) => value !== undefined)
    .map((value) => decimal(value, value < 9.95 ? 2 : 1));
  const running =
    load.running === undefined || load.tasks === undefined
      ? []
      : [`${load.running} of ${load.tasks} running`];
  return {
    what: "load",
    big: decimal(facts.loadPerCore ?? load.one, 2),
    details: [
      ...(facts.loadPerCore === undefined ? [] : ["a core"]),
      `1, 5, 15 min: ${three.join(" ")}`,
      ...running,
    ],
  };
}

function memoryLine(report: Report, facts: Facts, reason: string): NowLine {
  const { memory } = report;
  const used = facts.memoryPercent;
  if (memory === undefined || used === undefined) {
    return { what: "memory", big: "", details: [`not known: ${reason}`] };
  }
  const total = memory.totalBytes ?? 0;
  const share = (value: number | undefined) =>
    total <= 0 || value === undefined ? 0 : Math.round((100 * value) / total);
  // A peer may claim to use more than there is.
  const width = Math.min(100, Math.max(0, Math.round(used)));
  const cached = Math.min(share(memory.buffersCachedBytes), 100 - width);
  return {
    what: "memory",
    big: `${percent(used)} %`,
    details: [
      ...said("used", facts.memoryUsedBytes, bytes),
      ...said("cached", memory.buffersCachedBytes, bytes),
      ...said("available", memory.availableBytes, bytes),
      ...said("of", memory.totalBytes, bytes),
      ...said("active", memory.activeBytes, bytes),
      ...said("active", memory.activePercent, (value) => `${percent(value)} %`),
      ...said("inactive", memory.inactivePercent, (value) => `${percent(value)} %`),
    ],
    bar: {
      width: 100,
      paths: [
        ["used", `M0 3h${width}`],
        ...(cached > 0 ? [["cached", `M${width} 3h${cached}`] as const] : []),
      ],
    },
  };
}

function swapLine(report: Report, facts: Facts, reason: string): NowLine {
  const { memory, swap } = report;
  if (facts.swapUsedBytes === undefined && facts.swapUsedPercent === undefined) {
    return { what: "swap", big: "", details: [`not known: ${reason}`] };
  }
  const rates = [
    ...said("in", swap?.inBytesPerSecond, perSecond),
    ...said("out", swap?.outBytesPerSecond, perSecond),
  ];
  const hasNone = memory?.swapTotalBytes === 0;
  return {
    what: "swap",
    big:
      facts.swapUsedBytes === undefined
        ? `${percent(facts.swapUsedPercent ?? 0)} %`
        : bytes(facts.swapUsedBytes),
    details: [
      ...(hasNone ? ["there is none"] : said("of", memory?.swapTotalBytes, bytes)),
      ...(facts.swapUsedBytes === undefined ? ["of the memory's size"] : []),
      ...(rates.length === 0 || hasNone ? [] : [`${rates.join(", ")} M/s`]),
      ...said("in", swap?.inPercentOfMemoryPerMinute, (value) => `${percent(value)} % a minute`),
      ...said("out", swap?.outPercentOfMemoryPerMinute, (value) => `${percent(value)} % a minute`),
    ],
  };
}

function pressureLine(report: Report, facts: Facts, reason: string): NowLine {
  const { pressure } = report;
  if (pressure === undefined || facts.pressure === undefined) {
    return { what: "pressure", big: "", details: [`not known: ${reason}`] };
  }
  const pair = (what: string, some: number | undefined, full: number | undefined) => {
    const parts = [...said("some", some, percent), ...said("full", full, percent)];
    return parts.length === 0 ? [] : [`${what} ${parts.join(", ")}`];
  };
  return {
    what: "pressure",
    big: `${percent(facts.pressure.percent)} %`,
    details: [
      ...pair("CPU", pressure.cpuSomePercent, undefined),
      ...pair("memory", pressure.memorySomePercent, pressure.memoryFullPercent),
      ...pair("disk", pressure.ioSomePercent, pressure.ioFullPercent),
    ],
  };
}

function rateLine(options: {
  readonly what: string;
  readonly sum: number | undefined;
  readonly parts: readonly string[];
  readonly more?: readonly string[];
  readonly reason: string;
}): NowLine {
  const { what, sum, parts, reason } = options;
  if (sum === undefined) return { what, big: "", details: [`not known: ${reason}`] };
  return { what, big: perSecond(sum), details: ["M/s", ...parts, ...(options.more ?? [])] };
}

function interfaceWords(report: Report): string[] {
  const all = report.network?.interfaces ?? [];
  const words = all.slice(0, MOST_INTERFACES).map((one) => {
    const faults = [
      ...((one.errors ?? 0) > 0 ? [counted(one.errors ?? 0, "error")] : []),
      ...((one.drops ?? 0) > 0 ? [counted(one.drops ?? 0, "drop")] : []),
    ];
    const isKnown = one.errors !== undefined || one.drops !== undefined;
    const state = faults.length > 0 ? faults.join(", ") : isKnown ? "no errors" : "";
    return `${shownText(one.name, 24)} ${state}`.trim();
  });
  const more = all.length - words.length;
  return more > 0 ? [...words, `and ${more} more`] : words;
}

function networkLine(report: Report, facts: Facts, reason: string): NowLine {
  const { network } = report;
  // Loopback's traffic is nobody's, and a bridge's passes another interface.
  if (network?.interfaces?.length === 0) {
    return { what: "network", big: "", details: ["no interface but loopback or virtual ones"] };
  }
  return rateLine({
    what: "network",
    sum: facts.networkBytesPerSecond,
    parts: [
      ...said("in", network?.receiveBytesPerSecond, perSecond),
      ...said("out", network?.transmitBytesPerSecond, perSecond),
    ],
    more: interfaceWords(report),
    reason,
  });
}

/** None for a machine without sensors, as most virtual ones are. */
function temperatureLines({ temperatures = [] }: Report): NowLine[] {
  const [hottest] = temperatures;
  if (hottest === undefined) return [];
  const details = temperatures.map(({ sensor, label = "", celsius, highCelsius }, index) => {
    const what = shownText(`${sensor} ${label}`.trim());
    // The degrees of the hottest are the large figure.
    const shown = index === 0 ? what : `${what} ${decimal(celsius, 0)} °C`;
    const isHigh = highCelsius !== undefined && celsius >= highCelsius;
    return isHigh ? `${shown}: high mark of ${decimal(highCelsius, 0)} °C reached` : shown;
  });
  return [{ what: "temperatures", big: `${decimal(hottest.celsius, 0)} °C`, details }];
}

/** CPU, cores, load, memory, swap, pressure, disk, network, temperatures; none before the first report. */
export function nowLines(subject: Subject): readonly NowLine[] {
  const { report, facts, machine } = subject;
  if (report === undefined) return [];
  const reason = (...about: readonly ReportSubject[]) => missingReason(report, machine, about);
  const { disk } = report;
  return [
    ...cpuLines(report, facts, reason("cpu")),
    loadLine(report, facts, reason("load")),
    memoryLine(report, facts, reason("memory")),
    swapLine(report, facts, reason("memory", "swap")),
    pressureLine(report, facts, reason("pressure")),
    rateLine({
      what: "disk",
      sum: facts.diskBytesPerSecond,
      parts: [
        ...said("read", disk?.readBytesPerSecond, perSecond),
        ...said("write", disk?.writeBytesPerSecond, perSecond),
      ],
      reason: reason("disk"),
    }),
    networkLine(report, facts, reason("network")),
    ...temperatureLines(report),
  ];
}
