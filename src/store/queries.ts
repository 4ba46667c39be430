/**
 * Reads the history from one database. The caller handles what SQLite throws; a damaged report
 * costs only its own entry, and is told to `onDamaged`.
 */
import type { Database } from "bun:sqlite";
import {
  ENTRY_STATES,
  type Entry,
  type EntryQuery,
  type KnownMachine,
  type StripPoint,
} from "./history-types.ts";
import { isWallMs, parseEntry, parseMachineInfo, type StoredEntry } from "./row-values.ts";

/** The default interval: protocol-1 reports do not say what they average over. */
const DEFAULT_SPAN_SECONDS = 600;

/** Reports come a little more than an interval apart: the slack leaves no time between two uncovered. */
const SPAN_SLACK = 1.1;
const SPAN_SLACK_MS = 2000;

/** No reader needs more; a larger number could only be a mistake. */
const MAX_ENTRIES_READ = 100_000;

type OnDamaged = () => void;

/** The machines heard last come first, each with its last report. */
export function readKnownMachines(database: Database, onDamaged: OnDamaged): KnownMachine[] {
  const rows = database
    .query<{ rowid: number; id: unknown; info: unknown }, []>(
      `SELECT rowid, id, info FROM machines WHERE info IS NOT NULL ORDER BY heard DESC`,
    )
    .all();
  const machines: KnownMachine[] = [];
  for (const { rowid, ...row } of rows) {
    const info = parseMachineInfo(row);
    if (info === undefined) {
      onDamaged();
      continue;
    }
    const { reportAtWallMs: at, ...known } = info;
    const last = at === undefined ? undefined : readLastReport(database, rowid, at, onDamaged);
    machines.push({ ...known, ...last });
  }
  return machines;
}

/**
 * The report that the machine was remembered with, which is kept as an entry; the newest report
 * where that entry is lost, as after a fault of the disk.
 */
function readLastReport(
  database: Database,
  rowid: number,
  reportAtWallMs: number,
  onDamaged: OnDamaged,
): Pick<KnownMachine, "report" | "reportAtWallMs"> | undefined {
  const row = database
    .query<StoredEntry, [number, number]>(
      `SELECT e.at, e.state, e.until, r.body
       FROM entries e JOIN reports r ON r.rowid = e.report
       WHERE e.machine = ?1 AND e.state = 0 AND e.at = ifnull(
         (SELECT at FROM entries WHERE machine = ?1 AND at = ?2 AND state = 0),
         (SELECT at FROM entries WHERE machine = ?1 AND state = 0 ORDER BY at DESC LIMIT 1))`,
    )
    .get(rowid, Math.round(reportAtWallMs));
  const entry = row === null ? undefined : toEntry(row, onDamaged);
  if (entry?.state !== "up") return undefined;
  return { report: entry.report, reportAtWallMs: entry.atWallMs };
}

/** Newest first. */
export function readEntries(
  database: Database,
  id: string,
  query: EntryQuery,
  onDamaged: OnDamaged,
): Entry[] {
  const limit = Math.min(MAX_ENTRIES_READ, Math.max(0, Math.trunc(query.limit) || 0));
  if (limit === 0) return [];
  const { beforeWallMs = Number.MAX_SAFE_INTEGER, beforeState } = query;
  const rows = database
    .query<StoredEntry, [string, number, number]>(
      `SELECT e.at, e.state, e.until, r.body
       FROM machines m JOIN entries e ON e.machine = m.rowid
         LEFT JOIN reports r ON r.rowid = e.report
       WHERE m.id = ? AND (e.at, e.state) < (?, ?) ORDER BY e.at DESC, e.state DESC`,
    )
    .iterate(id, beforeWallMs, beforeState === undefined ? -1 : ENTRY_STATES.indexOf(beforeState));
  const entries: Entry[] = [];
  for (const row of rows) {
    const entry = toEntry(row, onDamaged);
    if (entry !== undefined) entries.push(entry);
    // Not by LIMIT: a page that damaged entries make shorter would look like the last one.
    if (entries.length >= limit) break;
  }
  return entries;
}

/**
 * The points from `sinceWallMs` on, oldest first, with an outage that began earlier and reaches into
 * that time. With `ids`, only those machines: a page of a thousand shows the strips of a hundred.
 */
