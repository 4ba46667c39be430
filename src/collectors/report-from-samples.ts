/**
 * Makes the report from two samples: counters become rates over the monotonic time between them.
 * Pure. What stepped back, what is new, and everything with a rate in a first report is absent.
 */

import { cleanText } from "../base/clean-text.ts";
import { processName, type RankedProcess, rankProcesses } from "../linux/proc/process-table.ts";
import type { CpuTimes } from "../linux/proc/stat.ts";
import type {
  CpuReport,
  DiskReport,
  InterfaceReport,
  NetworkReport,
  PressureReport,
  ProcessReport,
  Report,
  SwapReport,
} from "../protocol/report.ts";
import { parseReport } from "../protocol/report-json.ts";
import type { Sample } from "./sample.ts";

/** What the report says that is in no file. */
export interface About {
  readonly name: string;
  readonly version: string;
  readonly httpPort?: number;
  readonly tags: readonly string[];
  readonly updateSeconds: number;
}

export interface ReportInput {
  /** Undefined: a first sample; the report has no rates. */
  readonly previous: Sample | undefined;
  readonly current: Sample;
  readonly about: About;
  readonly pageBytes: number;
  /** The user that a process runs as; undefined once it is gone. */
  readonly userOf: (pid: number) => string | undefined;
}

/** USER_HZ: 100 on every architecture that this program runs on. */
export const TICKS_PER_SECOND = 100;
/** Design, section 4. */
const MOST_PROCESSES = 10;
/** Interfaces with the most traffic; a router may have hundreds of VLANs and virtual functions. */
const MOST_INTERFACES = 16;
/** A report with more says little more; a file server may have a hundred dead mounts. */
const MOST_PROBLEMS = 12;

/**
 * Percentages to one decimal, bytes a second and seconds whole: reports stay small. What comes out
 * is what the others will read of it: a command may name itself with a line end, a broken driver
 * count to 10^40.
 */
export function reportFromSamples(input: ReportInput): Report {
  const report = parseReport(measured(input));
  if (!report.ok) throw new Error(report.reason);
  return report.value;
}

function measured(input: ReportInput): Report {
  const { previous, current, about } = input;
  const elapsed = elapsedSeconds(previous, current);
  // A clock that did not move gives no rates.
  const before = elapsed === undefined ? undefined : previous;
  const seconds = elapsed ?? 1;
  return {
    ...about,
    ...present("averageSeconds", elapsed === undefined ? undefined : round(elapsed, 1)),
    ...present("uptimeSeconds", rounded(current.uptimeSeconds)),
    ...present("host", nonEmpty(current.host)),
    ...present("cpu", cpuReport(before, current)),
    ...present("load", current.load),
    ...present("memory", current.memory),
    ...present("pressure", pressureReport(current.pressure)),
    ...present("swap", swapReport(before, current, seconds)),
    ...present("disk", diskReport(before, current, seconds)),
    ...present("filesystems", current.filesystems),
    ...present("network", networkReport(before, current, seconds)),
    ...present("users", current.users),
    ...present("userCount", current.userCount),
    ...present("processes", processReports({ ...input, previous: before }, seconds)),
    ...present("processCount", current.processes?.count),
    ...present("messages", current.messages?.lines),
    ...present("messageCount", current.messages?.count),
    ...(current.problems.length === 0
      ? {}
      : { problems: current.problems.slice(0, MOST_PROBLEMS) }),
  };
}

function elapsedSeconds(previous: Sample | undefined, current: Sample): number | undefined {
  const ms = previous === undefined ? 0 : current.moment.elapsedMs - previous.moment.elapsedMs;
  return ms > 0 ? ms / 1000 : undefined;
}

