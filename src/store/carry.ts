/**
 * Copies a history from one database to another: out of a file that has become bad, as far as it
 * can be read, and back into a file once one can be used again.
 */
import type { Database } from "bun:sqlite";
import { usedBytes } from "./database.ts";
import { type EntryRow, type MachineRow, putEntry, putMachine } from "./tables.ts";

/** A generous size of one entry in the tables: a large report deflates to 1.4 KB, and two fill a page. */
const ENTRY_BYTES = 3072;

/**
 * Copies what can be read, and gives the rowids of the copied machines in the target. Must run inside
 * a transaction on `target`. A fault of the source ends the copy of that machine, and no other. Of
 * about `maxBytes`, each machine gets an equal share, its newest entries. Its newest report is copied
 * in any case, as retention.ts always keeps it.
 */
export function carryOver(
  source: Database,
  target: Database,
  limits: Readonly<Record<"maxMachines" | "entriesPerMachine" | "maxBytes", number>>,
): number[] {
  const machines = readMachines(source);
  const share = Math.floor(limits.maxBytes / ENTRY_BYTES / Math.max(1, machines.length));
  // At least one, the outage of a machine that is down, beside its newest report.
  const limit = Math.max(1, Math.min(share, limits.entriesPerMachine + 1));
  const rowids: number[] = [];
  for (const { rowid, ...machine } of machines.slice(0, limits.maxMachines)) {
    const copy = putMachine(target, machine, limits.maxMachines);
    rowids.push(copy);
    const rows = readRows(source, rowid, { among: "state = 0", limit: 1 });
    if (usedBytes(target) <= limits.maxBytes) {
      rows.push(...readRows(source, rowid, { among: "1", limit }));
    }
    // The newest report may be among both; the second replaces the first.
    for (const row of rows) putEntry(target, copy, row);
  }
  return rowids;
}

/**
 * Ends every open outage at the report that follows it. After a copy back, the file may hold outages
 * that ended while it could not be written.
 */
export function closeOutagesHeardAfter(database: Database): void {
  database.run(
    `UPDATE entries SET until =
       (SELECT min(r.at) FROM entries r
        WHERE r.machine = entries.machine AND r.state = 0 AND r.at > entries.at)
     WHERE state > 0 AND until IS NULL`,
  );
}

/**
 * The machines heard last come first. They are read from both ends of the table, as a torn page
 * stops the reading there.
 */
function readMachines(source: Database): MachineRow[] {
  const machines = new Map<number, MachineRow>();
  for (const order of ["ASC", "DESC"]) {
    const sql = `SELECT rowid, id, heard, info FROM machines ORDER BY rowid ${order}`;
    for (const row of readable(() => source.query<MachineRow, []>(sql).iterate())) {
      machines.set(row.rowid, row);
    }
  }
  return [...machines.values()].sort((one, two) => two.heard - one.heard);
}

/** The newest entries that meet the condition. */
function readRows(
  source: Database,
  machine: number,
  { among, limit }: { readonly among: "1" | "state = 0"; readonly limit: number },
): EntryRow[] {
  const sql = `SELECT e.at, e.state, e.until, e.cpu, e.disk, e.uptime, e.span, r.body
    FROM entries e LEFT JOIN reports r ON r.rowid = e.report
    WHERE e.machine = ? AND ${among} ORDER BY e.at DESC LIMIT ?`;
  return [...readable(() => source.query<EntryRow, number[]>(sql).iterate(machine, limit))];
}

/** The rows before the first that cannot be read. */
function* readable<Row>(iterate: () => Iterable<Row>): Generator<Row> {
  try {
    yield* iterate();
  } catch {
    // The fault that led to this copy has been told, and the rows behind it are out of reach.
  }
}
