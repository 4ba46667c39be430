/** The command-line options of `npm run simulate`. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { fail, ok, type Result } from "../../src/base/result.ts";

export interface SimulateOptions {
  readonly seeds: number;
  readonly machines: number;
  readonly firstSeed: number;
  readonly jobs: number;
}

export const USAGE = `Usage: npm run simulate -- [OPTIONS]

Runs the production core in simulated worlds with their own networks, clocks and disks, injects
faults of all kinds and hostile peers, and checks the core's invariants at every step. Each seed
gives one world, always the same.

  --seeds N        number of worlds to run (default 100)
  --machines M     machines in each world, 2 to 1000 (default 30)
  --first-seed S   seed of the first world; the others follow it (default 1)
  --jobs J         worlds run at a time, each in its own process (default: number of CPU cores)
  --help           print this text

The last line of output is a summary. Exit status: 0 if all invariants held; 1 if one was violated,
which is printed with the command that reproduces it; 2 for a usage error.
`;

const RANGES = {
  seeds: { least: 1, most: 1_000_000, otherwise: 100 },
  machines: { least: 2, most: 1000, otherwise: 30 },
  "first-seed": { least: 0, most: 2 ** 31, otherwise: 1 },
  jobs: { least: 1, most: 256, otherwise: availableParallelism() },
} as const;

type Name = keyof typeof RANGES;

/** `undefined` if help was asked for. A failure names the option, the value and the remedy. */
export function readOptions(args: readonly string[]): Result<SimulateOptions | undefined> {
  const string = { type: "string" } as const;
  const options = { seeds: string, machines: string, "first-seed": string, jobs: string };
  let values: Partial<Record<Name, string>> & { readonly help?: boolean };
  try {
    const help = { type: "boolean" } as const;
    values = parseArgs({ args: [...args], options: { ...options, help } }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}; --help lists the options`);
  }
  if (values.help === true) return ok(undefined);
  const numbers: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(RANGES) as Name[]) {
    const number = readNumber(name, values[name]);
    if (!number.ok) return number;
    numbers[name] = number.value;
  }
  const { seeds = 0, machines = 0, jobs = 0 } = numbers;
  return ok({ seeds, machines, jobs, firstSeed: numbers["first-seed"] ?? 0 });
}

function readNumber(name: Name, text: string | undefined): Result<number> {
  const { least, most, otherwise } = RANGES[name];
  if (text === undefined) return ok(otherwise);
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return ok(number);
  return fail(`--${name} ${text}: give a whole number from ${least} to ${most}`);
}
