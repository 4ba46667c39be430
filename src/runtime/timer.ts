/** The system's timer. */
import type { After } from "../base/after.ts";

export const after: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
