/** When each machine's view changed: tells a reader with an older version what it has missed. */
import type { ClusterChanges } from "../../http/watching.ts";

export interface ChangeLog extends ClusterChanges {
  /** The view of this machine changed, or the machine was removed. */
  note(id: string): void;
  /** Something other than a machine changed: a history, a notice, the networks. */
  touch(): void;
}

/** Twice as many as there may be machines: removed machines are kept for a while too. */
export const MOST_IDS = 8192;

/**
 * `firstVersion` is the wall clock at the start, in ms. No run makes a change every millisecond, so
 * all versions of an earlier run are lower than those of this one, and are known to mean nothing.
 */
export function createChangeLog(firstVersion: number): ChangeLog {
  let version = Math.floor(firstVersion);
  /** The lowest version for which the changes since then are still known. */
  let floor = version;
  /** By id, in the order of the last change. */
  const changedAt = new Map<string, number>();
  const listeners = new Set<() => void>();

  function advance(): void {
    version += 1;
    for (const listener of [...listeners]) listener();
  }

  return {
    version: () => version,
    since: (held) => {
      if (held < floor || held > version) return undefined;
      const ids = new Set<string>();
      for (const [id, at] of [...changedAt].reverse()) {
        if (at <= held) break;
        ids.add(id);
      }
      return ids;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    note: (id) => {
      changedAt.delete(id);
      changedAt.set(id, version + 1);
      for (const [oldest, at] of changedAt) {
        if (changedAt.size <= MOST_IDS) break;
        changedAt.delete(oldest);
        floor = at;
      }
      advance();
    },
    touch: advance,
  };
}
