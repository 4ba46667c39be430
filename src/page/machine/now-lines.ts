/**
 * The rows of "Now" on the page of one machine: each has a large figure with its details, or the
 * reason why there is none.
 */
import { counted, shownText } from "../../base/shown-text.ts";
import type { InterfaceReport, Report, ReportSubject } from "../../protocol/report.ts";
import type { Facts } from "../../view/facts.ts";
import { bytes, decimal, known, percent, perSecond } from "../../view/format.ts";
import { missingReason, NOT_REPORTED } from "../../view/missing-parts.ts";
import type { Subject } from "../../view/subject.ts";
import { THRESHOLDS } from "../../view/thresholds.ts";
import { round } from "../history/strip.ts";

export interface NowLine {
  readonly what: string;
  /** Empty where the figure is unknown. */
  readonly big: string;
  /** Short phrases, shown beside one another. */
  readonly details: readonly string[];
  /** Class and path data of a bar 100 units long. */
  readonly bar?: readonly (readonly [string, string])[];
  readonly cores?: CoreBars;
}

export type CoreBars = ReturnType<typeof coreBars>;

/** More interfaces than a desk or a server has; a container host has hundreds. */
const MOST_INTERFACES = 4;

function isText(text: string): boolean {
  return text !== "";
}

function unknown(what: string, reason: string): NowLine {
  const words = reason === NOT_REPORTED ? reason : `unknown: ${reason}`;
  return { what, big: "", details: [words] };
}

/** `details`: an empty one is left out. */
function line(what: string, big: string, details: readonly string[]): NowLine {
  return { what, big, details: details.filter(isText) };
}

function percentText(value: number): string {
  return `${percent(value)} %`;
}

/** `user 37`; empty for an unknown value. */
function named(name: string, value: number | undefined, text = percent): string {
  return known(value, (one) => `${name} ${text(one)}`);
}

/** `79 G available`; empty for an unknown value. */
function amount(value: number | undefined, name: string, text = bytes): string {
  return known(value, (one) => `${text(one)} ${name}`);
}

function cpuLines({ cpu }: Report, facts: Facts, reason: string): NowLine[] {
  if (facts.cpuPercent === undefined) return [unknown("CPU", reason)];
  const all = line("CPU", percentText(facts.cpuPercent), [
    named("user", facts.userPercent),
    named("system", facts.systemPercent),
    named("I/O wait", facts.waitPercent),
    named("steal", cpu?.stealPercent),
  ]);
  const cores = cpu?.cores ?? [];
  if (cores.length === 0) return [all];
  return [all, { ...line(counted(cores.length, "core"), "", []), cores: coreBars(cores) }];
}

function coreBars(cores: readonly number[]) {
  const { lightPercent, fullPercent } = THRESHOLDS.cpu;
  const full = cores.filter((value) => value >= fullPercent).length;
  const idle = cores.filter((value) => value < lightPercent).length;
  const height = (busy: number) => round(Math.min(100, Math.max(0, busy)));
  return {
    count: cores.length,
    path: cores.map((busy, index) => `M${index + 0.5} 100v-${height(busy)}`).join(""),
    words: `${counted(cores.length, "core")}: ${full} over ${fullPercent} %, ${idle} idle`,
    /** Percent of each core, for a text browser, which shows no bars. */
    figures: cores.map(percent).join(" "),
  };
}

function loadLine({ load }: Report, { loadPerCore }: Facts, reason: string): NowLine {
  if (load?.one === undefined) return unknown("load", reason);
  const three = [load.one, load.five, load.fifteen].map((one) =>
    known(one, (value) => decimal(value, value < 9.95 ? 2 : 1)),
  );
  const { running, tasks } = load;
  const perCore = known(loadPerCore, (value) => decimal(value, 2));
  return line("load", perCore, [
    perCore === "" ? "" : "per core",
    `1, 5, 15 min: ${three.filter(isText).join(" ")}`,
    perCore === "" ? "number of cores unknown" : "",
    running === undefined || tasks === undefined ? "" : `${running} running, ${tasks} tasks`,
  ]);
}

function memoryLine({ memory }: Report, facts: Facts, reason: string): NowLine {
  const used = facts.memoryPercent;
  if (memory === undefined || used === undefined) return unknown("memory", reason);
  const { totalBytes = 0, buffersCachedBytes = 0 } = memory;
  // A peer may claim to use more than there is.
  const width = Math.min(100, Math.max(0, Math.round(used)));
  const share = totalBytes > 0 ? Math.round((100 * buffersCachedBytes) / totalBytes) : 0;
  const cached = Math.min(share, 100 - width);
  const usedPath = ["used", `M0 3h${width}`] as const;
  return {
    ...line("memory", percentText(used), [
      amount(facts.memoryUsedBytes, "used"),
      amount(memory.buffersCachedBytes, "cached"),
      amount(memory.availableBytes, "available"),
      amount(memory.totalBytes, "total"),
      amount(memory.activeBytes, "active"),
      amount(memory.activePercent, "active", percentText),
      amount(memory.inactivePercent, "inactive", percentText),
    ]),
    bar: cached > 0 ? [usedPath, ["cached", `M${width} 3h${cached}`]] : [usedPath],
  };
}

