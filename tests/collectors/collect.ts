/** One collector by itself: a sample of a root, and a report of two readings. */
import {
  type CollectorModule,
  type Found,
  readOnce,
  type Sample,
  type Section,
} from "../../src/collectors/collector.ts";

export const NOW = { elapsedMs: 0, wallMs: 1_700_003_600_000 };

export function sampleOf(root: string, more: Partial<Sample> = {}): Sample {
  return { root, now: NOW, seconds: undefined, once: readOnce(root), ...more };
}

/** What the collector reads below a root. */
export function readingOf<R>(module: CollectorModule<R>, root: string): Found<R> {
  return module.read(sampleOf(root));
}

/** The report of a first reading. */
export function reportOfFirst<R>(module: CollectorModule<R>, now: R): Section {
  return module.report(now);
}

/** The report of two readings, a second apart unless told otherwise. */
export function reportBetween<R>(
  module: CollectorModule<R>,
  before: R,
  now: R,
  seconds = 1,
): Section {
  return module.report(now, { reading: before, seconds });
}
