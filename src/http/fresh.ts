/** `?fresh=2`: waits a little for reports that are at most so old. */

import type { ClusterSource } from "../view/cluster-view.ts";
import type { Live } from "./live.ts";

/** Design, section 8: then it is answered with what there is. */
const PATIENCE_MS = 1000;
/** To look at all machines costs about a millisecond at a thousand of them. */
const LOOK_EVERY_MS = 50;

export interface Freshener {
  /** Resolves when all that are up have a report of at most this age, and after 1 s at the latest. */
  wait(maxAgeSeconds: number): Promise<void>;
}

export function createFreshener(source: ClusterSource, live: Live): Freshener {
  /** Those who ask for the same age wait together. */
  const waiting = new Map<number, Promise<void>>();

  function begin(maxAgeSeconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const release = live.watch.hold();
    let leftMs = PATIENCE_MS;
    let seenVersion = live.changes.version();
    const look = () => {
      leftMs -= LOOK_EVERY_MS;
      const version = live.changes.version();
      const isDone = leftMs <= 0 || (version !== seenVersion && isFresh(source, maxAgeSeconds));
      seenVersion = version;
      if (!isDone) {
        live.after(LOOK_EVERY_MS, look);
        return;
      }
      release();
      waiting.delete(maxAgeSeconds);
      resolve();
    };
    live.after(LOOK_EVERY_MS, look);
    waiting.set(maxAgeSeconds, promise);
    return promise;
  }

  return {
    wait: async (maxAgeSeconds) => {
      if (!isFresh(source, maxAgeSeconds)) {
        await (waiting.get(maxAgeSeconds) ?? begin(maxAgeSeconds));
      }
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
