/**
 * With `-d`, logs once an hour how much the core holds of everything that grows, so that a leak or
 * a flood shows in the log.
 */
import type { Moment } from "../../base/units.ts";

type Sizes = Readonly<Record<string, number>>;

const HOUR_MS = 3_600_000;

/** Logs the sizes if an hour has passed since the last line; the daemon calls it every 30 s. */
export function createSizeLog(sizes: () => Sizes, debug: (text: string) => void) {
  let nextMs = Number.NEGATIVE_INFINITY;
  return ({ elapsedMs }: Moment): void => {
    if (elapsedMs < nextMs) return;
    nextMs = elapsedMs + HOUR_MS;
    debug(`the core holds ${describeSizes(sizes())}`);
  };
}

/** `12 machines, 14 addresses, 3 sources`, without zeros. */
export function describeSizes(sizes: Sizes): string {
  const parts = Object.entries(sizes).filter(([, count]) => count > 0);
  if (parts.length === 0) return "nothing";
  return parts.map(([name, count]) => `${count} ${inWords(name)}`).join(", ");
}

/** `addressesOfOne` → `addresses of one` */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
