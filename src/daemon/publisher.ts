/**
 * Takes this machine's reports, an interval apart, and hands them to the core. The first one
 * comes half a second after the start, so that it has rates already.
 */

import type { After } from "../base/after.ts";
import type { Moment } from "../base/units.ts";
import type { Sampler } from "../collectors/sampler.ts";
import type { Report } from "../protocol/report.ts";

/** Long enough for rates that mean something, short enough for a page with figures within 1 s. */
const FIRST_REPORT_MS = 500;

/** A timer stands still while the machine is suspended: then a report is late by this at most. */
const LONGEST_SLEEP_MS = 5_000;

export interface Publisher {
  /** Publishes now, and from then on at this interval. */
  retime(updateSeconds: number): void;
  stop(): void;
}

export interface PublisherOptions {
  readonly sampler: Pick<Sampler, "prime" | "take">;
  readonly updateSeconds: number;
  readonly clock: () => Moment;
  readonly after: After;
  readonly publish: (report: Report) => void;
}

export function startPublisher(options: PublisherOptions): Publisher {
  const { sampler, clock, after } = options;
  let intervalMs = options.updateSeconds * 1000;
  let cancel: () => void = () => undefined;
  let isStopped = false;
  let isTaking = false;
  let dueMs = clock().elapsedMs + FIRST_REPORT_MS;

  /** Sleeps until the next report is due, or for so long that it has to be looked again. */
  function sleep(): void {
    const leftMs = dueMs - clock().elapsedMs;
    if (leftMs <= LONGEST_SLEEP_MS) cancel = after(Math.max(0, leftMs), run);
    else cancel = after(LONGEST_SLEEP_MS, sleep);
  }

  async function run(): Promise<void> {
    isTaking = true;
    const startedMs = clock().elapsedMs;
    const report = await sampler.take();
    isTaking = false;
    if (isStopped) return;
    options.publish(report);
    // An interval after the last one was due, however long the sample took; after a suspension
    // the missed ones are not made up for.
    const isLate = startedMs - dueMs > intervalMs;
    dueMs = (isLate ? startedMs : dueMs) + intervalMs;
    sleep();
  }

  sampler.prime();
  sleep();
  return {
    retime: (updateSeconds) => {
      intervalMs = updateSeconds * 1000;
      // The report that is being made counts as the one of now.
      if (isTaking || isStopped) return;
      cancel();
      dueMs = clock().elapsedMs;
      sleep();
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}
