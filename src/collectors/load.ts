/** How long ago the machine was started, the load averages, and how many tasks there are. */
import { readProcLoadavg } from "../linux/proc/loadavg.ts";
import { readProcUptime } from "../linux/proc/uptime.ts";
import { collector } from "./collector.ts";

export const load = collector({
  subject: "load",
  read: ({ root }) => readProcLoadavg(root),
  report: (load) => ({ load }),
});

export const uptime = collector({
  subject: "uptime",
  read: ({ once }) => once(readProcUptime),
  report: (seconds) => ({ uptimeSeconds: Math.round(seconds) }),
});
