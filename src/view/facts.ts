/**
 * The figures that readers compare, computed from one report: the same for tables, answers, sort
 * order and plain text. What a report does not say stays absent; protocol 1 knows only percentages.
 */

import { busyPercent } from "../protocol/busy.ts";
import type { FilesystemReport, ProcessReport, Report } from "../protocol/report.ts";
import { THRESHOLDS } from "./thresholds.ts";

export interface Facts {
  readonly cores?: number | undefined;
  /** 100 − idle, of all cores. */
  readonly cpuPercent?: number | undefined;
  readonly userPercent?: number | undefined;
  readonly systemPercent?: number | undefined;
  readonly waitPercent?: number | undefined;
  readonly coresFree?: number | undefined;
  readonly top?: ProcessFacts | undefined;
  readonly load?: number | undefined;
  readonly loadPerCore?: number | undefined;
  readonly memoryPercent?: number | undefined;
  readonly memoryTotalBytes?: number | undefined;
  readonly memoryUsedBytes?: number | undefined;
  readonly memoryFreeBytes?: number | undefined;
  readonly swapUsedBytes?: number | undefined;
  /** In percent of the main memory, where protocol 1 gives nothing else. */
  readonly swapUsedPercent?: number | undefined;
  readonly swapBytesPerSecond?: number | undefined;
  /** In and out together, in percent of the main memory, where protocol 1 gives nothing else. */
  readonly swapPercentPerMinute?: number | undefined;
  readonly diskBytesPerSecond?: number | undefined;
  readonly networkBytesPerSecond?: number | undefined;
  /** The highest of the three "some" pressures, and what it is of: `cpu`, `mem`, `io`. */
  readonly pressure?: { readonly of: string; readonly percent: number } | undefined;
  /** Users who are logged in, each once. */
  readonly users?: readonly string[] | undefined;
  /** The fullest of the file systems that are nearly full. */
  readonly fullFilesystem?: FilesystemFacts | undefined;
}

export interface ProcessFacts {
  readonly user: string;
  readonly command: string;
  readonly cores?: number | undefined;
  /** Of the machine's cores, 0–1. */
  readonly coresShare?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly memoryPercent?: number | undefined;
  readonly state?: string | undefined;
  readonly cpuSeconds?: number | undefined;
  readonly pid?: number | undefined;
}

export interface FilesystemFacts {
  readonly mount: string;
  readonly usedPercent: number;
  readonly freeBytes: number;
}

/** Read-only images, which are always full. */
const ALWAYS_FULL = new Set(["squashfs", "iso9660", "udf", "cramfs", "erofs"]);
/** The sum of the known values; absent when both are unknown. */
function sum(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other === undefined ? one : one + other;
}

export function usedPercentOf(filesystem: FilesystemReport): number | undefined {
  const { totalBytes, freeBytes } = filesystem;
  if (totalBytes === undefined || freeBytes === undefined || totalBytes <= 0) return undefined;
  return Math.min(100, Math.max(0, 100 - (100 * freeBytes) / totalBytes));
}

export function isNearlyFull(usedPercent: number): boolean {
  return usedPercent >= THRESHOLDS.filesystemFullPercent;
}

function fullestFilesystem(report: Report): FilesystemFacts | undefined {
  let fullest: FilesystemFacts | undefined;
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

export function processFacts(process: ProcessReport, report: Report): ProcessFacts {
  const cores = process.cpuPercent === undefined ? undefined : process.cpuPercent / 100;
  const total = report.memory?.totalBytes;
  const { memoryPercent } = process;
  const allCores = report.host?.cores;
  return {
    user: process.user,
    command: process.command,
    cores,
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

function pressureOf({ pressure }: Report): Facts["pressure"] {
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

function namesOf({ users }: Report): Facts["users"] {
  if (users === undefined || users.length === 0) return users && [];
  return [...new Set(users.map((user) => user.name))];
}

/** Built as one literal, unknown fields included: a page makes a thousand of these. */
export function factsOf(report: Report): Facts {
  const { cpu, memory, swap, disk, network } = report;
  const cores = report.host?.cores;
  const busy = busyPercent(cpu);
  const load = report.load?.one;
  const first = report.processes?.[0];
  const { total, used, free, share } = memoryOf(report);
  return {
    cores,
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
    swapUsedPercent: memory?.swapUsedPercentOfMemory,
    swapBytesPerSecond: sum(swap?.inBytesPerSecond, swap?.outBytesPerSecond),
    swapPercentPerMinute: sum(swap?.inPercentOfMemoryPerMinute, swap?.outPercentOfMemoryPerMinute),
    diskBytesPerSecond: sum(disk?.readBytesPerSecond, disk?.writeBytesPerSecond),
    networkBytesPerSecond: sum(network?.receiveBytesPerSecond, network?.transmitBytesPerSecond),
    pressure: pressureOf(report),
    users: namesOf(report),
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

/** Whether a process is too small to be named. A machine whose largest process is idle is idle. */
export function isIdle(process: ProcessFacts | undefined): boolean {
  if (process === undefined) return true;
  const { cores, sharePercent } = THRESHOLDS.idleProcess;
  return (process.cores ?? 0) < cores && 100 * (process.coresShare ?? 0) < sharePercent;
}

/** Orders by cores, then by memory, the largest first. */
export function byUse(
  a: Pick<ProcessFacts, "cores" | "memoryBytes">,
  b: Pick<ProcessFacts, "cores" | "memoryBytes">,
): number {
  return (b.cores ?? 0) - (a.cores ?? 0) || (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0);
}
