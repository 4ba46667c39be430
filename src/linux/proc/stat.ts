/**
 * /proc/stat: what the cores have done since the boot, in ticks of 1/100 s: user, nice, system, idle,
 * iowait, irq, softirq, steal, and twice the time of guests.
 *
 *     cpu  2173 0 1903 135369 458 0 20 196 0 0
 *     cpu0 844 0 803 68210 61 0 4 125 0 0
 *     cpu1 1328 0 1100 67158 396 0 15 70 0 0
 *     intr 152733 0 0 …
 *
 * Source: proc_stat(5).
 */
import { fail, ok } from "../../base/result.ts";
import { parseCounter, readParsed } from "../read-text.ts";

export type CpuTimes = Readonly<NonNullable<ReturnType<typeof parseTimes>>>;

export function readProcStat(root: string) {
  return readParsed(root, "/proc/stat", parseProcStat);
}

/** Fails where the line of all cores is missing or is not numbers; bad core lines are skipped. */
export function parseProcStat(text: string) {
  let all: CpuTimes | undefined;
  // By the kernel's core number; cores that are switched off are missing.
  const cores = new Map<number, CpuTimes>();
  let start = 0;
  // The cpu lines come first; the interrupt line after them may be a hundred times longer.
  while (text.startsWith("cpu", start)) {
    const newline = text.indexOf("\n", start);
    const line = text.slice(start, newline < 0 ? text.length : newline);
    const [name = "", ...fields] = line.trimEnd().split(/ +/);
    const times = parseTimes(fields);
    if (times !== undefined && name === "cpu") {
      all = times;
    } else if (times !== undefined && /^cpu\d{1,6}$/.test(name)) {
      cores.set(Number(name.slice(3)), times);
    }
    if (newline < 0) break;
    start = newline + 1;
  }
  return all === undefined ? fail("/proc/stat has no line of all cores") : ok({ all, cores });
}

/**
 * Ticks since the boot. The columns of guests are not read, as the kernel counts their time under
 * `user` too. Kernels before 2.6.11 have no `steal`: it is 0.
 */
function parseTimes(fields: readonly string[]) {
  const numbers = fields.map(parseCounter);
  // NaN, for a column that is missing and needed, fails the check below.
  const [user = NaN, nice = NaN, system = NaN, idle = NaN] = numbers;
  const [iowait = 0, irq = 0, softirq = 0, steal = 0] = numbers.slice(4);
  const times = { user, nice, system, idle, iowait, irq, softirq, steal };
  return Object.values(times).every((value) => value >= 0) ? times : undefined;
}
