/** Counts the people who watch: while there is one, the core asks for live reports. */
import type { After } from "../../base/after.ts";
import type { Watchers } from "../../http/watching.ts";

/** A person who has just loaded a page reads it for a while. */
const GLANCE_MS = 10_000;

/** Calls `onChange` when the first watcher comes and when the last one leaves. */
export function createWatcherCount(
  onChange: (isWatching: boolean) => void,
  after: After,
): Watchers {
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
