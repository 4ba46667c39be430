/** Lives through one seed and prints the outcome as JSON; run by planted.ts in a copy. */
import { liveThrough } from "../run-seed.ts";

const [seed = 1, machines = 30] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(liveThrough({ seed, machines })));
