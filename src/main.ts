/** The program: runs what its command line asks for, and ends with that command's exit code. */
import { runCommandLine } from "./cli/command-line.ts";
import { ownSurroundings } from "./cli/surroundings.ts";

process.exit(await runCommandLine(process.argv.slice(2), ownSurroundings()));