function cpuReport(before: Sample | undefined, current: Sample): CpuReport | undefined {
  if (before?.cpu === undefined || current.cpu === undefined) {
    return undefined;
  }
  const all = sharesBetween(before.cpu.all, current.cpu.all);
  const cores: number[] = [];
  for (const [number, times] of current.cpu.cores) {
    const earlier = before.cpu.cores.get(number);
    const shares = earlier === undefined ? undefined : sharesBetween(earlier, times);
    if (shares !== undefined) {
      // Waiting for a disk is not busy: the core is free for others.
      cores.push(round(100 - shares.idle - (shares.iowait ?? 0), 1));
    }
  }
  return all === undefined
    ? undefined
    : {
        userPercent: round(all.user, 1),
        nicePercent: round(all.nice, 1),
        systemPercent: round(all.system, 1),
        ...present("iowaitPercent", all.iowait === undefined ? undefined : round(all.iowait, 1)),
        stealPercent: round(all.steal, 1),
        idlePercent: round(all.idle, 1),
        ...(cores.length === 0 ? {} : { cores }),
      };
}

interface CpuShares {
  readonly user: number;
  readonly nice: number;
  /** Interrupts are part of it. */
  readonly system: number;
  readonly steal: number;
  readonly idle: number;
  readonly iowait?: number;
}

/** Percent of the ticks between the two; undefined where none passed or a counter stepped back. */
function sharesBetween(earlier: CpuTimes, later: CpuTimes): CpuShares | undefined {
  const user = later.user - earlier.user;
  const nice = later.nice - earlier.nice;
  const system =
    later.system - earlier.system + later.irq - earlier.irq + later.softirq - earlier.softirq;
  const steal = later.steal - earlier.steal;
  const idle = later.idle - earlier.idle;
  // The kernel lets iowait alone step back now and then (proc(5)): that spoils only itself.
  const iowait = later.iowait < earlier.iowait ? undefined : later.iowait - earlier.iowait;
  const total = user + nice + system + steal + idle + (iowait ?? 0);
  if (total <= 0 || Math.min(user, nice, system, steal, idle) < 0) {
    return undefined;
  }
  const percent = (ticks: number) => (ticks * 100) / total;
  return {
    user: percent(user),
    nice: percent(nice),
    system: percent(system),
    steal: percent(steal),
    idle: percent(idle),
    ...present("iowait", iowait === undefined ? undefined : percent(iowait)),
  };
}

function pressureReport(pressure: PressureReport | undefined): PressureReport | undefined {
  return (
    pressure &&
    Object.fromEntries(Object.entries(pressure).map(([key, value]) => [key, round(value, 1)]))
  );
}

function swapReport(
  before: Sample | undefined,
  current: Sample,
  seconds: number,
): SwapReport | undefined {
  const into = rate(before?.swap?.inBytes, current.swap?.inBytes, seconds);
  const out = rate(before?.swap?.outBytes, current.swap?.outBytes, seconds);
  return nonEmpty({
    ...present("inBytesPerSecond", into),
    ...present("outBytesPerSecond", out),
  });
}

function diskReport(
  before: Sample | undefined,
  current: Sample,
  seconds: number,
): DiskReport | undefined {
  if (before?.disks === undefined || current.disks === undefined) {
    return undefined;
  }
  const earlier = new Map(before.disks.map((disk) => [disk.name, disk]));
  // A disk plugged in since then says nothing yet; the others do.
  const pairs = current.disks.flatMap((later) => {
    const disk = earlier.get(later.name);
    return disk === undefined ? [] : [{ disk, later }];
  });
  const read = sum(pairs.map(({ disk, later }) => rate(disk.readBytes, later.readBytes, seconds)));
  const write = sum(
    pairs.map(({ disk, later }) => rate(disk.writeBytes, later.writeBytes, seconds)),
  );
  return nonEmpty({
    ...present("readBytesPerSecond", read),
    ...present("writeBytesPerSecond", write),
  });
}

