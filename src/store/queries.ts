/**
 * What the history reads from one database. What SQLite throws is the caller's to handle; a report
 * that is damaged costs its own entry, and is told to `onDamaged`.
 */
import type { Database } from "bun:sqlite";
import type { Entry, EntryQuery, KnownMachine, StripPoint } from "./kept.ts";
import { isWallMs, parseEntry, parseKnownMachine, STATES, type StoredEntry } from "./stored.ts";

/** Protocol-1 reports do not say what they average over: the default interval, in seconds. */
const DEFAULT_SPAN_SECONDS = 600;

/** Reports come a little over an interval apart; without this the time between two has no entry. */
const SPAN_SLACK = 1.1;
const SPAN_SLACK_MS = 2000;

/** No reader asks for more; a larger number would only be a mistake in a request. */
const MAX_ENTRIES_READ = 100_000;

export type OnDamaged = () => void;

/** Those heard last come first. */
export function readKnownMachines(database: Database, onDamaged: OnDamaged): KnownMachine[] {
  const rows = database
    .query<{ id: unknown; info: unknown }, []>(
      "SELECT id, info FROM machines WHERE info IS NOT NULL ORDER BY heard DESC",
    )
    .all();
  const machines: KnownMachine[] = [];
  for (const row of rows) {
    const known = parseKnownMachine(row);
    if (known === undefined) onDamaged();
    else machines.push(known);
  }
  return machines;
}

/** Newest first. */
export function readEntries(
  database: Database,
  id: string,
  query: EntryQuery,
  onDamaged: OnDamaged,
): Entry[] {
  const limit = Math.min(MAX_ENTRIES_READ, Math.max(0, Math.trunc(query.limit) || 0));
  const before = query.beforeWallMs ?? Number.MAX_SAFE_INTEGER;
  return database
    .query<StoredEntry, [string, number, number]>(
      `SELECT e.at, e.state, e.until, r.body
       FROM machines m JOIN entries e ON e.machine = m.key LEFT JOIN reports r ON r.key = e.report
       WHERE m.id = ? AND e.at < ? ORDER BY e.at DESC, e.state DESC LIMIT ?`,
    )
    .all(id, before, limit)
    .flatMap((row) => toEntry(row, onDamaged) ?? []);
}

/**
 * Oldest first; an outage that reaches into the time is among them. With `ids`, those machines
 * alone: a page of a thousand machines shows the strips of a hundred.
 */
export function readStrips(
  database: Database,
  sinceWallMs: number,
  ids?: readonly string[],
): Map<string, StripPoint[]> {
  const strips = new Map<number, StripPoint[]>();
  const byId = new Map<string, StripPoint[]>();
  const chosen = ids === undefined ? "1" : "id IN (SELECT value FROM json_each(?1))";
  const list = JSON.stringify(ids ?? []);
  const machines = database
    .query<{ key: number; id: string }, string[]>(`SELECT key, id FROM machines WHERE ${chosen}`)
    .all(...(ids === undefined ? [] : [list]));
  for (const { key, id } of machines) {
    const points: StripPoint[] = [];
    strips.set(key, points);
    byId.set(id, points);
  }
  const among = ids === undefined ? "1" : "machine IN (SELECT value FROM json_each(?2))";
  const keys = JSON.stringify([...strips.keys()]);
  const rows = database
    .query<StripRow, (number | string)[]>(
      `SELECT machine, at, state, until, cpu, disk, uptime FROM entries
       WHERE ${among} AND (at >= ?1 OR (state > 0 AND ifnull(until, ?1) >= ?1))
       ORDER BY machine, at, state`,
    )
    .all(sinceWallMs, ...(ids === undefined ? [] : [keys]));
  for (const row of rows) {
    const point = toStripPoint(row);
    if (point !== undefined) strips.get(row.machine)?.push(point);
  }
  return byId;
}

/**
 * The entry of each machine that covers a wall time: the outage in which it lies, else the first
 * report made at or after it, if the time lies in the interval which that report is about.
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
       JOIN entries e ON e.machine = m.key AND e.state = 0 AND e.at =
         (SELECT min(x.at) FROM entries x WHERE x.machine = m.key AND x.state = 0 AND x.at >= ?1)
       JOIN reports r ON r.key = e.report
       WHERE e.at - ifnull(e.span, ${DEFAULT_SPAN_SECONDS}) * ${1000 * SPAN_SLACK}
         - ${SPAN_SLACK_MS} <= ?1`,
    )
    .all(wallMs);
  const outages = database
    .query<StoredEntry & { id: string }, [number]>(
      `SELECT m.id, e.at, e.state, e.until, NULL AS body
       FROM machines m
       JOIN entries e ON e.machine = m.key AND e.state > 0 AND e.at =
         (SELECT max(x.at) FROM entries x WHERE x.machine = m.key AND x.state > 0 AND x.at <= ?1)
       WHERE ifnull(e.until, ?1) >= ?1`,
    )
    .all(wallMs);
  for (const row of [...reports, ...outages]) {
    const entry = toEntry(row, onDamaged);
    if (entry !== undefined) entries.set(row.id, entry);
  }
  return entries;
}

/** Of columns of a damaged page any type may come. */
interface StripRow {
  readonly machine: number;
  readonly at: unknown;
  readonly state: number;
  readonly until: unknown;
  readonly cpu: unknown;
  readonly disk: unknown;
  readonly uptime: unknown;
}

function toEntry(row: StoredEntry, onDamaged: OnDamaged): Entry | undefined {
  const entry = parseEntry(row);
  if (entry === undefined) onDamaged();
  return entry;
}

/** Written out by hand: spreading optional fields takes three times as long, 144,000 times. */
function toStripPoint(row: StripRow): StripPoint | undefined {
  const state = STATES[row.state];
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