export function readStrips(
  database: Database,
  sinceWallMs: number,
  ids?: readonly string[],
): Map<string, StripPoint[]> {
  const chosen = ids === undefined ? "1" : "id IN (SELECT value FROM json_each(?1))";
  const machines = database
    .query<{ rowid: number; id: string }, string[]>(
      `SELECT rowid, id FROM machines WHERE ${chosen}`,
    )
    .all(...(ids === undefined ? [] : [JSON.stringify(ids)]));
  const strips = new Map(machines.map(({ rowid }): [number, StripPoint[]] => [rowid, []]));
  const among = ids === undefined ? "1" : "machine IN (SELECT value FROM json_each(?2))";
  const rowids = JSON.stringify([...strips.keys()]);
  const rows = database
    .query<StripRow, (number | string)[]>(
      `SELECT machine, at, state, until, cpu, disk, uptime FROM entries
       WHERE ${among} AND (at >= ?1 OR (state > 0 AND ifnull(until, ?1) >= ?1))
       ORDER BY machine, at, state`,
    )
    .all(sinceWallMs, ...(ids === undefined ? [] : [rowids]));
  for (const row of rows) {
    const point = toStripPoint(row);
    if (point !== undefined) strips.get(row.machine)?.push(point);
  }
  return new Map(machines.map(({ rowid, id }) => [id, strips.get(rowid) ?? []]));
}

/**
 * The entry of each machine that covers a wall time: the outage in which the time lies, else the
 * first report made at or after it, if the time lies in the interval that the report averages over.
 */
export function readAt(
  database: Database,
  wallMs: number,
  onDamaged: OnDamaged,
): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const reports = database
    .query<StoredEntry & { id: string }, [number]>(
      `SELECT m.id, e.at, e.state, e.until, r.body
       FROM machines m
       JOIN entries e ON e.machine = m.rowid AND e.state = 0 AND e.at =
         (SELECT min(x.at) FROM entries x WHERE x.machine = m.rowid AND x.state = 0 AND x.at >= ?1)
       JOIN reports r ON r.rowid = e.report
       WHERE e.at - ifnull(e.span, ${DEFAULT_SPAN_SECONDS}) * ${1000 * SPAN_SLACK}
         - ${SPAN_SLACK_MS} <= ?1`,
    )
    .all(wallMs);
  const outages = database
    .query<StoredEntry & { id: string }, [number]>(
      `SELECT m.id, e.at, e.state, e.until, NULL AS body
       FROM machines m
       JOIN entries e ON e.machine = m.rowid AND e.state > 0 AND e.at =
         (SELECT max(x.at) FROM entries x WHERE x.machine = m.rowid AND x.state > 0 AND x.at <= ?1)
       WHERE ifnull(e.until, ?1) >= ?1`,
    )
    .all(wallMs);
  for (const row of [...reports, ...outages]) {
    const entry = toEntry(row, onDamaged);
    if (entry !== undefined) entries.set(row.id, entry);
  }
  return entries;
}

/** A column of a damaged page may give any type. */
type StripRow = Readonly<
  Record<"machine" | "state", number> & Record<"at" | "until" | "cpu" | "disk" | "uptime", unknown>
>;

function toEntry(row: StoredEntry, onDamaged: OnDamaged): Entry | undefined {
  const entry = parseEntry(row);
  if (entry === undefined) onDamaged();
  return entry;
}

/** Made for 144,000 points at once: to spread optional fields would take three times as long. */
function toStripPoint(row: StripRow): StripPoint | undefined {
  const state = ENTRY_STATES[row.state];
  if (state === undefined || !isWallMs(row.at)) return undefined;
  const point: { -readonly [Key in keyof StripPoint]: StripPoint[Key] } = {
    atWallMs: row.at,
    state,
  };
  if (isWallMs(row.until)) point.untilWallMs = row.until;
  if (isAmount(row.cpu)) point.cpuPercent = row.cpu;
  if (isAmount(row.disk)) point.diskBytesPerSecond = row.disk;
  if (isAmount(row.uptime)) point.uptimeSeconds = row.uptime;
  return point;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}
