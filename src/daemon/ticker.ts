/**
 * Calls the core when it has something to do: at its next deadline, and at least once a second,
 * by which the core tells a suspension from a quiet minute. The one loop of the daemon.
 */
import type { Cluster } from "../cluster/options.ts";
import type { Moment } from "../units.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Performer } from "./performer.ts";

/** Several deadlines that fall together cost one call. */
const SHORTEST_SLEEP_MS = 10;

/** The core takes a tick that is 5 s late for a suspension, so it must hear of us more often. */
const LONGEST_SLEEP_MS = 1_000;

export interface Ticker {
  /** Something has happened that may have moved the next deadline. */
  rearm(): void;
  stop(): void;
}

export interface TickerParts {
  readonly cluster: Pick<Cluster, "tick" | "nextDeadline">;
  readonly performer: Pick<Performer, "perform">;
  readonly clock: () => Moment;
  readonly heartbeat: Heartbeat;
}

export function startTicker({ cluster, performer, clock, heartbeat }: TickerParts): Ticker {
  let timer: Timer | undefined;
  let wakesAtMs = Number.POSITIVE_INFINITY;
  let isStopped = false;

  function run(): void {
    timer = undefined;
    wakesAtMs = Number.POSITIVE_INFINITY;
    const now = clock();
    performer.perform(cluster.tick(now));
    heartbeat.beat(now);
    rearm();
  }

  function rearm(): void {
    if (isStopped) return;
    const now = clock();
    const sleepMs = Math.min(
      Math.max(
        Math.min(cluster.nextDeadline(now), heartbeat.nextMs()) - now.elapsedMs,
        SHORTEST_SLEEP_MS,
      ),
      LONGEST_SLEEP_MS,
    );
    // A packet seldom brings the deadline forward by more than what one sleep is rounded to.
    if (now.elapsedMs + sleepMs > wakesAtMs - SHORTEST_SLEEP_MS) return;
    clearTimeout(timer);
    wakesAtMs = now.elapsedMs + sleepMs;
    timer = setTimeout(run, sleepMs);
  }

  rearm();
  return {
    rearm,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
