/** What is moved between the memory and the swap space. */
import { readProcVmstat } from "../linux/proc/vmstat.ts";
import { collector } from "./collector.ts";
import { known, rate } from "./figures.ts";

export function createSwap(pageBytes: number) {
  return collector({
    subject: "swap",
    read: ({ root }) => readProcVmstat(root, pageBytes),
    report: (now, before) => ({
      swap: known({
        inBytesPerSecond: rate(before?.reading?.inBytes, now?.inBytes, before?.seconds),
        outBytesPerSecond: rate(before?.reading?.outBytes, now?.outBytes, before?.seconds),
      }),
    }),
  });
}
