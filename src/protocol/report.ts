/**
 * The report: what a machine tells the others about itself. It travels in protocol 2 and is the
 * `report` object of the JSON interface.
 *
 * What is unknown is absent, never 0. Percentages are 0–100 over all cores unless a field says
 * otherwise; a process's `cpuPercent` is of one core, as in `ps` (3,100 on 31 busy cores).
 */

export interface Report {
  readonly name: string;
  readonly version?: string;
  readonly httpPort?: number;
  readonly tags?: readonly string[];
  /** The machine's `-u`: seconds between its interval reports. */
  readonly updateSeconds?: number;
  /** Seconds that the rates in this report are averaged over. */
  readonly averageSeconds?: number;
  readonly uptimeSeconds?: number;
  readonly host?: HostReport;
  readonly cpu?: CpuReport;
  readonly load?: LoadReport;
  readonly memory?: MemoryReport;
  readonly pressure?: PressureReport;
  readonly swap?: SwapReport;
  readonly disk?: DiskReport;
  readonly filesystems?: readonly FilesystemReport[];
  readonly network?: NetworkReport;
  /** At most 8, the hottest first. */
  readonly temperatures?: readonly TemperatureReport[];
  /** At most 10; `userCount` counts all. */
  readonly users?: readonly UserReport[];
  readonly userCount?: number;
  /** At most 10, by CPU, then memory; `processCount` counts all. */
  readonly processes?: readonly ProcessReport[];
  readonly processCount?: number;
  /** The newest 5 lines since the last report; `messageCount` counts all since then. */
  readonly messages?: readonly string[];
  readonly messageCount?: number;
  /** What could not be read: why, and what to do about it. */
  readonly problems?: readonly ProblemReport[];
}

export interface HostReport {
  readonly cores?: number;
  readonly model?: string;
  readonly kernel?: string;
  readonly os?: string;
}

/** Percent of all cores over `averageSeconds`; `cores` holds each core's busy percent. */
export interface CpuReport {
  readonly userPercent?: number;
  readonly nicePercent?: number;
  readonly systemPercent?: number;
  readonly iowaitPercent?: number;
  readonly stealPercent?: number;
  readonly idlePercent?: number;
  readonly cores?: readonly number[];
}

export interface LoadReport {
  readonly one?: number;
  readonly five?: number;
  readonly fifteen?: number;
  readonly running?: number;
  readonly tasks?: number;
}

export interface MemoryReport {
  readonly totalBytes?: number;
  readonly availableBytes?: number;
  readonly usedBytes?: number;
  readonly activeBytes?: number;
  readonly inactiveBytes?: number;
  readonly buffersCachedBytes?: number;
  readonly swapTotalBytes?: number;
  readonly swapUsedBytes?: number;
  /** These four come only from a protocol-1 machine, which tells percentages and no sizes. */
  readonly usedPercent?: number;
  readonly activePercent?: number;
  readonly inactivePercent?: number;
  /** Used swap in percent of the memory's size, so it may be over 100. */
  readonly swapUsedPercentOfMemory?: number;
}

/** `avg60` of /proc/pressure: percent of the last 60 s in which some or all tasks waited. */
export interface PressureReport {
  readonly cpuSomePercent?: number;
  readonly memorySomePercent?: number;
  readonly memoryFullPercent?: number;
  readonly ioSomePercent?: number;
  readonly ioFullPercent?: number;
}

export interface SwapReport {
  readonly inBytesPerSecond?: number;
  readonly outBytesPerSecond?: number;
  /** Only from a protocol-1 machine: percent of its memory, of unknown size, in 60 s. */
  readonly inPercentOfMemoryPerMinute?: number;
  readonly outPercentOfMemoryPerMinute?: number;
}

export interface DiskReport {
  readonly readBytesPerSecond?: number;
  readonly writeBytesPerSecond?: number;
}

export interface FilesystemReport {
  readonly mount: string;
  readonly type?: string;
  readonly totalBytes?: number;
  /** Free for an ordinary user (statfs `bavail`). */
  readonly freeBytes?: number;
}

export interface NetworkReport {
  readonly receiveBytesPerSecond?: number;
  readonly transmitBytesPerSecond?: number;
  readonly interfaces?: readonly InterfaceReport[];
}

export interface InterfaceReport {
  readonly name: string;
  readonly receiveBytesPerSecond?: number;
  readonly transmitBytesPerSecond?: number;
  /** Within `averageSeconds`, received and sent together. */
  readonly errors?: number;
  readonly drops?: number;
}

export interface TemperatureReport {
  /** The chip: `coretemp`, `nvme`. */
  readonly sensor: string;
  /** Which of its sensors, where the chip names them: `Package id 0`. */
  readonly label?: string;
  readonly celsius: number;
  /** What the chip calls too hot. */
  readonly highCelsius?: number;
}

export interface UserReport {
  readonly name: string;
  readonly terminal?: string;
  readonly from?: string;
  readonly loginAgeSeconds?: number;
  readonly idleSeconds?: number;
  readonly command?: string;
}

export interface ProcessReport {
  readonly pid?: number;
  readonly user: string;
  /** Percent of one core over `averageSeconds`. */
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  /** One letter, as in /proc/[pid]/stat. */
  readonly state?: string;
  readonly cpuSeconds?: number;
  /** The command's name, never its arguments: those hold passwords. */
  readonly command: string;
}

/** What a machine tells of itself, each from a collector of its own; a problem is about one of them. */
export const REPORT_SUBJECTS = [
  "uptime",
  "host",
  "cpu",
  "load",
  "memory",
  "pressure",
  "swap",
  "disk",
  "file systems",
  "network",
  "temperatures",
  "users",
  "processes",
  "messages",
] as const;

export type ReportSubject = (typeof REPORT_SUBJECTS)[number];

export interface ProblemReport {
  /** A `ReportSubject`; of a machine with another version it may be any text. */
  readonly subject: string;
  readonly reason: string;
  readonly remedy?: string;
}
