/** The process that a command runs in: its environment, the files it may read, its output. */
import { readText } from "../config/read-config-file.ts";
import { writeAll } from "../runtime/write-all.ts";
import type { Surroundings } from "./command.ts";

const STDOUT = 1;
const STDERR = 2;

export function ownSurroundings(): Surroundings {
  return {
    env: process.env,
    readText,
    out: (text) => writeAll(STDOUT, text),
    error: (text) => writeAll(STDERR, text),
  };
}
