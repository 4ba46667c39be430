/** Counts who is looking at this daemon's pages: while anybody is, the core watches. */
import type { After } from "../base/after.ts";
import type { Watchers } from "../http/watching.ts";

/** Design, section 6.5: whoever has just loaded a page reads it for a while. */
const GLANCE_MS = 10_000;

export interface WatcherParts {
  /** The first one has come, or the last one has gone. */
  readonly onChange: (isWatching: boolean) => void;
  readonly after: After;
}

export function createWatchers({ onChange, after }: WatcherParts): Watchers {
  let count = 0;
  let endGlance: (() => void) | undefined;
  let cancelGlance: () => void = () => undefined;

  function hold(): () => void {
    count += 1;
    if (count === 1) onChange(true);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      count -= 1;
      if (count === 0) onChange(false);
    };
  }

  return {
    hold,
    glance: () => {
      endGlance ??= hold();
      cancelGlance();
      cancelGlance = after(GLANCE_MS, () => {
        endGlance?.();
        endGlance = undefined;
      });
    },
  };
}
