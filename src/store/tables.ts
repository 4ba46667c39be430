/**
 * Writes changes of the history to one database. The caller begins a transaction around every call,
 * and handles what SQLite throws.
 */
import type { Database } from "bun:sqlite";
import { busyPercent } from "../protocol/busy.ts";
import type { Report } from "../protocol/report.ts";
import { ENTRY_STATES, type Entry, type MachineInfo } from "./history-types.ts";
import { packJson } from "./packed-json.ts";

/** A change that waits for the next write. */
export type Change =
  | { readonly kind: "remember"; readonly machine: MachineInfo }
  | { readonly kind: "forget"; readonly id: string }
  | { readonly kind: "rename"; readonly fromId: string; readonly toId: string }
  | { readonly kind: "append"; readonly id: string; readonly entry: Entry }
  | { readonly kind: "end-outage"; readonly id: string; readonly untilWallMs: number };

/** An entry as the tables hold it; `body` is the packed report. */
export type EntryRow = Readonly<
  Record<"at" | "state", number> &
    Record<"until" | "cpu" | "disk" | "uptime" | "span", number | null> & {
      body: Uint8Array | null;
    }
>;

/** What the row of an outage holds in place of a report's figures. */
const NO_REPORT = { cpu: null, disk: null, uptime: null, span: null, body: null };

export interface MachineRow {
  readonly rowid: number;
  readonly id: string;
  readonly heard: number;
  readonly info: Uint8Array | null;
}

/**
 * Makes one change. Gives the rowid of the machine if it has more entries now, for `trimMachine`.
 * A machine that is not there yet is made by `append` and `remember`; other changes do nothing then.
 */
export function applyChange(
  database: Database,
  change: Change,
  maxMachines: number,
): number | undefined {
  switch (change.kind) {
    case "remember": {
      const info = change.machine;
      const heard = wholeMs(info.lastHeardWallMs) ?? 0;
      putMachine(database, { id: info.id, heard, info: packJson(info) }, maxMachines);
      return undefined;
    }
    case "append":
      return append(database, change, maxMachines);
    case "end-outage": {
      const rowid = rowidOf(database, change.id);
      const until = wholeMs(change.untilWallMs);
      if (rowid !== undefined && until !== undefined) setEnd(database, rowid, until);
      return undefined;
    }
    case "rename":
      return rename(database, change.fromId, change.toId);
    case "forget": {
      const rowid = rowidOf(database, change.id);
      if (rowid !== undefined) dropMachine(database, rowid);
      return undefined;
    }
  }
}

/**
 * Inserts or replaces the row of a machine, and gives its rowid. At the cap, the machine that has
 * not been heard for the longest time is deleted.
 */
export function putMachine(
  database: Database,
  machine: Omit<MachineRow, "rowid">,
  maxMachines: number,
): number {
  const { id, heard, info } = machine;
  const known = rowidOf(database, id);
  if (known !== undefined) {
    database
      .query("UPDATE machines SET heard = ?, info = coalesce(?, info) WHERE rowid = ?")
      .run(heard, info, known);
    return known;
  }
  const count = Number(database.query("SELECT count(*) FROM machines").values()[0]?.[0]);
  if (count >= maxMachines) {
    const oldest = database.query("SELECT rowid FROM machines ORDER BY heard LIMIT 1").values();
    dropMachine(database, Number(oldest[0]?.[0]));
  }
  const added = database
    .query("INSERT INTO machines (id, heard, info) VALUES (?, ?, ?)")
    .run(id, heard, info);
  return Number(added.lastInsertRowid);
}

