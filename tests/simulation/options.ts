/** What `npm run simulate` is told on its command line. */
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

Lives through seeded worlds: the production core on simulated networks, clocks and disks, with
faults of all kinds and hostile peers, and its invariants checked at every step.

  --seeds N        so many worlds (default 100)
  --machines M     machines in each, 2 to 1000 (default 30)
  --first-seed S   the first of them (default 1)
  --jobs J         worlds at a time, each in a process of its own (default: the cores)
  --help           this text

Exit status: 0, all invariants held; 1, one was violated, and is printed with the command that
shows it again; 2, wrong usage. The last line sums up.
`;

const RANGES = {
  seeds: { least: 1, most: 1_000_000, otherwise: 100 },
  machines: { least: 2, most: 1000, otherwise: 30 },
  "first-seed": { least: 0, most: 2 ** 31, otherwise: 1 },
  jobs: { least: 1, most: 256, otherwise: availableParallelism() },
} as const;

type Name = keyof typeof RANGES;

/** `undefined`: help is wanted. A reason names the option, the value and the remedy. */
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
