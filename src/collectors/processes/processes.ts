/** The processes that ran the most, and how many there are. */
import { cleanText } from "../../base/clean-text.ts";
import { withoutUndefined } from "../../base/without-undefined.ts";
import { createUserNames } from "../../linux/passwd.ts";
import { readProcMeminfo } from "../../linux/proc/meminfo.ts";
import { type Mount, readProcMountinfo } from "../../linux/proc/mountinfo.ts";
import { readProcessOwner } from "../../linux/proc/pid.ts";
import { type ProcessTable, processName, readProcesses } from "../../linux/proc/pid-stat.ts";
import { readProcUptime } from "../../linux/proc/uptime.ts";
import { statIfThere } from "../../linux/read-text.ts";
import type { ProcessReport } from "../../protocol/report.ts";
import { collector, type Earlier, type Sample, type Trouble } from "../collector.ts";
import { tenths } from "../figures.ts";
import { type RankedProcess, rankProcesses } from "./rank.ts";

export interface ProcessReading {
  readonly table: ProcessTable;
  readonly uptimeSeconds?: number;
  readonly memoryBytes?: number;
}

/** USER_HZ: 100 on every architecture that this program runs on. */
const TICKS_PER_SECOND = 100;
/** A report must fit into one packet; `processCount` counts them all. */
const MOST_PROCESSES = 10;

export function createProcesses(root: string, pageBytes: number) {
  const nameOf = createUserNames(root);

  function describe(
    { table, memoryBytes }: ProcessReading,
    { row, ranTicks }: RankedProcess,
    seconds: number | undefined,
  ): ProcessReport {
    const pid = table.pids[row] ?? 0;
    const owner = readProcessOwner(root, pid);
    const ran = ranTicks === undefined ? undefined : ranTicks / TICKS_PER_SECOND;
    const residentBytes = (table.residentPages[row] ?? 0) * pageBytes;
    return withoutUndefined({
      pid,
      // As ps has it: the process ended before its owner could be asked for.
      user: owner === undefined ? "?" : nameOf(owner),
      cpuPercent:
        ran === undefined || seconds === undefined ? undefined : tenths((ran * 100) / seconds),
      memoryPercent: memoryBytes ? tenths((residentBytes * 100) / memoryBytes) : undefined,
      state: String.fromCharCode(table.states[row] ?? 0x3f),
      cpuSeconds: Math.round((table.cpuTicks[row] ?? 0) / TICKS_PER_SECOND),
      // A process may call itself nothing, or a line end: it is shown all the same.
      command: cleanText(processName(table, row)).trim() || "?",
    });
  }

  return collector({
    subject: "processes",
    read: (sample) => {
      const processes = sample.once(readProcesses);
      if (!processes.ok) return processes;
      const [uptime, memory] = [sample.once(readProcUptime), sample.once(readProcMeminfo)];
      const value = withoutUndefined({
        table: processes.value,
        uptimeSeconds: uptime.ok ? uptime.value : undefined,
        memoryBytes: memory.ok ? memory.value.totalBytes : undefined,
      });
      return { ok: true, value, problems: hiddenProcesses(sample) };
    },
    report: (now, before) => ({
      processes: rank(now, before).map((each) => describe(now, each, before?.seconds)),
      processCount: now.table.count,
    }),
  });
}

function rank(now: ProcessReading, before: Earlier<ProcessReading> | undefined): RankedProcess[] {
  const uptime = before?.reading.uptimeSeconds;
  const previousUptimeTicks = uptime === undefined ? undefined : uptime * TICKS_PER_SECOND;
  const tables = { previous: before?.reading.table, previousUptimeTicks, current: now.table };
  return rankProcesses(tables, MOST_PROCESSES);
}

/** With `hidepid` on /proc the list is only of our own processes, which would mislead. */
function hiddenProcesses({ root, once }: Sample): readonly Trouble[] {
  const mounts = once(readProcMountinfo);
  // What counts is whether we see the first process: root and the group of `gid=` do.
  if (!mounts.ok || !hidesProcesses(mounts.value) || statIfThere(root, "/proc/1/stat")) return [];
  const reason = "/proc is mounted with hidepid: other users' processes are not seen";
  return [{ reason, remedy: "add the user to the group of its gid= option" }];
}

/** Whether /proc hides the processes of other users from those outside a group. */
export function hidesProcesses(mounts: readonly Mount[]): boolean {
  return mounts.some(
    ({ type, mountPoint, options }) =>
      type === "proc" &&
      mountPoint === "/proc" &&
      /(^|,)hidepid=(1|2|noaccess|invisible|4|ptraceable)(,|$)/.test(options),
  );
}
