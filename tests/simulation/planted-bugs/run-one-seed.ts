/** Runs one seed and prints the outcome as JSON. Runs inside a copy of the product that has a planted bug. */
import { runSeed } from "../run-seed.ts";

const [seed = 1, machines = 30] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(runSeed({ seed, machines })));
