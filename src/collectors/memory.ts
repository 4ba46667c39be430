/** How the memory and the swap space are used. */
import { readProcMeminfo } from "../linux/proc/meminfo.ts";
import { collector } from "./collector.ts";

export const memory = collector({
  subject: "memory",
  read: ({ once }) => once(readProcMeminfo),
  report: (memory) => ({ memory }),
});
