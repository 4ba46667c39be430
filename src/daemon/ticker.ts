/**
 * Calls the core when it has something to do: at its next deadline, and at least once a second,
 * by which the core tells a suspension from a quiet minute. The one loop of the daemon.
 */

import type { Moment } from "../base/units.ts";
import type { Cluster } from "../cluster/cluster.ts";
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
  /** What else is to be seen to, a wake-up of its own not being worth it. */
  readonly afterTick?: (now: Moment) => void;
}

export function startTicker(parts: TickerParts): Ticker {
  const { cluster, performer, clock, heartbeat, afterTick } = parts;
  let timer: Timer | undefined;
  let wakesAtMs = Number.POSITIVE_INFINITY;
  let tickedAtMs = clock().elapsedMs;
  let isStopped = false;

  function run(): void {
    wakesAtMs = Number.POSITIVE_INFINITY;
    const now = clock();
    tickedAtMs = now.elapsedMs;
    performer.perform(cluster.tick(now));
    heartbeat.beat(now);
    afterTick?.(now);
    rearm();
  }

  function rearm(): void {
    if (isStopped) return;
    const now = clock();
    const soonMs = now.elapsedMs + SHORTEST_SLEEP_MS;
    // What is due is never put off, or a stream of packets would keep us from it for good; and to
    // look for the next deadline costs more than most packets.
    if (wakesAtMs <= soonMs) return;
    const nextMs = Math.min(cluster.nextDeadline(now), heartbeat.nextMs());
    const atMs = Math.max(Math.min(nextMs, tickedAtMs + LONGEST_SLEEP_MS), soonMs);
    // A packet seldom moves the deadline by more than what one sleep is rounded to. One that is
    // later than planned is put off: each waking costs more than all that is done in it.
    if (Math.abs(atMs - wakesAtMs) < SHORTEST_SLEEP_MS) return;
    clearTimeout(timer);
    wakesAtMs = atMs;
    timer = setTimeout(run, atMs - now.elapsedMs);
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
