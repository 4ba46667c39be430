/**
 * `npm run bench [-- NAME…] [--machines N] [--packets N]`: measures what unagi costs beside comparable
 * programs, in one run, so that a slow or busy machine changes the figures but hardly their ratios.
 * Prints one line for each figure; docs/benchmarks.md explains them.
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchmarkCluster } from "./cluster.ts";
import type { Figure } from "./figure.ts";
import { benchmarkFlood } from "./flood.ts";
import { benchmarkPage } from "./page.ts";
import { benchmarkPeers } from "./peers.ts";
import { benchmarkSample } from "./sample.ts";
import { benchmarkStart } from "./start.ts";
import { benchmarkWatchers } from "./watchers.ts";

const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  sample: benchmarkSample,
  start: benchmarkStart,
  page: benchmarkPage,
  watchers: benchmarkWatchers,
  cluster: () => benchmarkCluster(Number(values.machines)),
  peers: benchmarkPeers,
  flood: () => benchmarkFlood(Number(values.packets)),
};

const { values, positionals: wanted } = parseArgs({
  options: {
    /** The number of machines of `cluster`, at most 254. */
    machines: { type: "string", default: "100" },
    /** The number of packets of `flood`, plain and again sealed; a million take about a minute. */
    packets: { type: "string", default: "1000000" },
  },
  allowPositionals: true,
});
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(
    `unknown benchmark: ${unknown.join(", ")}; choose from ${Object.keys(BENCHMARKS).join(", ")}`,
  );
  process.exit(2);
}

const build = spawnSync(
  process.execPath,
  [join(import.meta.dir, "../../scripts/build-binary.ts")],
  {
    stdio: ["ignore", "ignore", "inherit"],
  },
);
if (build.status !== 0) process.exit(1);

console.log(`${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}, bun ${Bun.version}`);
let isMissed = false;
let isBroken = false;
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const figure of await run()) {
    isMissed ||= !figure.isMet;
    isBroken ||= !figure.isMet && figure.isPromise === true;
    console.log(formatFigure(figure));
  }
}
// For a reader only: a timed check that fails on a busy machine would be no use to CI.
if (isMissed) console.log("Not all aims were met in this run.");
if (isBroken) process.exitCode = 1;

function formatFigure({ subject, value, beside, ratio, aim, isMet }: Figure): string {
  const parts = [value, beside, ratio === undefined ? undefined : `ratio ${ratio.toFixed(2)}`];
  const measured = parts.filter((part) => part !== undefined).join("; ");
  return `${subject}: ${measured} (aim: ${aim}; ${isMet ? "met" : "missed"})`;
}
