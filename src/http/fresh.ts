/**
 * `?fresh=2`: waits a little for reports that are at most so old. All who wait, for whatever age,
 * share one poll of the machines.
 */
import type { ClusterSource } from "../view/cluster-view.ts";
import type { Following } from "./watching.ts";

/** A script waits no longer: after this the answer gives what there is. */
const PATIENCE_MS = 1000;
/** To look at all machines costs about a millisecond at a thousand of them. */
const LOOK_EVERY_MS = 50;
/** Scripts on 256 machines that ask in one moment; further ones get what there is at once. */
export const MOST_WAITING = 256;

interface Waiter {
  readonly maxAgeSeconds: number;
  /** Looks at the machines before it is answered with what there is. */
  looksLeft: number;
  readonly resolve: () => void;
}

export type Freshener = ReturnType<typeof createFreshener>;

export function createFreshener(parts: Following) {
  const { watchers, after } = parts;
  const oldestSeconds = createOldest(parts);
  let waiters: Waiter[] = [];
  let release: () => void = () => undefined;

  function look(): void {
    const oldest = oldestSeconds();
    for (const waiter of waiters) waiter.looksLeft -= 1;
    const isDone = (one: Waiter) => one.looksLeft <= 0 || oldest <= one.maxAgeSeconds;
    const done = waiters.filter(isDone);
    waiters = waiters.filter((one) => !isDone(one));
    if (waiters.length > 0) after(LOOK_EVERY_MS, look);
    else release();
    for (const { resolve } of done) resolve();
  }

  return {
    /**
     * Resolves when all machines that are up have a report of at most this age, and after 1 s at the
     * latest; `undefined`: there is nothing to wait for.
     */
    wait: (maxAgeSeconds: number): Promise<void> | undefined => {
      if (waiters.length >= MOST_WAITING || oldestSeconds() <= maxAgeSeconds) return undefined;
      if (waiters.length === 0) {
        release = watchers.hold();
        after(LOOK_EVERY_MS, look);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.push({ maxAgeSeconds, looksLeft: PATIENCE_MS / LOOK_EVERY_MS, resolve });
      return promise;
    },
  };
}

/**
 * The age of the oldest report that is waited for. The machines are looked at again only once
 * something has changed, and then at most every 50 ms, however many ask.
 */
function createOldest({ source, changes }: Following): () => number {
  let seen: { version: number; atMs: number; seconds: number } | undefined;
  return () => {
    const { elapsedMs } = source.moment();
    const version = changes.version();
    const isChanged = seen?.version !== version;
    if (seen === undefined || (isChanged && elapsedMs - seen.atMs >= LOOK_EVERY_MS)) {
      seen = { version, atMs: elapsedMs, seconds: oldestOf(source) };
    }
    return seen.seconds + (elapsedMs - seen.atMs) / 1000;
  };
}

/** Machines that do not answer are not waited for, nor those of protocol 1, which report when they like. */
function oldestOf(source: ClusterSource): number {
  let oldest = 0;
  for (const { state, protocol, reportAgeSeconds } of source.cluster().machines) {
    const isAwaited = (state === "up" || state === "new") && protocol === 2;
    if (isAwaited) oldest = Math.max(oldest, reportAgeSeconds ?? Number.POSITIVE_INFINITY);
  }
  return oldest;
}
