/**
 * How long a machine has been swapping or had a full disk: the length of the unbroken run of its
 * newest entries that show the warning. The answer is remembered until the machine's next entry,
 * since a page is made every second and reading a day of reports takes milliseconds.
 */
import { withoutUndefined } from "../../base/without-undefined.ts";
import type { Entry } from "../../store/history-types.ts";
import type { ClusterSource } from "../cluster-view.ts";
import { factsOf, isSwapping } from "../facts.ts";
import type { Warning } from "../warnings.ts";

export interface WarnedSince {
  readonly sinceWallMs: number;
  /** No older entry without the warning was found: it may have lasted longer. */
  readonly isAtLeast: boolean;
}

/** `undefined`: unknown, or for less than one entry. */
export type WarnedSinceOf = (id: string, kind: Warning["kind"]) => WarnedSince | undefined;

/** Entries read at once: four hours at the default interval. */
const BATCH = 24;
/**
 * Three days at the default interval. An entry takes 50 µs and a history may have 100,000 of them;
 * a daemon that is busy with a page for two seconds would look silent to the others.
 */
const MOST_BATCHES = 18;
/** Far more than a page has lines; beyond that, all answers are forgotten. */
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
      const query = withoutUndefined({ limit: BATCH, beforeWallMs: sinceWallMs });
      const batch = entries(id, query);
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
    // Clock offset and identity are not in a report.
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
