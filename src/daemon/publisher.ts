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
  const intervalMs = options.updateSeconds * 1000;
  let timer: Timer | undefined;
  let isStopped = false;
  let dueMs = clock().elapsedMs + FIRST_REPORT_MS;

  async function run(): Promise<void> {
    const report = await sampler.take();
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
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
