/** How much of the last minute tasks waited for the processor, the memory and the disks. */
import { readProcPressure } from "../linux/proc/pressure.ts";
import { collector } from "./collector.ts";
import { known, tenths } from "./figures.ts";

export const pressure = collector({
  subject: "pressure",
  // Many kernels have none of these files: that is no problem to report.
  read: ({ root }) => ({ ok: true, value: readProcPressure(root) }),
  report: ({ cpu, memory, io }) => ({
    pressure: known({
      // The kernel gives cpu a "full" line too, which means nothing for the whole machine.
      cpuSomePercent: rounded(cpu.some),
      memorySomePercent: rounded(memory.some),
      memoryFullPercent: rounded(memory.full),
      ioSomePercent: rounded(io.some),
      ioFullPercent: rounded(io.full),
    }),
  }),
});

function rounded(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : tenths(percent);
}