function networkReport(
  before: Sample | undefined,
  current: Sample,
  seconds: number,
): NetworkReport | undefined {
  if (current.interfaces === undefined) {
    return undefined;
  }
  const earlier = new Map(before?.interfaces?.map((each) => [each.name, each]));
  const interfaces = current.interfaces.map((later): InterfaceReport => {
    const each = earlier.get(later.name);
    const receive = rate(each?.receiveBytes, later.receiveBytes, seconds);
    const transmit = rate(each?.transmitBytes, later.transmitBytes, seconds);
    return {
      name: later.name,
      ...present("receiveBytesPerSecond", receive),
      ...present("transmitBytesPerSecond", transmit),
      ...present("errors", counted(each?.errors, later.errors)),
      ...present("drops", counted(each?.drops, later.drops)),
    };
  });
  const known = interfaces.filter((each) => earlier.has(each.name));
  const receive = sum(known.map((each) => each.receiveBytesPerSecond));
  const transmit = sum(known.map((each) => each.transmitBytesPerSecond));
  return {
    ...present("receiveBytesPerSecond", receive),
    ...present("transmitBytesPerSecond", transmit),
    interfaces: busiest(interfaces),
  };
}

/** In the kernel's order, without the quietest beyond the cap. */
function busiest(interfaces: readonly InterfaceReport[]): readonly InterfaceReport[] {
  const traffic = (each: InterfaceReport) =>
    (each.receiveBytesPerSecond ?? 0) + (each.transmitBytesPerSecond ?? 0);
  const byTraffic = [...interfaces].sort((a, b) => traffic(b) - traffic(a));
  const kept = new Set(byTraffic.slice(0, MOST_INTERFACES));
  return interfaces.filter((each) => kept.has(each));
}

function processReports(input: ReportInput, seconds: number): ProcessReport[] | undefined {
  const { previous, current } = input;
  if (current.processes === undefined) {
    return undefined;
  }
  const uptime = previous?.uptimeSeconds;
  const ranked = rankProcesses({
    previous: previous?.processes,
    previousUptimeTicks: uptime === undefined ? undefined : uptime * TICKS_PER_SECOND,
    current: current.processes,
    limit: MOST_PROCESSES,
  });
  return ranked.map((each) => processReport(input, each, seconds));
}

function processReport(input: ReportInput, ranked: RankedProcess, seconds: number): ProcessReport {
  const table = input.current.processes;
  if (table === undefined) {
    throw new Error("a process was ranked that is in no table");
  }
  const { row, ranTicks } = ranked;
  const pid = table.pids[row] ?? 0;
  const total = input.current.memory?.totalBytes;
  const residentBytes = (table.residentPages[row] ?? 0) * input.pageBytes;
  const cpu =
    ranTicks === undefined ? undefined : round((ranTicks * 100) / TICKS_PER_SECOND / seconds, 1);
  const memory = total ? round((residentBytes * 100) / total, 1) : undefined;
  return {
    pid,
    // "?" as ps would: it ended before its owner could be asked for.
    user: input.userOf(pid) ?? "?",
    ...present("cpuPercent", cpu),
    ...present("memoryPercent", memory),
    state: String.fromCharCode(table.states[row] ?? 0x3f),
    cpuSeconds: Math.round((table.cpuTicks[row] ?? 0) / TICKS_PER_SECOND),
    // A process may call itself nothing, or a line end: it is shown all the same.
    command: cleanText(processName(table, row)).trim() || "?",
  };
}

/** Whole units a second; undefined where one is unknown or the counter stepped back. */
function rate(
  earlier: number | undefined,
  later: number | undefined,
  seconds: number,
): number | undefined {
  const change = counted(earlier, later);
  return change === undefined ? undefined : Math.round(change / seconds);
}

/** How far a counter went; undefined where one is unknown or the counter stepped back. */
function counted(earlier: number | undefined, later: number | undefined): number | undefined {
  return earlier === undefined || later === undefined || later < earlier
    ? undefined
    : later - earlier;
}

/** Undefined where one of them is unknown, or there is none. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  let total: number | undefined = values.length === 0 ? undefined : 0;
  for (const value of values) {
    total = total === undefined || value === undefined ? undefined : total + value;
  }
  return total;
}

/** Never negative: rounding of percentages may leave −0.0. */
function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.max(0, Math.round(value * factor) / factor);
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}

function nonEmpty<T extends object>(object: T | undefined): T | undefined {
  return object === undefined || Object.keys(object).length === 0 ? undefined : object;
}

/** `{ key: value }`, or nothing where the value is unknown. */
function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
