/**
 * One SQLite database of the history, in a file or in memory: its settings, its tables, and the
 * faults that it can have.
 */
import { Database, SQLiteError } from "bun:sqlite";

/** Kept in `user_version`. A change of the tables raises it and adds its step to `prepare`. */
export const SCHEMA_VERSION = 1;

/** The size to which the write-ahead log is cut back after a large batch. */
const JOURNAL_SIZE_BYTES = 4 * 1024 * 1024;

/** SQLite's own cache, a quarter of its default: the kernel keeps the file in memory as well. */
const CACHE_KIBIBYTES = 512;

/**
 * `entries` holds only the numbers of the strips: so the strips of 1,000 machines are read from 12 MB
 * of pages, and not from the 200 MB that they take with the reports. `state` is the place in
 * ENTRY_STATES; times are wall clock, ms; `span` is the seconds that a report averages over.
 */
const SCHEMA = [
  `CREATE TABLE machines (
  rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, heard INTEGER NOT NULL, info BLOB)`,
  "CREATE INDEX machines_heard ON machines (heard)",
  `CREATE TABLE entries (
  machine INTEGER NOT NULL, at INTEGER NOT NULL, state INTEGER NOT NULL, until INTEGER,
  cpu REAL, disk REAL, uptime REAL, span REAL, report INTEGER,
  PRIMARY KEY (machine, at, state)) WITHOUT ROWID`,
  "CREATE INDEX outages ON entries (machine, at) WHERE state > 0",
  "CREATE TABLE reports (rowid INTEGER PRIMARY KEY, body BLOB NOT NULL)",
  `CREATE TRIGGER report_goes_with_entry AFTER DELETE ON entries WHEN old.report IS NOT NULL
BEGIN DELETE FROM reports WHERE rowid = old.report; END`,
];

/** What is wrong with a file. `denied`: this user may not open or write it. */
export type FaultKind = "corrupt" | "newer" | "locked" | "full" | "denied" | "failing";

export interface Fault {
  readonly kind: FaultKind;
  readonly words: string;
}

/** A file that SQLite takes, and the history cannot use. */
export class UnusableFileError extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, words: string) {
    super(words);
    this.kind = kind;
  }
}

/**
 * Opens the database and makes its tables if it is new. Throws what `faultOf` names. A file
 * is locked for this process alone until it is closed: two daemons never share one. `waitMs`: how
 * long to wait for another process's lock; the whole program stands still meanwhile.
 */
export function openDatabase(path: string | ":memory:", waitMs = 0): Database {
  const database = new Database(path, { create: true, readwrite: true, strict: true });
  try {
    database.run(`PRAGMA busy_timeout = ${waitMs}`);
    // Set before the first access, so that WAL needs no shared memory: a full disk can break its map.
    database.run("PRAGMA locking_mode = EXCLUSIVE");
    database.run("PRAGMA journal_mode = WAL");
    // In WAL mode a crash of the program loses nothing, and a power cut only the last seconds.
    database.run("PRAGMA synchronous = NORMAL");
    // The caller checkpoints when nobody waits for it.
    database.run("PRAGMA wal_autocheckpoint = 0");
    database.run(`PRAGMA cache_size = -${CACHE_KIBIBYTES}`);
    database.run(`PRAGMA journal_size_limit = ${JOURNAL_SIZE_BYTES}`);
    database.transaction(() => prepare(database)).immediate();
    return database;
  } catch (error) {
    closeQuietly(database);
    throw error;
  }
}

/** Bytes in use, without free pages; the file itself stays at its past maximum. */
export function usedBytes(database: Database): number {
  const pagesInUse = pragma(database, "page_count") - pragma(database, "freelist_count");
  return pagesInUse * pragma(database, "page_size");
}

function pragma(database: Database, name: string): number {
  return Number(database.query(`PRAGMA ${name}`).values()[0]?.[0] ?? 0);
}

/** The fault of the file that was thrown; throws on for a bug of ours. */
export function faultOf(error: unknown): Fault {
  if (error instanceof UnusableFileError) return { kind: error.kind, words: error.message };
  if (!(error instanceof SQLiteError)) throw error;
  // The low byte is the kind, the rest its shade. Source: sqlite.org/rescode.html.
  const [kind] = FAULT_CODES.find(([, ...codes]) => codes.includes(error.errno & 0xff)) ?? [];
  if (kind === undefined) throw error;
  return { kind, words: error.message };
}

export function closeQuietly(database: Database): void {
  try {
    database.close();
  } catch {
    // The fault of the file has been told already, and nothing is left to lose.
  }
}

const FAULT_CODES: readonly (readonly [FaultKind, ...number[]])[] = [
  ["corrupt", 11, 26],
  ["denied", 3, 8, 14],
  ["failing", 10],
  ["full", 7, 13],
  ["locked", 5, 6, 15],
];

function prepare(database: Database): void {
  const version = pragma(database, "user_version");
  if (version > SCHEMA_VERSION) {
    const words = `written by a newer unagi (its format is ${version}, this one's ${SCHEMA_VERSION})`;
    throw new UnusableFileError("newer", words);
  }
  const found = database.query("SELECT sql FROM sqlite_schema").values().flat();
  if (version === 0 && found.length === 0) {
    for (const sql of SCHEMA) database.run(sql);
    database.run(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    return;
  }
  // SQLite keeps the text of each statement, so one changed column is enough to tell.
  if (!SCHEMA.every((sql) => found.includes(sql))) {
    throw new UnusableFileError("corrupt", "it has other tables than this version's");
  }
  // Reads the pages of the two small tables, so that most damage shows at the start; a check of
  // the whole file (quick_check) would take 0.2 s for 1,000 machines, and more from a cold disk.
  database.query("SELECT sum(length(info)) FROM machines").values();
  database.query("SELECT sum(at) FROM entries").values();
}
