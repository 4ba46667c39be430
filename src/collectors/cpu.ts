/** What the cores have done between two samples, in all and core by core. */
import { withoutUndefined } from "../base/without-undefined.ts";
import { type CpuTimes, readProcStat } from "../linux/proc/stat.ts";
import { cpuFiguresV1 } from "../protocol/v1/figures.ts";
import { collector } from "./collector.ts";
import { tenths } from "./figures.ts";

export const cpu = collector({
  subject: "cpu",
  read: ({ once }) => once(readProcStat),
  report: (now, before) => {
    if (before === undefined) return {};
    const { all: allBefore, cores: coresBefore } = before.reading;
    const all = sharesBetween(allBefore, now.all);
    if (all === undefined) return {};
    const cores = [...now.cores].flatMap(([number, times]) => {
      const earlier = coresBefore.get(number);
      const shares = earlier && sharesBetween(earlier, times);
      // A core that waits for a disk is not busy: it is free for others.
      return shares === undefined ? [] : tenths(100 - shares.idle - (shares.iowait ?? 0));
    });
    // The 2005 program reads the first four columns alone.
    const cpuV1 = cpuFiguresV1({
      userAndNice: now.all.user - allBefore.user + now.all.nice - allBefore.nice,
      system: now.all.system - allBefore.system,
      idle: now.all.idle - allBefore.idle,
    });
    return {
      figuresV1: withoutUndefined({ cpu: cpuV1 }),
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

/** Percent of the ticks between the two; undefined where none passed or a counter stepped back. */
function sharesBetween(earlier: CpuTimes, later: CpuTimes) {
  const user = later.user - earlier.user;
  const nice = later.nice - earlier.nice;
  // Interrupts are part of it.
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
