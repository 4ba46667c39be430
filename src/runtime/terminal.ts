/** Whether a descriptor is a terminal, and whether the terminal takes colours. */
import { fstatSync } from "node:fs";
import { tty } from "../base/builtins.ts";

/** /dev/null, the usual stdin of services and scripts: character device 1:3 (null(4)). */
const NULL_DEVICE = (1 << 8) | 3;

/**
 * The same answer as `isTTY` of `process.stdout` and the like. Reading that would set up all three
 * streams of the process, which takes 15 ms, a quarter of a daemon's start.
 */
export function isTerminal(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isCharacterDevice() && stat.rdev !== NULL_DEVICE && tty().isatty(descriptor);
  } catch {
    // The descriptor is closed.
    return false;
  }
}

/** False with $NO_COLOR (no-color.org) and on a dumb terminal. */
export function mayUseColor(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}
