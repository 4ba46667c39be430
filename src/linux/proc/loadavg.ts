/**
 * /proc/loadavg: the load over 1, 5 and 15 minutes, runnable tasks of all tasks, and the newest pid.
 *
 *     0.05 0.02 0.00 1/91 4699
 */
import { fail, ok } from "../../base/result.ts";
import { readParsed } from "../read-text.ts";

export function readProcLoadavg(root: string) {
  return readParsed(root, "/proc/loadavg", parseProcLoadavg);
}

const LINE = /^(\d{1,9}\.\d+) (\d{1,9}\.\d+) (\d{1,9}\.\d+) (\d{1,10})\/(\d{1,10})(?:\s|$)/;

/**
 * `running` of all `tasks` run or wait for a core. Fails for anything that does not begin with the
 * three loads and the two counts.
 */
export function parseProcLoadavg(text: string) {
  const match = LINE.exec(text);
  if (match === null) return fail("/proc/loadavg does not hold three loads and two counts");
  const [one = 0, five = 0, fifteen = 0, running = 0, tasks = 0] = match.slice(1).map(Number);
  return ok({ one, five, fifteen, running, tasks });
}
