/**
 * The figures that readers compare, computed from one report: the same for tables, answers, sort
 * order and plain text. What a report does not say stays absent; protocol 1 knows only percentages.
 */
import { busyPercent } from "../protocol/busy.ts";
import type { FilesystemReport, ProcessReport, Report } from "../protocol/report.ts";
import { THRESHOLDS } from "./thresholds.ts";

export type Facts = Partial<Readonly<ReturnType<typeof factsOf>>>;
export type ProcessFacts = Readonly<ReturnType<typeof processFacts>>;

/** Read-only images, which are always full. */
const ALWAYS_FULL = new Set(["squashfs", "iso9660", "udf", "cramfs", "erofs"]);

/** The sum of the known values; absent when both are unknown. */
function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : one + (other ?? 0);
}

export function usedPercentOf(filesystem: FilesystemReport): number | undefined {
  const { totalBytes, freeBytes } = filesystem;
  if (totalBytes === undefined || freeBytes === undefined || totalBytes <= 0) return undefined;
  return Math.min(100, Math.max(0, 100 - (100 * freeBytes) / totalBytes));
}

export function isNearlyFull(usedPercent: number): boolean {
  return usedPercent >= THRESHOLDS.filesystemFullPercent;
}

/** The fullest of the file systems that are nearly full. */
function fullestFilesystem(report: Report) {
  let fullest: { mount: string; usedPercent: number; freeBytes: number } | undefined;
  for (const filesystem of report.filesystems ?? []) {
    const usedPercent = usedPercentOf(filesystem);
    if (usedPercent === undefined || !isNearlyFull(usedPercent)) continue;
    if (filesystem.type !== undefined && ALWAYS_FULL.has(filesystem.type)) continue;
    if (fullest === undefined || usedPercent > fullest.usedPercent) {
      fullest = { mount: filesystem.mount, usedPercent, freeBytes: filesystem.freeBytes ?? 0 };
    }
  }
  return fullest;
}

export function processFacts(process: ProcessReport, report: Report) {
  const cores = process.cpuPercent === undefined ? undefined : process.cpuPercent / 100;
  const total = report.memory?.totalBytes;
  const { memoryPercent } = process;
  const allCores = report.host?.cores;
  return {
    user: process.user,
    command: process.command,
    cores,
    /** Share of the machine's cores, 0 to 1. */
    coresShare: cores === undefined || !allCores ? undefined : cores / allCores,
    memoryBytes:
      total === undefined || memoryPercent === undefined
        ? undefined
        : (total * memoryPercent) / 100,
    memoryPercent,
    state: process.state,
    cpuSeconds: process.cpuSeconds,
    pid: process.pid,
  };
}

/** The highest of the three "some" pressures, and what it is of: `cpu`, `mem`, `io`. */
function pressureOf({ pressure }: Report) {
  let of = "";
  let percent = -1;
  const look = (name: string, some: number | undefined) => {
    if (some !== undefined && some > percent) [of, percent] = [name, some];
  };
  look("cpu", pressure?.cpuSomePercent);
  look("mem", pressure?.memorySomePercent);
  look("io", pressure?.ioSomePercent);
  return of === "" ? undefined : { of, percent };
}

function memoryOf({ memory }: Report) {
  const total = memory?.totalBytes;
  const available = memory?.availableBytes;
  const used =
    memory?.usedBytes ??
    (total !== undefined && available !== undefined ? total - available : undefined);
  const free = available ?? (total !== undefined && used !== undefined ? total - used : undefined);
  const share =
    memory?.usedPercent ??
    (total !== undefined && total > 0 && used !== undefined ? (100 * used) / total : undefined);
  return { total, used, free, share };
}

/** Built as one literal, unknown fields included: a page makes a thousand of these. */
export function factsOf(report: Report) {
  const { cpu, memory, swap, disk, network, users } = report;
  const cores = report.host?.cores;
  const busy = busyPercent(cpu);
  const load = report.load?.one;
  const first = report.processes?.[0];
  const { total, used, free, share } = memoryOf(report);
  return {
    cores,
    /** 100 − idle, of all cores. */
    cpuPercent: busy,
    userPercent: sum(cpu?.userPercent, cpu?.nicePercent),
    systemPercent: cpu?.systemPercent,
    waitPercent: cpu?.iowaitPercent,
    coresFree: cores === undefined || busy === undefined ? undefined : (cores * (100 - busy)) / 100,
    top: first === undefined ? undefined : processFacts(first, report),
    load,
    loadPerCore: load === undefined || !cores ? undefined : load / cores,
    memoryTotalBytes: total,
    memoryUsedBytes: used,
    memoryFreeBytes: free,
    memoryPercent: share,
    swapUsedBytes: memory?.swapUsedBytes,
    /** Swap in use, percent of the main memory; only protocol 1 gives it so. */
    swapUsedPercent: memory?.swapUsedPercentOfMemory,
    swapBytesPerSecond: sum(swap?.inBytesPerSecond, swap?.outBytesPerSecond),
    /** Swap traffic, in and out together, percent of the main memory a minute; only from protocol 1. */
    swapPercentPerMinute: sum(swap?.inPercentOfMemoryPerMinute, swap?.outPercentOfMemoryPerMinute),
    diskBytesPerSecond: sum(disk?.readBytesPerSecond, disk?.writeBytesPerSecond),
    networkBytesPerSecond: sum(network?.receiveBytesPerSecond, network?.transmitBytesPerSecond),
    pressure: pressureOf(report),
    /** The names of the users who are logged in; each name occurs once. */
    users: users === undefined ? undefined : [...new Set(users.map(({ name }) => name))],
    fullFilesystem: fullestFilesystem(report),
  };
}

export function isSwapping(facts: Facts): boolean {
  const { bytesPerSecond, percentPerMinute } = THRESHOLDS.swapping;
  return (
    (facts.swapBytesPerSecond ?? 0) >= bytesPerSecond ||
    (facts.swapPercentPerMinute ?? 0) >= percentPerMinute
  );
}

/** Whether a process is too small to be named. */
export function isIdle(process: ProcessFacts | undefined): boolean {
  if (process === undefined) return true;
  const { cores, sharePercent } = THRESHOLDS.idleProcess;
  return (process.cores ?? 0) < cores && 100 * (process.coresShare ?? 0) < sharePercent;
}

/**
 * Whether the machine may be called idle. Its CPU has to be idle too, since small processes add up, and
 * the program of 2005 leaves out processes with 0.0 % of the memory.
 */
export function isIdleMachine({ top, cpuPercent }: Facts): boolean {
  return isIdle(top) && cpuPercent !== undefined && cpuPercent < THRESHOLDS.cpu.lightPercent;
}

/** The largest process, or `idle` where all of them are small; `undefined`: unknown. */
export function namedTop(
  facts: Facts,
  report: Report | undefined,
): ProcessFacts | "idle" | undefined {
  if (report?.processes === undefined) return undefined;
  if (!isIdle(facts.top)) return facts.top;
  return isIdleMachine(facts) ? "idle" : undefined;
}

type Use = Pick<ProcessFacts, "cores" | "memoryBytes">;

/** Orders by cores, then by memory, the largest first. */
export function byUse(a: Use, b: Use): number {
  return (b.cores ?? 0) - (a.cores ?? 0) || (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0);
}
