/**
 * Takes live samples when the core wants one. The first of a row only begins the time that rates
 * are averaged over; the report follows half a second later, and at once from then on.
 */

import type { After } from "../base/after.ts";
import type { Moment } from "../base/units.ts";
import type { Sampler } from "../collectors/sampler.ts";
import type { Report } from "../protocol/report.ts";

/** As for the first report of all: long enough for rates that mean something. */
const FIRST_WINDOW_MS = 500;
/** Averages over longer than this say nothing of now: it is begun anew. */
const LONGEST_WINDOW_MS = 10_000;

/** The core keeps samples 50 times their cost apart (design, section 4); so does this. */
const COST_FACTOR = 50;

export interface LiveSampling {
  /** The core wants a live report, as soon as may be. */
  want(): void;
  stop(): void;
}

export interface LiveSamplingParts {
  readonly sampler: Pick<Sampler, "primeLive" | "takeLive">;
  readonly clock: () => Moment;
  readonly after: After;
  readonly publish: (report: Report, options: { readonly costMs: number }) => void;
}

export function createLiveSampling(parts: LiveSamplingParts): LiveSampling {
  const { sampler, clock, after, publish } = parts;
  let sampledMs = Number.NEGATIVE_INFINITY;
  let costMs = 0;
  let cancel: (() => void) | undefined;

  function timed<T>(sample: () => T): T {
    const startMs = clock().elapsedMs;
    const result = sample();
    sampledMs = clock().elapsedMs;
    costMs = sampledMs - startMs;
    return result;
  }

  function take(): void {
    cancel = undefined;
    const report = timed(() => sampler.takeLive());
    publish(report, { costMs });
  }

  return {
    want: () => {
      if (cancel !== undefined) return;
      const ageMs = clock().elapsedMs - sampledMs;
      const hasWindow = ageMs <= Math.max(LONGEST_WINDOW_MS, 2 * COST_FACTOR * costMs);
      if (!hasWindow) timed(() => sampler.primeLive());
      const waitMs = hasWindow
        ? COST_FACTOR * costMs - ageMs
        : Math.max(FIRST_WINDOW_MS, COST_FACTOR * costMs);
      if (waitMs <= 0) take();
      else cancel = after(waitMs, take);
    },
    stop: () => cancel?.(),
  };
}
