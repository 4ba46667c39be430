/**
 * Takes this machine's reports, an interval apart, and hands them to the core. The first one
 * comes half a second after the start, so that it has rates already.
 */
import type { Sampler } from "../collectors/sampler.ts";
import type { Report } from "../protocol/report.ts";
import type { Moment } from "../units.ts";

/** Long enough for rates that mean something, short enough for a page with figures within 1 s. */
const FIRST_REPORT_MS = 500;

export interface Publisher {
  /** Publishes now, and from then on at this interval. */
  retime(updateSeconds: number): void;
  stop(): void;
}

export interface PublisherOptions {
  readonly sampler: Sampler;
  readonly updateSeconds: number;
  readonly clock: () => Moment;
  readonly publish: (report: Report) => void;
}

export function startPublisher(options: PublisherOptions): Publisher {
  const { sampler, clock } = options;
  let intervalMs = options.updateSeconds * 1000;
  let timer: Timer | undefined;
  let isStopped = false;
  let isTaking = false;
  let dueMs = clock().elapsedMs + FIRST_REPORT_MS;

  async function run(): Promise<void> {
    isTaking = true;
    const report = await sampler.take();
    isTaking = false;
    if (isStopped) return;
    options.publish(report);
    const now = clock().elapsedMs;
    // An interval after the last one was due, however long the sample took; after a suspension
    // the missed ones are not made up for.
    dueMs = Math.max(dueMs + intervalMs, now);
    timer = setTimeout(run, dueMs - now);
  }

  sampler.prime();
  timer = setTimeout(run, FIRST_REPORT_MS);
  return {
    retime: (updateSeconds) => {
      intervalMs = updateSeconds * 1000;
      // The report that is being made counts as the one of now.
      if (isTaking || isStopped) return;
      clearTimeout(timer);
      dueMs = clock().elapsedMs;
      timer = setTimeout(run, 0);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
