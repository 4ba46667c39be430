/** What the cores have done between two samples, in all and core by core. */
import { withoutUndefined } from "../base/without-undefined.ts";
import { type CpuTimes, readProcStat } from "../linux/proc/stat.ts";
import { type CpuFiguresV1, cpuFiguresV1 } from "../protocol/v1/figures.ts";
import { collector } from "./collector.ts";
import { tenths } from "./figures.ts";

export const cpu = collector({
  subject: "cpu",
  read: ({ once }) => once(readProcStat),
  report: (now, before) => {
    const all = before && sharesBetween(before.reading.all, now.all);
    if (all === undefined) return {};
    const cores: number[] = [];
    for (const [number, times] of now.cores) {
      const earlier = before?.reading.cores.get(number);
      const shares = earlier && sharesBetween(earlier, times);
      // A core that waits for a disk is not busy: it is free for others.
      if (shares !== undefined) cores.push(tenths(100 - shares.idle - (shares.iowait ?? 0)));
    }
    return {
      figuresV1: withoutUndefined({ cpu: before && cpuBetweenV1(before.reading.all, now.all) }),
      cpu: withoutUndefined({
        userPercent: tenths(all.user),
        nicePercent: tenths(all.nice),
        systemPercent: tenths(all.system),
        iowaitPercent: all.iowait === undefined ? undefined : tenths(all.iowait),
        stealPercent: tenths(all.steal),
        idlePercent: tenths(all.idle),
        cores: cores.length === 0 ? undefined : cores,
      }),
    };
  },
});

interface CpuShares {
  readonly user: number;
  readonly nice: number;
  /** Interrupts are part of it. */
  readonly system: number;
  readonly steal: number;
  readonly idle: number;
  readonly iowait: number | undefined;
}

/** The 2005 program reads the first four columns alone. */
function cpuBetweenV1(earlier: CpuTimes, later: CpuTimes): CpuFiguresV1 | undefined {
  return cpuFiguresV1({
    userAndNice: later.user - earlier.user + later.nice - earlier.nice,
    system: later.system - earlier.system,
    idle: later.idle - earlier.idle,
  });
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
  if (total <= 0 || Math.min(user, nice, system, steal, idle) < 0) return undefined;
  const percent = (ticks: number) => (ticks * 100) / total;
  return {
    user: percent(user),
    nice: percent(nice),
    system: percent(system),
    steal: percent(steal),
    idle: percent(idle),
    iowait: iowait === undefined ? undefined : percent(iowait),
  };
}
