/**
 * What one full sample of this machine costs in CPU with some 600 processes, beside `ps` as the
 * program of 2005 called it.
 */
import { readFileSync } from "node:fs";
import { createCollectors } from "../../src/collectors/collectors.ts";
import { createSampler } from "../../src/collectors/sampler.ts";
import { createClock } from "../../src/runtime/clock.ts";
import type { Figure } from "./main.ts";

const PROCESSES = 600;
const ROUNDS = 60;
const WARM_UP = 10;
/** They end by themselves, should this process be killed. */
const LIFE_SECONDS = "120";

/** USER_HZ is 100. */
const MS_PER_TICK = 10;

const PS = ["ps", "-A", "--no-headers", "--sort", "-%cpu"];
const PS_FORMAT = ["--format", "sess user %cpu %mem stat time comm"];

export async function benchmarkSample(): Promise<readonly Figure[]> {
  const sleepers = Array.from({ length: PROCESSES }, () =>
    Bun.spawn(["sleep", LIFE_SECONDS], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }),
  );
  try {
    const files = await measure({ messages: false });
    const withMessages = await measure({ messages: true });
    const ratio = files.oursMs / files.theirsMs;
    return [
      {
        subject: `one sample with ${files.processCount} processes, median CPU of ${ROUNDS}`,
        value: `${files.oursMs.toFixed(1)} ms`,
        beside: `ps in 2005's format ${files.theirsMs.toFixed(1)} ms`,
        ratio,
        aim: "ratio at most 0.33",
        isMet: ratio <= 1 / 3,
      },
      {
        subject: "the same with the newest messages, once an interval",
        value: `${withMessages.oursMs.toFixed(1)} ms, of which ${withMessages.childrenMs.toFixed(1)} ms in children (journalctl, if there is no message file)`,
        aim: "none stated",
        isMet: true,
      },
    ];
  } finally {
    for (const sleeper of sleepers) sleeper.kill();
    await Promise.all(sleepers.map((sleeper) => sleeper.exited));
  }
}

interface Measured {
  /** Medians of one round each; ours with its children, theirs is `ps`. */
  readonly oursMs: number;
  readonly theirsMs: number;
  /** The mean: ticks are too coarse for a median. */
  readonly childrenMs: number;
  readonly processCount: number;
}

async function measure({ messages }: { readonly messages: boolean }): Promise<Measured> {
  const sampler = createSampler({
    collectors: createCollectors({
      root: "/",
      messages,
      executable: [process.execPath, "--version"],
    }),
    root: "/",
    about: { name: "bench", version: "0", tags: [], updateSeconds: 600 },
    clock: createClock("/"),
  });
  sampler.prime();
  const ours: number[] = [];
  const theirs: number[] = [];
  let childrenMs = 0;
  let processCount = 0;
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    const childrenBefore = childrenTicks();
    const before = process.cpuUsage();
    const report = await sampler.take();
    const { user, system } = process.cpuUsage(before);
    const children = (childrenTicks() - childrenBefore) * MS_PER_TICK;
    processCount = report.processCount ?? 0;
    const ps = Bun.spawnSync([...PS, ...PS_FORMAT], { stdout: "pipe" });
    if (round < WARM_UP) continue;
    ours.push((user + system) / 1000);
    childrenMs += children / ROUNDS;
    theirs.push(Number(ps.resourceUsage.cpuTime.total) / 1000);
  }
  return { oursMs: median(ours) + childrenMs, theirsMs: median(theirs), childrenMs, processCount };
}

/** What children that have ended took, in ticks: journalctl, say. Source: proc(5), cutime, cstime. */
function childrenTicks(): number {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[13]) + Number(fields[14]);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
