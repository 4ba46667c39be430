/**
 * Drops packets that were seen before: a window over the counters of each sender and incarnation, as
 * IPsec has it (RFC 4303, 3.4.3). Only counters of packets that were opened may come here.
 */

/** Packets may overtake each other by this many; two words' worth, as IPsec recommends. */
export const WINDOW_WIDTH = 64;

/** As many as there may be peers (design, 6.3), each with one living incarnation. */
const MAX_SENDERS = 4_096;

export interface ReplayWindow {
  /**
   * Whether this counter is new: higher than all before, or one of the `WINDOW_WIDTH` up to the
   * highest and not yet seen. It counts as seen from then on. The first counter is always new.
   */
  accepts(counter: number): boolean;
}

export interface Sender {
  readonly id: string;
  readonly incarnation: string;
  readonly counter: number;
}

export interface ReplayGuard {
  /** As `ReplayWindow.accepts`, for the window of this id and incarnation. */
  accepts(sender: Sender): boolean;
  /** Windows kept; never more than the cap. */
  size(): number;
}

/**
 * Windows for many senders; beyond `maxSenders` the one unused for longest goes, and with it the
 * memory of what that incarnation has sent. A replayed packet does not count as use.
 */
export function createReplayGuard(maxSenders: number = MAX_SENDERS): ReplayGuard {
  // A Map keeps the order of insertion: the first key is the one unused for longest.
  const windows = new Map<string, ReplayWindow>();
  return {
    accepts({ id, incarnation, counter }) {
      const key = `${id} ${incarnation}`;
      const window = windows.get(key) ?? createReplayWindow();
      if (!window.accepts(counter)) return false;
      windows.delete(key);
      windows.set(key, window);
      if (windows.size > maxSenders) dropFirst(windows);
      return true;
    },
    size: () => windows.size,
  };
}

/** A window that has seen nothing. */
export function createReplayWindow(): ReplayWindow {
  // The place of a counter is its remainder: the window moves without anything being shifted.
  const seen = new Uint8Array(WINDOW_WIDTH);
  let highest = Number.NEGATIVE_INFINITY;
  return {
    accepts(counter) {
      if (counter > highest) {
        if (counter - highest >= WINDOW_WIDTH) seen.fill(0);
        else for (let skipped = highest + 1; skipped < counter; skipped++) forget(seen, skipped);
        highest = counter;
      } else if (highest - counter >= WINDOW_WIDTH || seen[counter % WINDOW_WIDTH] === 1) {
        return false;
      }
      seen[counter % WINDOW_WIDTH] = 1;
      return true;
    },
  };
}

function forget(seen: Uint8Array, counter: number): void {
  seen[counter % WINDOW_WIDTH] = 0;
}

function dropFirst(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