function swapLine({ memory, swap }: Report, facts: Facts, reason: string): NowLine {
  const { swapUsedBytes, swapUsedPercent } = facts;
  if (swapUsedBytes === undefined && swapUsedPercent === undefined) return unknown("swap", reason);
  if (memory?.swapTotalBytes === 0) return line("swap", "0", ["no swap configured"]);
  const rates = [
    named("in", swap?.inBytesPerSecond, perSecond),
    named("out", swap?.outBytesPerSecond, perSecond),
  ].filter(isText);
  const perMinute = (value: number) => `${percent(value)} % per minute`;
  return line(
    "swap",
    swapUsedBytes === undefined ? percentText(swapUsedPercent ?? 0) : bytes(swapUsedBytes),
    [
      amount(memory?.swapTotalBytes, "total"),
      swapUsedBytes === undefined ? "of main memory" : "",
      rates.length === 0 ? "" : `${rates.join(", ")} M/s`,
      named("in", swap?.inPercentOfMemoryPerMinute, perMinute),
      named("out", swap?.outPercentOfMemoryPerMinute, perMinute),
    ],
  );
}

function pressureLine({ pressure }: Report, facts: Facts, reason: string): NowLine {
  if (pressure === undefined || facts.pressure === undefined) return unknown("pressure", reason);
  const stalled = (what: string, some: number | undefined, full?: number) => {
    const parts = [named("some stalled", some, percentText), named("all", full, percentText)];
    const words = parts.filter(isText).join(", ");
    return words === "" ? "" : `${what}: ${words}`;
  };
  return line("pressure", percentText(facts.pressure.percent), [
    stalled("CPU", pressure.cpuSomePercent),
    stalled("memory", pressure.memorySomePercent, pressure.memoryFullPercent),
    stalled("disk", pressure.ioSomePercent, pressure.ioFullPercent),
  ]);
}

function diskLine({ disk }: Report, facts: Facts, reason: string): NowLine {
  const sum = facts.diskBytesPerSecond;
  if (sum === undefined) return unknown("disk", reason);
  return line("disk", perSecond(sum), [
    "M/s",
    named("read", disk?.readBytesPerSecond, perSecond),
    named("write", disk?.writeBytesPerSecond, perSecond),
  ]);
}

function interfaceWords({ name, errors, drops }: InterfaceReport): string {
  const faults = [
    errors ? counted(errors, "error") : "",
    drops ? counted(drops, "drop") : "",
  ].filter(isText);
  const isKnown = errors !== undefined || drops !== undefined;
  const state = faults.length > 0 ? faults.join(", ") : isKnown ? "no errors" : "";
  return `${shownText(name, 24)} ${state}`.trim();
}

function networkLine({ network }: Report, facts: Facts, reason: string): NowLine {
  const { interfaces = [] } = network ?? {};
  if (network?.interfaces?.length === 0) {
    return line("network", "", ["only loopback and virtual interfaces"]);
  }
  const sum = facts.networkBytesPerSecond;
  if (sum === undefined) return unknown("network", reason);
  const more = interfaces.length - MOST_INTERFACES;
  return line("network", perSecond(sum), [
    "M/s",
    named("in", network?.receiveBytesPerSecond, perSecond),
    named("out", network?.transmitBytesPerSecond, perSecond),
    ...interfaces.slice(0, MOST_INTERFACES).map(interfaceWords),
    more > 0 ? `and ${more} more` : "",
  ]);
}

/** A machine without sensors, such as most virtual ones, has no line. */
function temperatureLines({ temperatures = [] }: Report): NowLine[] {
  const [hottest] = temperatures;
  if (hottest === undefined) return [];
  const degrees = (celsius: number) => `${decimal(celsius, 0)} °C`;
  const details = temperatures.map(({ sensor, label = "", celsius, highCelsius }, index) => {
    const what = shownText(`${sensor} ${label}`.trim());
    // The degrees of the hottest are the large figure.
    const shown = index === 0 ? what : `${what} ${degrees(celsius)}`;
    const isHigh = highCelsius !== undefined && celsius >= highCelsius;
    return isHigh ? `${shown}: high mark of ${degrees(highCelsius)} reached` : shown;
  });
  return [line("temperatures", degrees(hottest.celsius), details)];
}

/** The rows in the order in which the page shows them; there are none before the first report. */
export function nowLines({ report, facts, machine }: Subject): readonly NowLine[] {
  if (report === undefined) return [];
  const reason = (...about: readonly ReportSubject[]) => missingReason(report, machine, about);
  return [
    ...cpuLines(report, facts, reason("cpu")),
    loadLine(report, facts, reason("load")),
    memoryLine(report, facts, reason("memory")),
    swapLine(report, facts, reason("memory", "swap")),
    pressureLine(report, facts, reason("pressure")),
    diskLine(report, facts, reason("disk")),
    networkLine(report, facts, reason("network")),
    ...temperatureLines(report),
  ];
}
