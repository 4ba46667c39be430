/**
 * Takes this machine's interval reports and hands them to the core. The first one follows half a
 * second after the start, which is long enough for it to have rates.
 */
import type { After } from "../../base/after.ts";
import type { Moment } from "../../base/units.ts";
import type { Sampler } from "../../collectors/sampler.ts";
import type { Report } from "../../protocol/report.ts";

/** Long enough for rates that mean something; short enough for a report within 1 s of the start. */
const FIRST_REPORT_MS = 500;

/** Timers stand still during a suspension; this bounds how late a report can be after it. */
const LONGEST_SLEEP_MS = 5_000;

export function startIntervalSampling(parts: {
  readonly sampler: Pick<Sampler, "prime" | "take">;
  readonly updateSeconds: number;
  readonly clock: () => Moment;
  readonly after: After;
  readonly publish: (report: Report) => void;
}) {
  const { sampler, updateSeconds, clock, after, publish } = parts;
  let intervalMs = updateSeconds * 1000;
  let cancel: () => void = () => undefined;
  let isStopped = false;
  let isTaking = false;
  let dueMs = clock().elapsedMs + FIRST_REPORT_MS;

  /** Sleeps until the next report is due, in steps that notice a suspension. */
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
    publish(report);
    // The next one is due an interval after this one was due, however long the sample took. After
    // a suspension the missed ones are not made up for.
    const isLate = startedMs - dueMs > intervalMs;
    dueMs = (isLate ? startedMs : dueMs) + intervalMs;
    sleep();
  }

  sampler.prime();
  sleep();
  return {
    /** Publishes a report now, and from then on one in each interval of this length. */
    retime: (seconds: number): void => {
      intervalMs = seconds * 1000;
      // A report that is being made counts as the one to publish now.
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
