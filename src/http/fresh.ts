/** `?fresh=2`: waits a little for reports that are at most so old. */

import type { After } from "../base/after.ts";
import type { ClusterSource } from "../view/cluster-view.ts";
import type { ClusterChanges, Watchers } from "./watching.ts";

/** Design, section 8: then it is answered with what there is. */
const PATIENCE_MS = 1000;
/** To look at all machines costs about a millisecond at a thousand of them. */
const LOOK_EVERY_MS = 50;

export interface Freshener {
  /**
   * Resolves when all machines that are up have a report of at most this age, and after 1 s at the
   * latest; `undefined`: they have it now.
   */
  wait(maxAgeSeconds: number): Promise<void> | undefined;
}

export interface FreshenerParts {
  readonly source: ClusterSource;
  readonly changes: ClusterChanges;
  readonly watchers: Pick<Watchers, "hold">;
  readonly after: After;
}

export function createFreshener(parts: FreshenerParts): Freshener {
  const { source, changes, watchers, after } = parts;
  /** Those who ask for the same age wait together. */
  const waiting = new Map<number, Promise<void>>();

  function begin(maxAgeSeconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const release = watchers.hold();
    let leftMs = PATIENCE_MS;
    let seenVersion = changes.version();
    const look = () => {
      leftMs -= LOOK_EVERY_MS;
      const version = changes.version();
      const isDone = leftMs <= 0 || (version !== seenVersion && isFresh(source, maxAgeSeconds));
      seenVersion = version;
      if (!isDone) {
        after(LOOK_EVERY_MS, look);
        return;
      }
      release();
      waiting.delete(maxAgeSeconds);
      resolve();
    };
    after(LOOK_EVERY_MS, look);
    waiting.set(maxAgeSeconds, promise);
    return promise;
  }

  return {
    wait: (maxAgeSeconds) => {
      if (isFresh(source, maxAgeSeconds)) return undefined;
      return waiting.get(maxAgeSeconds) ?? begin(maxAgeSeconds);
    },
  };
}

/** Not waited for: who does not answer, and protocol 1, which has a report when it has one. */
function isFresh(source: ClusterSource, maxAgeSeconds: number): boolean {
  return source.cluster().machines.every(({ state, protocol, reportAgeSeconds }) => {
    const isAwaited = (state === "up" || state === "new") && protocol === 2;
    return !isAwaited || (reportAgeSeconds ?? Number.POSITIVE_INFINITY) <= maxAgeSeconds;
  });
}
