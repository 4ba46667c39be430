/**
 * A check of the checker: `bun tests/simulation/planted-bugs/main.ts [SEEDS]` puts five bugs into copies of
 * the product, one at a time, and lets the simulator look for each, in 200 seeds at most. Prints a
 * table, and ends with 1 if one was not found.
 */
import { copyWith, liveThroughIn, PLANTED, type PlantedBug } from "./planted-bugs.ts";

const SEEDS = Number(process.argv[2] ?? 200);

interface Found {
  readonly seed: number;
  readonly invariant: string;
}

function find(bug: PlantedBug): Found | undefined {
  const copy = copyWith(bug);
  try {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = liveThroughIn(copy.path, seed);
      if (!outcome.ok) return { seed, invariant: outcome.failure.invariant };
    }
    return undefined;
  } finally {
    copy.remove();
  }
}

console.log("| bug | first seed that finds it | invariant |\n|---|---|---|");
for (const bug of PLANTED) {
  const found = find(bug);
  console.log(`| ${bug.title} | ${found?.seed ?? "none"} | ${found?.invariant ?? ""} |`);
  if (found === undefined) process.exitCode = 1;
}
