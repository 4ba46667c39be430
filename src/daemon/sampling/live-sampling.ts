/**
 * Takes a live sample when the core asks for one. The first of a series only opens the window that
 * rates are averaged over, and its report follows half a second later; the next ones are made at once.
 */
import type { After } from "../../base/after.ts";
import type { Moment } from "../../base/units.ts";
import type { Sampler } from "../../collectors/sampler.ts";
import type { Report } from "../../protocol/report.ts";

/** Rates over a shorter time say little: a process that runs for 10 ms fills half of 20 ms. */
const FIRST_WINDOW_MS = 500;
/** An average over a longer window does not show the present, so a new window is opened. */
const LONGEST_WINDOW_MS = 10_000;

/** Samples are at least 50 times their own cost apart, here as in the core. */
const COST_FACTOR = 50;

export function createLiveSampling(parts: {
  readonly sampler: Pick<Sampler, "primeLive" | "takeLive">;
  readonly clock: () => Moment;
  readonly after: After;
  readonly publish: (report: Report, options: { readonly costMs: number }) => void;
}) {
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
    /** Publishes a live report as soon as the pause between samples allows. */
    request: () => {
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
