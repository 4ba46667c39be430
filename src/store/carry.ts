/**
 * Copies a history from one database to another: out of a file that has become bad, as far as it
 * can be read, and back into a file once that works again.
 */
import type { Database } from "bun:sqlite";
import { usedBytes } from "./database.ts";
import { type EntryRow, type MachineRow, putEntry, putMachine } from "./tables.ts";

/** What an entry takes up in the tables, generously: a large report deflates to 1.4 KB, two a page. */
const ENTRY_BYTES = 3072;

export interface CarryLimits {
  readonly maxMachines: number;
  readonly entriesPerMachine: number;
  /** About so many bytes are copied at most; each machine has an equal share, its newest entries. */
  readonly maxBytes: number;
}

/**
 * Copies what can be read; must run inside a transaction on `target`. Gives the rowids,
 * in the target, of the machines that were copied. A fault of the source ends that machine, not the copy.
 */
export function carryOver(source: Database, target: Database, limits: CarryLimits): number[] {
  const machines = readMachines(source);
  const share = Math.floor(limits.maxBytes / ENTRY_BYTES / Math.max(1, machines.length));
  // Two at least: of a machine that is down, the outage and the last report.
  const limit = Math.max(2, Math.min(share, limits.entriesPerMachine + 1));
  const rowids: number[] = [];
  for (const { rowid, ...machine } of machines.slice(0, limits.maxMachines)) {
    const copy = putMachine(target, machine, limits.maxMachines);
    rowids.push(copy);
    if (usedBytes(target) > limits.maxBytes) continue;
    for (const row of readRows(source, rowid, limit)) putEntry(target, copy, row);
  }
  return rowids;
}

/**
 * Ends the outages that a later report proves over. After a copy back, the file may hold outages
 * that ended while it could not be written.
 */
export function closeOutagesHeardAfter(database: Database): void {
  database.run(
    `UPDATE entries SET until =
       (SELECT min(r.at) FROM entries r
        WHERE r.machine = entries.machine AND r.state = 0 AND r.at > entries.at)
     WHERE state > 0 AND until IS NULL AND EXISTS
       (SELECT 1 FROM entries r
        WHERE r.machine = entries.machine AND r.state = 0 AND r.at > entries.at)`,
  );
}

/** From both ends, since a torn page stops the reading there; those heard last come first. */
function readMachines(source: Database): MachineRow[] {
  const machines = new Map<number, MachineRow>();
  for (const order of ["ASC", "DESC"]) {
    const sql = `SELECT rowid AS rowid, id, heard, info FROM machines ORDER BY rowid ${order}`;
    for (const row of readable(() => source.query<MachineRow, []>(sql).iterate())) {
      machines.set(row.rowid, row);
    }
  }
  return [...machines.values()].sort((one, two) => two.heard - one.heard);
}

function readRows(source: Database, machine: number, limit: number): EntryRow[] {
  const query = () =>
    source
      .query<EntryRow, [number, number]>(
        `SELECT e.at, e.state, e.until, e.cpu, e.disk, e.uptime, e.span, r.body
         FROM entries e LEFT JOIN reports r ON r.rowid = e.report
         WHERE e.machine = ? ORDER BY e.at DESC LIMIT ?`,
      )
      .iterate(machine, limit);
  return [...readable(query)];
}

/** The rows up to the first that cannot be read. */
function* readable<Row>(iterate: () => Iterable<Row>): Generator<Row> {
  try {
    yield* iterate();
  } catch {
    // The fault that led to this copy has been told; what lies behind it is out of reach.
    return;
  }
}
