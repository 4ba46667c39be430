/**
 * One reading of everything a machine reports: the raw counters, with the moment of the reading.
 * Rates need two of these; `report-from-samples.ts` makes them.
 */

import type { Moment } from "../base/units.ts";
import type { DiskCounters } from "../linux/proc/diskstats.ts";
import type { InterfaceCounters } from "../linux/proc/net-dev.ts";
import type { ProcessTable } from "../linux/proc/process-table.ts";
import type { CpuCounters } from "../linux/proc/stat.ts";
import type { SwapCounters } from "../linux/proc/vmstat.ts";
import type {
  FilesystemReport,
  HostReport,
  LoadReport,
  MemoryReport,
  PressureReport,
  ProblemReport,
  UserReport,
} from "../protocol/report.ts";

/** A section that could not be read is absent, and `problems` says why. */
export interface Sample {
  readonly moment: Moment;
  readonly uptimeSeconds?: number;
  readonly host?: HostReport;
  readonly cpu?: CpuCounters;
  readonly load?: LoadReport;
  readonly memory?: MemoryReport;
  readonly pressure?: PressureReport;
  readonly swap?: SwapCounters;
  /** Whole disks only. */
  readonly disks?: readonly DiskCounters[];
  readonly filesystems?: readonly FilesystemReport[];
  /** Physical interfaces only. */
  readonly interfaces?: readonly InterfaceCounters[];
  /** At most 10, the least idle first. */
  readonly users?: readonly UserReport[];
  readonly userCount?: number;
  readonly processes?: ProcessTable;
  /** Absent where messages are switched off or not wanted (live samples). */
  readonly messages?: MessagesSection;
  readonly problems: readonly ProblemReport[];
}

/** The newest lines since the last reading, oldest first, and how many there were in all. */
export interface MessagesSection {
  readonly lines: readonly string[];
  readonly count: number;
}
