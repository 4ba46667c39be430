/**
 * Tests the simulator itself: `bun tests/simulation/planted-bugs/main.ts [SEEDS]` plants each bug of the
 * table in a copy of the product and runs seeds, 200 at most, until the simulator finds it. Prints a
 * table, and exits with 1 if a bug was not found.
 */
import { copyWith, PLANTED, type PlantedBug, runSeedIn } from "./planted-bugs.ts";

const SEEDS = Number(process.argv[2] ?? 200);

interface Found {
  readonly seed: number;
  readonly invariant: string;
}

function findSeed(bug: PlantedBug): Found | undefined {
  const copy = copyWith(bug);
  try {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = runSeedIn(copy.path, seed);
      if (!outcome.ok) return { seed, invariant: outcome.failure.invariant };
    }
    return undefined;
  } finally {
    copy.remove();
  }
}

console.log("| bug | first seed that finds it | invariant |\n|---|---|---|");
for (const bug of PLANTED) {
  const found = findSeed(bug);
  console.log(`| ${bug.title} | ${found?.seed ?? "none"} | ${found?.invariant ?? ""} |`);
  if (found === undefined) process.exitCode = 1;
}