/** Inserts or replaces one entry, with its report. */
export function putEntry(database: Database, machine: number, row: EntryRow): void {
  database
    .query("DELETE FROM entries WHERE machine = ? AND at = ? AND state = ?")
    .run(machine, row.at, row.state);
  let report: number | null = null;
  if (row.body !== null) {
    const kept = database.query("INSERT INTO reports (body) VALUES (?)").run(row.body);
    report = Number(kept.lastInsertRowid);
  }
  database
    .query(
      `INSERT INTO entries (machine, at, state, until, cpu, disk, uptime, span, report)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(machine, row.at, row.state, row.until, row.cpu, row.disk, row.uptime, row.span, report);
}

function rowidOf(database: Database, id: string): number | undefined {
  const rowid = database.query("SELECT rowid FROM machines WHERE id = ?").values(id)[0]?.[0];
  return typeof rowid === "number" ? rowid : undefined;
}

function append(
  database: Database,
  { id, entry }: Extract<Change, { kind: "append" }>,
  maxMachines: number,
): number | undefined {
  const at = wholeMs(entry.atWallMs);
  // Only a broken wall clock gives such a time, and the history has no place for it.
  if (at === undefined) return undefined;
  const rowid =
    rowidOf(database, id) ?? putMachine(database, { id, heard: at, info: null }, maxMachines);
  if (entry.state === "up") {
    putEntry(database, rowid, reportRow(at, entry.report));
    return rowid;
  }
  const state = ENTRY_STATES.indexOf(entry.state);
  if (continuesOutage(database, rowid, { at, state })) return undefined;
  const until = entry.untilWallMs === undefined ? undefined : wholeMs(entry.untilWallMs);
  const untilAfter = until === undefined ? null : Math.max(until, at);
  putEntry(database, rowid, { ...NO_REPORT, at, state, until: untilAfter });
  return rowid;
}

/**
 * True if the outage that begins is the one that is open already: a restarted daemon finds a machine
 * down that was down before. Any other open outage ends at the report after it, or else where this
 * one begins.
 */
function continuesOutage(
  database: Database,
  machine: number,
  outage: Pick<EntryRow, "at" | "state">,
): boolean {
  const open = database
    .query<Pick<EntryRow, "at" | "state">, [number]>(
      "SELECT at, state FROM entries WHERE machine = ? AND state > 0 AND until IS NULL ORDER BY at DESC",
    )
    .all(machine)[0];
  if (open === undefined) return false;
  const heard = database
    .query("SELECT min(at) FROM entries WHERE machine = ? AND state = 0 AND at > ?")
    .values(machine, open.at)[0]?.[0];
  if (typeof heard !== "number" && open.state === outage.state) return true;
  setEnd(database, machine, typeof heard === "number" ? heard : outage.at);
  return false;
}

/** Ends the machine's open outages, never before they began: the wall clock may have jumped. */
function setEnd(database: Database, machine: number, until: number): void {
  database
    .query(
      "UPDATE entries SET until = max(at, ?) WHERE machine = ? AND state > 0 AND until IS NULL",
    )
    .run(until, machine);
}

function rename(database: Database, fromId: string, toId: string): number | undefined {
  const from = rowidOf(database, fromId);
  const to = rowidOf(database, toId);
  if (from === undefined || from === to) return undefined;
  if (to === undefined) {
    database.query("UPDATE machines SET id = ? WHERE rowid = ?").run(toId, from);
    return undefined;
  }
  // Where both have an entry of the same time, that of the id that stays is kept.
  database.query("UPDATE OR IGNORE entries SET machine = ? WHERE machine = ?").run(to, from);
  database
    .query(
      `UPDATE machines SET heard = max(machines.heard, old.heard),
         info = coalesce(machines.info, old.info)
       FROM (SELECT heard, info FROM machines WHERE rowid = ?) AS old
       WHERE machines.rowid = ?`,
    )
    .run(from, to);
  dropMachine(database, from);
  return to;
}

function dropMachine(database: Database, rowid: number): void {
  database.query("DELETE FROM entries WHERE machine = ?").run(rowid);
  database.query("DELETE FROM machines WHERE rowid = ?").run(rowid);
}

function reportRow(at: number, report: Report): EntryRow {
  const { readBytesPerSecond: read, writeBytesPerSecond: written } = report.disk ?? {};
  const isDiskKnown = read !== undefined || written !== undefined;
  return {
    at,
    state: 0,
    until: null,
    cpu: busyPercent(report.cpu) ?? null,
    disk: isDiskKnown ? (read ?? 0) + (written ?? 0) : null,
    uptime: report.uptimeSeconds ?? null,
    span: report.averageSeconds ?? report.updateSeconds ?? null,
    body: packJson(report),
  };
}

/** Rounded to whole ms; undefined for what SQLite and JavaScript cannot both hold exactly. */
function wholeMs(ms: number): number | undefined {
  const whole = Math.round(ms);
  return Number.isSafeInteger(whole) ? whole : undefined;
}
