/** Writes text to a descriptor at once and whole, so that nothing is lost when the process ends. */
import { writeSync } from "node:fs";
import { errorCode } from "../base/errors.ts";

/** Short beside what a reader notices, long beside what a look at the descriptor costs. */
const PAUSE_MS = 5;

/** The reader of the descriptor has gone. */
const GONE = ["EPIPE", "EIO", "EBADF"];

/** The reader, or the disk below a file, takes nothing now. */
const FULL = ["EAGAIN", "ENOSPC", "EDQUOT"];

/**
 * A write may take a part only, and none at all where the descriptor does not block (a pipe or a
 * terminal that another program has set so: EAGAIN). This waits for its reader, as a blocking
 * descriptor would. With `mayDrop` it drops what that reader does not take at once, and what a full
 * disk does not take, for which it throws otherwise. A reader that has gone is no fault: `| head`
 * has seen enough, and a closed terminal shows nothing.
 */
export function writeAll(
  descriptor: number,
  text: string,
  { mayDrop = false }: { readonly mayDrop?: boolean } = {},
): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = errorCode(error) ?? "";
      if (GONE.includes(code) || (mayDrop && FULL.includes(code))) return;
      if (code !== "EAGAIN") throw error;
      Bun.sleepSync(PAUSE_MS);
    }
  }
}
