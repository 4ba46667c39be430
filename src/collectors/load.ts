/** The load averages, and how many tasks there are. */
import { readProcLoadavg } from "../linux/proc/loadavg.ts";
import { collector } from "./collector.ts";

export const load = collector({
  subject: "load",
  read: ({ root }) => readProcLoadavg(root),
  report: (load) => ({ load }),
});
