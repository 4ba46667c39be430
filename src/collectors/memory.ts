/** How the memory and the swap space are used. */
import { withoutUndefined } from "../base/without-undefined.ts";
import { readProcMeminfo } from "../linux/proc/meminfo.ts";
import { collector } from "./collector.ts";

export const memory = collector({
  subject: "memory",
  read: ({ once }) => once(readProcMeminfo),
  report: ({ freeBytes, reclaimableBytes = 0, ...memory }) => {
    const { totalBytes, buffersCachedBytes = 0 } = memory;
    // The 2005 program does not know that slabs can give memory back.
    const usedBytes = totalBytes - (freeBytes ?? 0) - (buffersCachedBytes - reclaimableBytes);
    const memoryUsedPercent =
      freeBytes === undefined || totalBytes === 0 ? undefined : (100 * usedBytes) / totalBytes;
    return { memory, figuresV1: withoutUndefined({ memoryUsedPercent }) };
  },
});
