/**
 * /proc/pressure/{cpu,memory,io}: how long tasks waited (kernel 4.20 and later).
 *
 *     some avg10=0.18 avg60=0.68 avg300=0.42 total=6353180
 *     full avg10=0.00 avg60=0.00 avg300=0.00 total=0
 */
import type { PressureReport } from "../../protocol/report.ts";
import { readText } from "../read-text.ts";

/** Percent of the last 60 s. */
export interface Pressure {
  readonly some?: number;
  readonly full?: number;
}

/** Undefined on a kernel without it (old, or with `psi=0`): that is no problem to report. */
export function readProcPressure(root: string): PressureReport | undefined {
  const cpu = readPressure(root, "cpu");
  const memory = readPressure(root, "memory");
  const io = readPressure(root, "io");
  // The kernel gives cpu a "full" line too, which means nothing for the whole machine.
  const pressure: PressureReport = {
    ...(cpu.some === undefined ? {} : { cpuSomePercent: cpu.some }),
    ...(memory.some === undefined ? {} : { memorySomePercent: memory.some }),
    ...(memory.full === undefined ? {} : { memoryFullPercent: memory.full }),
    ...(io.some === undefined ? {} : { ioSomePercent: io.some }),
    ...(io.full === undefined ? {} : { ioFullPercent: io.full }),
  };
  return Object.keys(pressure).length === 0 ? undefined : pressure;
}

/** A line that is missing or unreadable is absent. */
export function parsePressure(text: string): Pressure {
  const some = avg60(text, "some");
  const full = avg60(text, "full");
  return { ...(some === undefined ? {} : { some }), ...(full === undefined ? {} : { full }) };
}

function readPressure(root: string, name: string): Pressure {
  const text = readText(root, `/proc/pressure/${name}`);
  return text.ok ? parsePressure(text.value) : {};
}

function avg60(text: string, line: "some" | "full"): number | undefined {
  const match = new RegExp(`^${line} .*\\bavg60=(\\d{1,3}\\.\\d+)(?:\\s|$)`, "m").exec(text);
  return match === null ? undefined : Number(match[1]);
}
