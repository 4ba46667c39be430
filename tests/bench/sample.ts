/**
 * The CPU time of one full sample of this machine with some 600 processes, beside `ps` as the original
 * program of 2005 called it.
 */
import { createCollectors } from "../../src/collectors/collectors.ts";
import { createSampler } from "../../src/collectors/sampler.ts";
import { createClock } from "../../src/runtime/clock.ts";
import { median } from "../median.ts";
import type { Figure } from "./figure.ts";
import { childrenCpuMs } from "./process-facts.ts";

const PROCESSES = 600;
const ROUNDS = 60;
const WARM_UP = 10;
/** After this the sleeping processes end by themselves, in case this process is killed. */
const LIFE_SECONDS = "120";

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
        beside: `ps with the options of 2005 ${files.theirsMs.toFixed(1)} ms`,
        ratio,
        aim: "ratio at most 0.33",
        isMet: ratio <= 1 / 3,
      },
      {
        subject: "one sample with the newest messages, once an interval",
        value: `${withMessages.oursMs.toFixed(1)} ms, of which ${withMessages.childrenMs.toFixed(1)} ms in children (journalctl if there is no message file)`,
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
  /** The median of a round: ours with its children, theirs for `ps`. */
  readonly oursMs: number;
  readonly theirsMs: number;
  /** The mean, because ticks are too coarse for a median. */
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
    const childrenBefore = childrenCpuMs();
    const before = process.cpuUsage();
    const report = await sampler.take();
    const { user, system } = process.cpuUsage(before);
    const children = childrenCpuMs() - childrenBefore;
    processCount = report.processCount ?? 0;
    const ps = Bun.spawnSync([...PS, ...PS_FORMAT], { stdout: "pipe" });
    if (round < WARM_UP) continue;
    ours.push((user + system) / 1000);
    childrenMs += children / ROUNDS;
    theirs.push(Number(ps.resourceUsage.cpuTime.total) / 1000);
  }
  return { oursMs: median(ours) + childrenMs, theirsMs: median(theirs), childrenMs, processCount };
}
