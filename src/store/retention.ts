/**
 * Deletes what the history need not keep: all but the last entries of each machine and, at the cap
 * in bytes, the oldest entries of all machines. The newest report of a machine always stays.
 */
import type { Database } from "bun:sqlite";
import { usedBytes } from "./database.ts";

/** The part of the cap that stays filled once it was reached, so that the next writes find room. */
const CLEAR_TO = 15 / 16;

/** The part of all entries that one pass deletes: few passes are needed, and each is short. */
const PASS_PART = 1 / 32;

/** A bound on the loop: each pass that deletes nothing doubles the part of the next. */
const MAX_PASSES = 100;

/** Keeps the last `limit` entries of one machine, and its newest report if that is not among them. */
export function trimMachine(database: Database, machine: number, limit: number): void {
  database
    .query(
      `DELETE FROM entries WHERE machine = ?1
       AND (at, state) < (SELECT at, state FROM entries WHERE machine = ?1
         ORDER BY at DESC, state DESC LIMIT 1 OFFSET ?2)
       AND (state > 0 OR at < (SELECT max(at) FROM entries WHERE machine = ?1 AND state = 0))`,
    )
    .run(machine, Math.max(1, limit) - 1);
}

/**
 * Drops the oldest entries while more than `capBytes` are in use. True if anything was dropped.
 * Cheap below the cap: three numbers from the file's header.
 */
export function enforceCap(database: Database, capBytes: number): boolean {
  if (usedBytes(database) <= capBytes) return false;
  const target = capBytes * CLEAR_TO;
  let dropped = false;
  let part = PASS_PART;
  for (let pass = 0; pass < MAX_PASSES && usedBytes(database) > target; pass++) {
    const count = Number(database.query("SELECT count(*) FROM entries").values()[0]?.[0]);
    const changes = dropOldest(database, Math.min(count, Math.ceil(count * part)));
    if (changes > 0) dropped = true;
    // The oldest may all be the last reports of machines that are down: the next pass takes more.
    else if (part >= 1) break;
    else part = Math.min(1, part * 2);
  }
  return dropped;
}

/** Deletes from the oldest `count` entries all that are not a machine's newest report. */
function dropOldest(database: Database, count: number): number {
  const newest = database
    .query("SELECT max(at) FROM (SELECT at FROM entries ORDER BY at LIMIT ?)")
    .values(count)[0]?.[0];
  if (typeof newest !== "number") return 0;
  return database
    .query(
      `DELETE FROM entries WHERE at <= ? AND (state > 0 OR EXISTS
         (SELECT 1 FROM entries n WHERE n.machine = entries.machine AND n.state = 0
          AND n.at > entries.at))`,
    )
    .run(newest).changes;
}
