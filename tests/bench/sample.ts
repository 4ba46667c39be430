/**
 * What one full sample of this machine costs in CPU with some 600 processes, beside `ps` as the
 * program of 2005 called it.
 */
import { createSampler } from "../../src/collectors/sampler.ts";
import { createClock } from "../../src/runtime/clock.ts";
import type { Figure } from "./main.ts";

const PROCESSES = 600;
const ROUNDS = 60;
const WARM_UP = 10;
/** They end by themselves, should this process be killed. */
const LIFE_SECONDS = "120";

const PS = ["ps", "-A", "--no-headers", "--sort", "-%cpu"];
const PS_FORMAT = ["--format", "sess user %cpu %mem stat time comm"];

export async function benchmarkSample(): Promise<readonly Figure[]> {
  const sleepers = Array.from({ length: PROCESSES }, () =>
    Bun.spawn(["sleep", LIFE_SECONDS], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }),
  );
  try {
    const sampler = createSampler({
      root: "/",
      about: { name: "bench", version: "0", tags: [], updateSeconds: 600 },
      messages: true,
      executable: [process.execPath, "--version"],
      clock: createClock("/"),
    });
    sampler.prime();
    const ours: number[] = [];
    const theirs: number[] = [];
    let processCount = 0;
    for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
      const before = process.cpuUsage();
      const report = await sampler.take();
      const { user, system } = process.cpuUsage(before);
      processCount = report.processCount ?? 0;
      const ps = Bun.spawnSync([...PS, ...PS_FORMAT], { stdout: "pipe" });
      if (round < WARM_UP) continue;
      ours.push((user + system) / 1000);
      theirs.push(Number(ps.resourceUsage.cpuTime.total) / 1000);
    }
    const ratio = median(ours) / median(theirs);
    return [
      {
        subject: `one sample with ${processCount} processes, median CPU of ${ROUNDS}`,
        value: `${median(ours).toFixed(1)} ms`,
        beside: `ps in 2005's format ${median(theirs).toFixed(1)} ms`,
        ratio,
        aim: "ratio at most 0.33",
        isMet: ratio <= 1 / 3,
      },
    ];
  } finally {
    for (const sleeper of sleepers) sleeper.kill();
    await Promise.all(sleepers.map((sleeper) => sleeper.exited));
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
