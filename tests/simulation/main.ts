/**
 * `npm run simulate`: runs many seeded worlds, spread over worker processes. Prints progress every
 * 30 s, each violation with the command that reproduces it, and a summary as the last line.
 */
import { join } from "node:path";
import { readOptions, type SimulateOptions, USAGE } from "./options.ts";
import { type Failure, LARGE, type Outcome, type SeedOptions } from "./run-seed.ts";

const HOUR_MS = 3_600_000;
const PROGRESS_EVERY_MS = 30_000;
/**
 * JavaScriptCore lets its heap grow to a share of the machine's memory before it collects garbage.
 * Large worlds run several at a time, so each process is told that the machine has 6 GB.
 */
const SMALL_HEAP = { BUN_JSC_forceRAMSize: "6000000000" };

class Tally {
  seeds = 0;
  virtualMs = 0;
  readonly failures: Failure[] = [];
  readonly #faults = new Map<string, number>();

  add(outcome: Outcome): void {
    this.seeds++;
    if (!outcome.ok) {
      this.failures.push(outcome.failure);
      this.virtualMs += outcome.failure.virtualMs;
      return;
    }
    this.virtualMs += outcome.result.virtualMs;
    for (const [kind, count] of Object.entries(outcome.result.faults)) {
      this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + count);
    }
  }

  /** `lost 1200, restart 31, …` */
  faults(): string {
    const kinds = [...this.#faults].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
    const sum = kinds.reduce((total, [, count]) => total + count, 0);
    return `${sum} faults (${kinds.map(([kind, count]) => `${kind} ${count}`).join(", ")})`;
  }

  line(machines: number): string {
    const hours = (this.virtualMs / HOUR_MS).toFixed(1);
    const violations = this.failures.length;
    const end = `${violations} violation${violations === 1 ? "" : "s"}`;
    return `${this.seeds} seeds of ${machines} machines, ${hours} virtual hours, ${this.faults()}, ${end}`;
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options.ok) {
    console.error(options.reason);
    return 2;
  }
  if (options.value === undefined) {
    console.log(USAGE);
    return 0;
  }
  const tally = new Tally();
  const startMs = performance.now();
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - startMs) / 1000);
    console.error(`${tally.seeds} of ${options.value?.seeds} seeds after ${seconds} s`);
  }, PROGRESS_EVERY_MS);
  await runSeeds(options.value, tally);
  clearInterval(progress);
  console.log(tally.line(options.value.machines));
  return tally.failures.length > 0 ? 1 : 0;
}

/** After the first violation no further seed is started. */
async function runSeeds(options: SimulateOptions, tally: Tally): Promise<void> {
  const { seeds, machines, firstSeed } = options;
  let nextSeed = firstSeed;
  const takeNext = () => {
    const isOver = nextSeed >= firstSeed + seeds || tally.failures.length > 0;
    return isOver ? undefined : { seed: nextSeed++, machines };
  };
  const jobs = Math.min(options.jobs, seeds);
  await Promise.all(Array.from({ length: jobs }, () => runWorker(takeNext, machines, tally)));
}

type TakeNext = () => SeedOptions | undefined;

/** Runs seeds in one process until none is left. A worker that dies counts as a violation. */
function runWorker(takeNext: TakeNext, machines: number, tally: Tally): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let current: SeedOptions | undefined;
  let isDone = false;
  const worker = Bun.spawn([process.execPath, join(import.meta.dir, "worker.ts")], {
    stdio: ["ignore", "inherit", "inherit"],
    env: machines < LARGE ? process.env : { ...process.env, ...SMALL_HEAP },
    ipc(message: "ready" | Outcome, child) {
      if (message !== "ready") {
        tally.add(message);
        if (!message.ok) printFailure(message.failure);
      }
      current = takeNext();
      if (current !== undefined) child.send(current);
      else {
        isDone = true;
        child.kill();
      }
    },
    onExit() {
      if (!isDone && current !== undefined) {
        const failure = {
          ...current,
          virtualMs: 0,
          invariant: "the simulation runs to its end",
          what: "the worker process died",
        };
        tally.add({ ok: false, failure });
        printFailure(failure);
      }
      resolve();
    },
  });
  process.once("exit", () => worker.kill());
  return promise;
}

function printFailure({ seed, machines, virtualMs, invariant, what }: Failure): void {
  console.log(
    `seed ${seed}: violated after ${(virtualMs / 1000).toFixed(3)} virtual s: ${invariant}`,
  );
  console.log(`  ${what}`);
  console.log(`  npm run simulate -- --machines ${machines} --first-seed ${seed} --seeds 1`);
}

process.exitCode = await main();
