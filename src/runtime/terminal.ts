/** Whether a descriptor is a terminal. */
import { fstatSync, type Stats } from "node:fs";
import { tty } from "../base/builtins.ts";

/** /dev/null, where services and scripts have their input from: character device 1:3 (null(4)). */
const NULL_DEVICE = (1 << 8) | 3;

/**
 * As `isTTY` of the streams of `process` says, which would all be set up to be asked that: 15 ms,
 * a quarter of a daemon's start.
 */
export function isTerminal(descriptor: number): boolean {
  return mayBeTerminal(statOf(descriptor)) && tty().isatty(descriptor);
}

function mayBeTerminal(stat: Stats | undefined): boolean {
  return stat?.isCharacterDevice() === true && stat.rdev !== NULL_DEVICE;
}

function statOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    // It is closed.
    return undefined;
  }
}
