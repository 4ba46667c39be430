/** The program: runs what its command line asks for, and ends with that command's exit code. */
import { ownSurroundings, runCommandLine } from "./cli/command-line.ts";

process.exit(await runCommandLine(process.argv.slice(2), ownSurroundings()));
