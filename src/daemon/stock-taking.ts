/**
 * With `-d`, once an hour, a line of how much the core holds of everything that grows: who looks for
 * a leak, or for a flood, finds it in the log. Only from the daemon's refreshing of networks.
 */

import type { Moment } from "../base/units.ts";
import type { Sizes } from "../cluster/sizes.ts";

const HOUR_MS = 3_600_000;

export interface StockTaking {
  /** Says it, if an hour has passed since it was said last. */
  run(now: Moment): void;
}

export function createStockTaking(sizes: () => Sizes, debug: (text: string) => void): StockTaking {
  let nextMs = Number.NEGATIVE_INFINITY;
  return {
    run: ({ elapsedMs }) => {
      if (elapsedMs < nextMs) return;
      nextMs = elapsedMs + HOUR_MS;
      debug(`holds ${describeSizes(sizes())}`);
    },
  };
}

/** `12 machines, 14 addresses, 3 sources`: what is not 0. */
export function describeSizes(sizes: Sizes): string {
  const parts = Object.entries(sizes).filter(([, count]) => count > 0);
  if (parts.length === 0) return "nothing";
  return parts.map(([name, count]) => `${count} ${inWords(name)}`).join(", ");
}

/** `addressesOfOne` → `addresses of one` */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
