/** Which machine's view changed when: what a reader who holds an older version has missed. */
import type { ClusterChanges } from "../http/watching.ts";

export interface ChangeLog extends ClusterChanges {
  /** The view of this machine is another, or it is gone. */
  note(id: string): void;
  /** Something changed that is no machine: a history, a notice, the networks. */
  touch(): void;
}

/** Twice the machines that are known at most: those that are gone are remembered for a while. */
export const MOST_IDS = 8192;

/**
 * `firstVersion`: the wall clock's ms at the start. No run has as many changes as milliseconds,
 * so a version of an earlier run is below all of this one, and says nothing here.
 */
export function createChangeLog(firstVersion: number): ChangeLog {
  let version = Math.floor(firstVersion);
  /** Readers that hold at least this can be told what they missed. */
  let floor = version;
  /** In the order of their last change. */
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
