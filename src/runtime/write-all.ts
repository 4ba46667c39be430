/** Writes text to a descriptor at once and whole, so that nothing is lost when the process ends. */
import { writeSync } from "node:fs";
import { errorCode } from "../base/errors.ts";

/** Short beside what a reader notices, long beside what a look at the descriptor costs. */
const PAUSE_MS = 5;

/**
 * A write may take a part only, and none at all where the descriptor does not block (a pipe or a
 * terminal that another program has set so: EAGAIN). `patienceMs` is how long to wait for a
 * reader that takes nothing, before the rest of the text is dropped; without it this waits for as
 * long as a blocking descriptor would. A reader that has gone is no fault: `| head`
 * has seen enough, and a closed terminal shows nothing.
 */
export function writeAll(
  descriptor: number,
  text: string,
  { patienceMs }: { readonly patienceMs?: number } = {},
): void {
  const bytes = Buffer.from(text);
  let written = 0;
  let waitedMs = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
      waitedMs = 0;
    } catch (error) {
      const code = errorCode(error);
      if (code === "EPIPE" || code === "EIO" || code === "EBADF") return;
      if (code !== "EAGAIN") throw error;
      if (patienceMs !== undefined && waitedMs >= patienceMs) return;
      Bun.sleepSync(PAUSE_MS);
      waitedMs += PAUSE_MS;
    }
  }
}
