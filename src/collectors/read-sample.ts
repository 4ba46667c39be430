/**
 * One reading of everything below a root. A section that cannot be read is left out, with a
 * problem in its place; what costs more than a file (children, caches) is handed in.
 */

import type { Moment } from "../base/units.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import { readOsRelease } from "../linux/os-release.ts";
import { readCpuModel } from "../linux/proc/cpuinfo.ts";
import { readProcDiskstats } from "../linux/proc/diskstats.ts";
import { readProcLoadavg } from "../linux/proc/loadavg.ts";
import { readProcMeminfo } from "../linux/proc/meminfo.ts";
import { hidesProcesses, type Mount, readProcMountinfo } from "../linux/proc/mountinfo.ts";
import { readProcNetDev } from "../linux/proc/net-dev.ts";
import { readProcesses } from "../linux/proc/pid-stat.ts";
import { type PressureOf, readProcPressure } from "../linux/proc/pressure.ts";
import { readProcStat } from "../linux/proc/stat.ts";
import { readProcUptime } from "../linux/proc/uptime.ts";
import { readProcVmstat } from "../linux/proc/vmstat.ts";
import { type Reading, readText, statIfThere } from "../linux/read-text.ts";
import type { HostReport, PressureReport, ProblemReport } from "../protocol/report.ts";
import { readFilesystems } from "./filesystems.ts";
import type { MessageReader } from "./messages.ts";
import type { Sample } from "./sample.ts";
import type { StatfsAnswer, StatfsProber } from "./statfs-probe.ts";
import { readUsers } from "./users.ts";

export interface SampleSources {
  readonly root: string;
  readonly pageBytes: number;
  readonly hostFacts: () => HostReport;
  readonly prober: StatfsProber;
  /** Absent: messages are switched off, or not wanted this time. */
  readonly messages?: MessageReader;
  readonly statfs?: (path: string) => StatfsAnswer;
}

/** Reads at once; what the prober's and the message reader's children have found is gathered. */
export function readSample(sources: SampleSources, moment: Moment): Sample {
  const { root } = sources;
  const problems: ProblemReport[] = [];
  const section = <T>(subject: string, reading: Reading<T>, remedy?: string): T | undefined => {
    if (reading.ok) {
      return reading.value;
    }
    problems.push({ subject, reason: reading.reason, ...(remedy === undefined ? {} : { remedy }) });
    return undefined;
  };

  const cpu = section("cpu", readProcStat(root));
  const processes = section("processes", readProcesses(root));
  const users = section(
    "users",
    readUsers({ root, now: moment, foreground: processes?.foreground ?? new Map() }),
    "start systemd-logind, or let the login programs write /var/run/utmp",
  );
  const mounts = readProcMountinfo(root);
  const { filesystems, problems: filesystemProblems } = readFilesystems({
    root,
    mounts,
    prober: sources.prober,
    nowMs: moment.elapsedMs,
    ...(sources.statfs === undefined ? {} : { statfs: sources.statfs }),
  });
  const { messages, problem: messageProblem } = sources.messages?.take() ?? {};
  const sample = {
    uptimeSeconds: section("uptime", readProcUptime(root)),
    host: { ...(cpu === undefined ? {} : { cores: cpu.cores.size }), ...sources.hostFacts() },
    cpu,
    load: section("load", readProcLoadavg(root)),
    memory: section("memory", readProcMeminfo(root)),
    pressure: pressureReport(readProcPressure(root)),
    swap: section("swap", readProcVmstat(root, sources.pageBytes)),
    disks: section("disk", readProcDiskstats(root)),
    filesystems,
    interfaces: section("network", readProcNetDev(root)),
    users: users?.users,
    userCount: users?.count,
    processes,
    messages,
  };
  problems.push(...filesystemProblems, ...hiddenProcesses(root, mounts));
  problems.push(...(messageProblem === undefined ? [] : [messageProblem]));
  return { moment, problems, ...withoutUndefined(sample) };
}

/** The kernel gives cpu a "full" line too, which means nothing for the whole machine. */
function pressureReport({ cpu, memory, io }: PressureOf): PressureReport | undefined {
  const report = withoutUndefined({
    cpuSomePercent: cpu.some,
    memorySomePercent: memory.some,
    memoryFullPercent: memory.full,
    ioSomePercent: io.some,
    ioFullPercent: io.full,
  });
  return Object.keys(report).length === 0 ? undefined : report;
}

/** The facts that change with a boot or an upgrade alone: read once, or when their file changes. */
export function createHostFacts(root: string): () => HostReport {
  const model = readCpuModel(root);
  const release = readText(root, "/proc/sys/kernel/osrelease");
  const kernel = release.ok ? release.value.trim() : undefined;
  let os: string | undefined;
  let osReadAtMs: number | undefined;
  return () => {
    // −1: no such file; /usr/lib may still have one, and is then read once.
    const changedAtMs = statIfThere(root, "/etc/os-release")?.mtimeMs ?? -1;
    if (changedAtMs !== osReadAtMs) {
      os = readOsRelease(root);
      osReadAtMs = changedAtMs;
    }
    return withoutUndefined({ model, kernel, os });
  };
}

/** With `hidepid` on /proc the list is only of our own processes, which would mislead. */
function hiddenProcesses(root: string, mounts: Reading<readonly Mount[]>): ProblemReport[] {
  // What counts is whether we see the first process: root and the group of `gid=` do.
  if (!mounts.ok || !hidesProcesses(mounts.value) || statIfThere(root, "/proc/1/stat")) {
    return [];
  }
  const reason = "/proc is mounted with hidepid: other users' processes are not seen";
  return [{ subject: "processes", reason, remedy: "add the user to the group of its gid= option" }];
}
