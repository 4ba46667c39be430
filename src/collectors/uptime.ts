/** How long ago the machine was started. */
import { readProcUptime } from "../linux/proc/uptime.ts";
import { collector } from "./collector.ts";

export const uptime = collector({
  subject: "uptime",
  read: ({ once }) => once(readProcUptime),
  report: (seconds) => ({ uptimeSeconds: Math.round(seconds) }),
});
