/**
 * The main loop of the daemon. It calls the core whenever something happens, and when the core has
 * something to do: at its next deadline, and at least once a second, which lets the core tell a
 * suspension from a quiet minute.
 */
import type { After } from "../../base/after.ts";
import type { Moment } from "../../base/units.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Output } from "../../cluster/output.ts";
import type { Watchdog } from "./watchdog.ts";

/** One call for deadlines that are closer together than this. */
const SHORTEST_SLEEP_MS = 10;

/** The core takes a tick that is 5 s late for a suspension, so it needs one more often than that. */
const LONGEST_SLEEP_MS = 1_000;

/** Calls the core with the time, performs what it asks for, and plans the next tick anew. */
export type Drive = (call: (now: Moment) => readonly Output[]) => void;

export function createCoreLoop(parts: {
  readonly cluster: Pick<Cluster, "tick" | "nextDeadline">;
  readonly perform: (outputs: readonly Output[]) => void;
  readonly clock: () => Moment;
  readonly watchdog: Watchdog;
  readonly after: After;
}) {
  const { cluster, perform, clock, watchdog, after } = parts;
  let afterTick: ((now: Moment) => void) | undefined;
  let cancel: () => void = () => undefined;
  let wakesAtMs = Number.POSITIVE_INFINITY;
  let tickedAtMs = clock().elapsedMs;

  function tick(): void {
    wakesAtMs = Number.POSITIVE_INFINITY;
    const now = clock();
    tickedAtMs = now.elapsedMs;
    perform(cluster.tick(now));
    watchdog.ping(now);
    afterTick?.(now);
    rearm();
  }

  function rearm(): void {
    // The loop has not started yet, or has ended.
    if (afterTick === undefined) return;
    const now = clock();
    const soonMs = now.elapsedMs + SHORTEST_SLEEP_MS;
    // A tick that is due is never postponed, or a stream of packets would postpone it for ever; and
    // finding the next deadline costs more than most packets do.
    if (wakesAtMs <= soonMs) return;
    const nextMs = Math.min(cluster.nextDeadline(now), watchdog.nextMs());
    const atMs = Math.max(Math.min(nextMs, tickedAtMs + LONGEST_SLEEP_MS), soonMs);
    // A packet seldom moves the deadline by more than this. A deadline that moved away postpones
    // the tick: waking up costs more than all that a tick does.
    if (Math.abs(atMs - wakesAtMs) < SHORTEST_SLEEP_MS) return;
    cancel();
    wakesAtMs = atMs;
    cancel = after(atMs - now.elapsedMs, tick);
  }

  const drive: Drive = (call) => {
    perform(call(clock()));
    rearm();
  };
  return {
    drive,
    /** Begins to tick. `callback` runs after each tick, for duties that need no timer of their own. */
    start: (callback: (now: Moment) => void): void => {
      afterTick = callback;
      rearm();
    },
    stop: () => {
      afterTick = undefined;
      cancel();
    },
  };
}
