/**
 * Since when a machine has swapped or had a full disk, as its entries tell: back from the newest
 * to the first without it. Remembers what it found until the machine's next entry, for a page is
 * made every second and reading a day of reports costs milliseconds.
 */
import type { Entry } from "../../store/kept.ts";
import type { ClusterSource } from "../cluster-view.ts";
import { factsOf, isSwapping } from "../facts.ts";
import type { Warning } from "../warnings.ts";

export interface WarnedSince {
  readonly sinceWallMs: number;
  /** Nobody has looked before it, or there is nothing: it may have lasted longer. */
  readonly isAtLeast: boolean;
}

/** `undefined`: not known, or not yet for as long as an entry. */
export type WarnedSinceOf = (id: string, kind: Warning["kind"]) => WarnedSince | undefined;

/** Entries read at once: four hours of the default interval. */
const BATCH = 24;
/**
 * Three days of it: an entry costs 50 µs, and a history may have 100,000, while others would take
 * a machine for silent that is busy with its page for two seconds.
 */
const MOST_BATCHES = 18;
/** Far more than the lines of a page; beyond, all is worked out anew. */
const MOST_KNOWN = 256;

interface Known {
  readonly newestWallMs: number;
  readonly since: WarnedSince | undefined;
}

function isWarned(entry: Entry, kind: "swapping" | "disk"): boolean {
  if (entry.state !== "up") return false;
  const facts = factsOf(entry.report);
  return kind === "swapping" ? isSwapping(facts) : facts.fullFilesystem !== undefined;
}

export function createWarnedSince(entries: ClusterSource["entries"]): WarnedSinceOf {
  const known = new Map<string, Known>();

  function walk(id: string, kind: "swapping" | "disk", before?: Known): WarnedSince | undefined {
    let sinceWallMs: number | undefined;
    for (let count = 0; count < MOST_BATCHES; count += 1) {
      const batch = entries(id, {
        limit: BATCH,
        ...(sinceWallMs === undefined ? {} : { beforeWallMs: sinceWallMs }),
      });
      for (const entry of batch) {
        if (!isWarned(entry, kind)) {
          return sinceWallMs === undefined ? undefined : { sinceWallMs, isAtLeast: false };
        }
        if (entry.atWallMs === before?.newestWallMs && before.since !== undefined) {
          return before.since;
        }
        sinceWallMs = entry.atWallMs;
      }
      if (batch.length < BATCH) break;
    }
    return sinceWallMs === undefined ? undefined : { sinceWallMs, isAtLeast: true };
  }

  return (id, kind) => {
    // The clock and the identity are no part of a report.
    if (kind !== "swapping" && kind !== "disk") return undefined;
    const [newest] = entries(id, { limit: 1 });
    if (newest === undefined) return undefined;
    const key = `${kind} ${id}`;
    const before = known.get(key);
    if (before?.newestWallMs === newest.atWallMs) return before.since;
    const since = walk(id, kind, before);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, { newestWallMs: newest.atWallMs, since });
    return since;
  };
}
