/** A worker process of `npm run simulate`: runs the seeds that it is sent, one after the other. */
import { runSeed, type SeedOptions } from "./run-seed.ts";

process.on("message", (options: SeedOptions) => {
  process.send?.(runSeed(options));
});
process.send?.("ready");
