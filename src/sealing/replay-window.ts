/**
 * Detects packets that were received before by a window over the counters of each sender and
 * incarnation, as IPsec does (RFC 4303, 3.4.3). To be asked only about packets that could be opened.
 */
import { putNewest } from "../base/put-newest.ts";

/** How many packets may overtake another one; IPsec recommends 64. */
export const WINDOW_WIDTH = 64;

/** One for each possible peer, which has one living incarnation. */
const MAX_SENDERS = 4_096;

/**
 * Windows for many senders. Beyond `maxSenders` the window unused for longest is dropped, and with it
 * the memory of what that incarnation has sent. A replayed packet does not count as use.
 */
export function createReplayGuard(maxSenders: number = MAX_SENDERS) {
  const windows = new Map<string, ReturnType<typeof createReplayWindow>>();
  return {
    /** As `accepts` of a window, for the window of this id and incarnation. */
    accepts({ id, incarnation, counter }: { id: string; incarnation: string; counter: number }) {
      const key = `${id} ${incarnation}`;
      const window = windows.get(key) ?? createReplayWindow();
      if (!window.accepts(counter)) return false;
      putNewest(windows, key, window, maxSenders);
      return true;
    },
    size: (): number => windows.size,
  };
}

/** A window that has seen no counter. */
export function createReplayWindow() {
  // The place of a counter is its remainder, so that the window moves without shifting anything.
  const seen = new Uint8Array(WINDOW_WIDTH);
  let highest = Number.NEGATIVE_INFINITY;
  return {
    /**
     * Whether this counter is new: higher than all before it, or among the `WINDOW_WIDTH` up to the
     * highest and not yet seen. From then on it counts as seen. The first counter is always new.
     */
    accepts(counter: number): boolean {
      if (counter > highest) {
        if (counter - highest >= WINDOW_WIDTH) seen.fill(0);
        else
          for (let skipped = highest + 1; skipped < counter; skipped++) {
            seen[skipped % WINDOW_WIDTH] = 0;
          }
        highest = counter;
      } else if (highest - counter >= WINDOW_WIDTH || seen[counter % WINDOW_WIDTH] === 1) {
        return false;
      }
      seen[counter % WINDOW_WIDTH] = 1;
      return true;
    },
  };
}
