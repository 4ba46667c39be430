/**
 * The figures that readers compare, worked out of one report: used by the table, the answers,
 * the sort, the users and the plain text alike, so that they never differ. A protocol-1 machine
 * knows only percents; what it does not say stays absent.
 */
import { busyPercent } from "../protocol/busy.ts";
import type { FilesystemReport, ProcessReport, Report } from "../protocol/report.ts";
import { MEBIBYTE } from "../units.ts";

export interface Facts {
  readonly cores?: number;
  /** 100 − idle, of all cores. */
  readonly cpuPercent?: number;
  readonly userPercent?: number;
  readonly systemPercent?: number;
  readonly waitPercent?: number;
  readonly coresFree?: number;
  readonly top?: ProcessFacts;
  readonly load?: number;
  readonly loadPerCore?: number;
  readonly memoryPercent?: number;
  readonly memoryTotalBytes?: number;
  readonly memoryUsedBytes?: number;
  readonly memoryFreeBytes?: number;
  readonly swapUsedBytes?: number;
  /** Where only percents are known (protocol 1): of the main memory. */
  readonly swapUsedPercent?: number;
  readonly swapBytesPerSecond?: number;
  /** Where only percents are known: of the main memory, in and out, a minute. */
  readonly swapPercentPerMinute?: number;
  readonly diskBytesPerSecond?: number;
  readonly networkBytesPerSecond?: number;
  /** The greatest of the three "some" pressures. */
  readonly pressure?: { readonly of: string; readonly percent: number };
  /** Names logged in, each once. */
  readonly users?: readonly string[];
  readonly fullFilesystem?: FilesystemFacts;
}

export interface ProcessFacts {
  readonly user: string;
  readonly command: string;
  readonly cores?: number;
  /** Of the machine's cores, 0–1. */
  readonly coresShare?: number;
  readonly memoryBytes?: number;
  readonly memoryPercent?: number;
  readonly state?: string;
  readonly cpuSeconds?: number;
  readonly pid?: number;
}

export interface FilesystemFacts {
  readonly mount: string;
  readonly usedPercent: number;
  readonly freeBytes: number;
}

/** From here on a file system is called nearly full: the last 5 % are root's on ext4. */
export const FULL_PERCENT = 95;
/** Images that are made full and never change. */
const ALWAYS_FULL = new Set(["squashfs", "iso9660", "udf", "cramfs", "erofs"]);
/** 64 pages a second: an idle kernel tidying up stays below, a machine short of memory does not. */
const SWAPPING_BYTES_PER_SECOND = MEBIBYTE / 4;
/** The least that protocol 1 can say: its figures are whole percents. */
const SWAPPING_PERCENT_PER_MINUTE = 1;

/** Sum of what is known; absent when nothing is. */
function sum(...values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

/** Only the keys whose value is known. */
export function present<T extends object>(
  values: { [K in keyof T]?: T[K] | undefined },
): Partial<T> {
  const result: Partial<T> = {};
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) result[key] = value;
  }
  return result;
}

export function usedPercentOf(filesystem: FilesystemReport): number | undefined {
  const { totalBytes, freeBytes } = filesystem;
  if (totalBytes === undefined || freeBytes === undefined || totalBytes <= 0) return undefined;
  return Math.min(100, Math.max(0, 100 - (100 * freeBytes) / totalBytes));
}

/** The fullest of those nearly full. */
function fullestFilesystem(report: Report): FilesystemFacts | undefined {
  let fullest: FilesystemFacts | undefined;
  for (const filesystem of report.filesystems ?? []) {
    const usedPercent = usedPercentOf(filesystem);
    if (usedPercent === undefined || usedPercent < FULL_PERCENT) continue;
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
    ...present({
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
    }),
  };
}

function pressureOf(report: Report): Facts["pressure"] {
  const { pressure } = report;
  const all: readonly (readonly [string, number | undefined])[] = [
    ["cpu", pressure?.cpuSomePercent],
    ["mem", pressure?.memorySomePercent],
    ["io", pressure?.ioSomePercent],
  ];
  let greatest: Facts["pressure"];
  for (const [of, percent] of all) {
    if (percent !== undefined && (greatest === undefined || percent > greatest.percent)) {
      greatest = { of, percent };
    }
  }
  return greatest;
}

function memoryOf(report: Report): Partial<Facts> {
  const { memory } = report;
  if (memory === undefined) return {};
  const total = memory.totalBytes;
  const used =
    memory.usedBytes ??
    (total !== undefined && memory.availableBytes !== undefined
      ? total - memory.availableBytes
      : undefined);
  const free =
    memory.availableBytes ?? (total !== undefined && used !== undefined ? total - used : undefined);
  return present<Facts>({
    memoryTotalBytes: total,
    memoryUsedBytes: used,
    memoryFreeBytes: free,
    memoryPercent:
      memory.usedPercent ??
      (total !== undefined && total > 0 && used !== undefined ? (100 * used) / total : undefined),
    swapUsedBytes: memory.swapUsedBytes,
    swapUsedPercent: memory.swapUsedPercentOfMemory,
  });
}

export function factsOf(report: Report): Facts {
  const { cpu } = report;
  const cores = report.host?.cores;
  const busy = busyPercent(cpu);
  const load = report.load?.one;
  const first = report.processes?.[0];
  return {
    ...memoryOf(report),
    ...present<Facts>({
      cores,
      cpuPercent: busy,
      userPercent: sum(cpu?.userPercent, cpu?.nicePercent),
      systemPercent: cpu?.systemPercent,
      waitPercent: cpu?.iowaitPercent,
      coresFree:
        cores === undefined || busy === undefined ? undefined : (cores * (100 - busy)) / 100,
      top: first === undefined ? undefined : processFacts(first, report),
      load,
      loadPerCore: load === undefined || !cores ? undefined : load / cores,
      swapBytesPerSecond: sum(report.swap?.inBytesPerSecond, report.swap?.outBytesPerSecond),
      swapPercentPerMinute: sum(
        report.swap?.inPercentOfMemoryPerMinute,
        report.swap?.outPercentOfMemoryPerMinute,
      ),
      diskBytesPerSecond: sum(report.disk?.readBytesPerSecond, report.disk?.writeBytesPerSecond),
      networkBytesPerSecond: sum(
        report.network?.receiveBytesPerSecond,
        report.network?.transmitBytesPerSecond,
      ),
      pressure: pressureOf(report),
      users: report.users && [...new Set(report.users.map((user) => user.name))],
      fullFilesystem: fullestFilesystem(report),
    }),
  };
}

export function isSwapping(facts: Facts): boolean {
  return (
    (facts.swapBytesPerSecond ?? 0) >= SWAPPING_BYTES_PER_SECOND ||
    (facts.swapPercentPerMinute ?? 0) >= SWAPPING_PERCENT_PER_MINUTE
  );
}

/** A top process too small to be named: the machine is idle. */
export function isIdle(process: ProcessFacts | undefined): boolean {
  if (process === undefined) return true;
  // A quarter of a core, and less than what the strip begins to colour (5 %).
  return (process.cores ?? 0) < 0.25 && (process.coresShare ?? 0) < 0.05;
}
