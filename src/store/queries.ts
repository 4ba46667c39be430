/**
 * What the history reads from one database. What SQLite throws is the caller's to handle; a report
 * that is damaged costs its own entry, and is told to `onDamaged`.
 */
import type { Database } from "bun:sqlite";
import type { Entry, KnownMachine } from "../cluster/machine.ts";
import type { EntryQuery, StripPoint } from "../http/source.ts";
import type { Report } from "../protocol/report.ts";
import { unpackJson } from "./packed-json.ts";
import { STATES } from "./tables.ts";

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
    .query<{ id: string; info: Uint8Array }, []>(
      "SELECT id, info FROM machines WHERE info IS NOT NULL ORDER BY heard DESC",
    )
    .all();
  const machines: KnownMachine[] = [];
  for (const { id, info } of rows) {
    const known = unpackJson(info);
    // Only `remember` writes this column. A renamed machine's row has the newer id.
    if (known === undefined) onDamaged();
    else machines.push({ ...(known as KnownMachine), id });
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
  for (const row of rows) strips.get(row.machine)?.push(toStripPoint(row));
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

interface StoredEntry {
  readonly at: number;
  readonly state: number;
  readonly until: number | null;
  readonly body: Uint8Array | null;
}

interface StripRow {
  readonly machine: number;
  readonly at: number;
  readonly state: number;
  readonly until: number | null;
  readonly cpu: number | null;
  readonly disk: number | null;
  readonly uptime: number | null;
}

function toEntry(row: StoredEntry, onDamaged: OnDamaged): Entry | undefined {
  const { at: atWallMs, until: untilWallMs } = row;
  const state = STATES[row.state];
  if (state === "down" || state === "stopped") {
    return untilWallMs === null ? { state, atWallMs } : { state, atWallMs, untilWallMs };
  }
  const report = row.body === null ? undefined : unpackJson(row.body);
  if (state === undefined || report === undefined) {
    onDamaged();
    return undefined;
  }
  // Written by `reportRow` from a checked report, and covered by zlib's checksum since.
  return { state, atWallMs, report: report as Report };
}

/** Written out by hand: spreading optional fields takes three times as long, 144,000 times. */
function toStripPoint(row: StripRow): StripPoint {
  const point: { -readonly [Key in keyof StripPoint]: StripPoint[Key] } = {
    atWallMs: row.at,
    state: STATES[row.state] ?? "up",
  };
  if (row.until !== null) point.untilWallMs = row.until;
  if (row.cpu !== null) point.cpuPercent = row.cpu;
  if (row.disk !== null) point.diskBytesPerSecond = row.disk;
  if (row.uptime !== null) point.uptimeSeconds = row.uptime;
  return point;
}
