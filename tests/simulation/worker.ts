/** A process of `npm run simulate`: lives through the seeds that it is given, one after the other. */
import { liveThrough, type OrdealOptions } from "./run-seed.ts";

process.on("message", (options: OrdealOptions) => {
  process.send?.(liveThrough(options));
});
process.send?.("ready");
