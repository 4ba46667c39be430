/**
 * The history on SQLite: in a file of the state directory, or in memory. Changes gather and are
 * written in one transaction by `flush`. After a fault of the disk it goes on in memory, with what
 * could still be read, and takes the file up again as soon as that works (design, section 7).
 */
import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { fail, ok, type Result } from "../base/result.ts";
import { MEBIBYTE, type Moment } from "../base/units.ts";
import { carryOver, closeOutagesHeardAfter } from "./carry.ts";
import {
  classifyFault,
  closeQuietly,
  type Fault,
  openDatabase,
  RemovedFileError,
} from "./database.ts";
import type { History } from "./history.ts";
import { type FilePlace, isSetAside, openHistoryFile, putAside } from "./history-file.ts";
import type { Entry, EntryQuery, KnownMachine, StripPoint } from "./kept.ts";
import { readAt, readEntries, readKnownMachines, readStrips } from "./queries.ts";
import { enforceCap, trimMachine } from "./retention.ts";
import { checkStateDirectory, historyFile } from "./state-directory.ts";
import { applyChange, type Change } from "./tables.ts";

export interface HistoryOptions {
  /** `--state`; absent: in memory. */
  readonly directory?: string;
  /** The network's signature: each network has its own file. */
  readonly signature: string;
  /** `-H`. */
  readonly entriesPerMachine: number;
  readonly now: () => Moment;
  readonly log: (level: "info" | "warn", text: string) => void;
  readonly caps?: Partial<HistoryCaps>;
  /** Where /proc is found, to name the holder of a locked file; "/" but for tests. */
  readonly root?: string;
}

export interface HistoryCaps {
  readonly fileBytes: number;
  readonly memoryBytes: number;
  readonly machines: number;
}

/** Design, section 7, and the cap on peers of 6.3. */
const CAPS: HistoryCaps = {
  fileBytes: 512 * MEBIBYTE,
  memoryBytes: 32 * MEBIBYTE,
  machines: 4096,
};

/** A daemon that is just ending holds the file for a moment longer; a restart waits for it. */
const START_WAIT_MS = 1000;

/** A disk is made free, or another daemon stopped, by people: minutes are soon enough. */
const RETRY_MS = 5 * 60 * 1000;

/** A disk that spoils one file after the other must not be filled with them. */
const MAX_SET_ASIDE = 3;

/** Changes held back at most; more are written at once. 4,096 machines that report in one moment. */
const MAX_PENDING = 8192;

/** 4 MB of the write-ahead log or so: to move that into the file is a wait for the disk, 60 ms here. */
const CHECKPOINT_CHANGES = 1000;

/** Of the cap in memory, what a fault carries over from the file: the rest is for what comes. */
const CARRIED_PART = 1 / 2;

/**
 * Opens the history. A reason only if the state directory, or the file in it, may not be used by
 * this user: a start that cannot keep what it was asked to keep is refused. Every other fault
 * leads into memory, and into `notices()`.
 */
export function openHistory(options: HistoryOptions): Result<History> {
  const { directory } = options;
  if (directory === undefined) return ok(new SqliteHistory(options, undefined));
  const usable = checkStateDirectory(directory);
  if (!usable.ok) return usable;
  const path = historyFile(directory, options.signature);
  const history = new SqliteHistory(options, path);
  const fault = history.openFile(START_WAIT_MS);
  if (fault?.kind !== "denied") return ok(history);
  history.close();
  const user = process.geteuid?.();
  return fail(
    `--state ${directory}: the file ${path} cannot be used (${fault.words}); give it to the user with uid ${user}: chown ${user} ${path}*`,
  );
}

class SqliteHistory implements History {
  readonly #options: HistoryOptions;
  readonly #caps: HistoryCaps;
  /** Where the history belongs; undefined: in memory by choice. */
  readonly #path: string | undefined;
  #database: Database;
  #isOnFile = false;
  #isClosed = false;
  #pending: Change[] = [];
  /** Renames and forgettings made in memory that the file has not seen. */
  #missedByFile: Change[] = [];
  #retryAtMs = 0;
  #sinceCheckpoint = 0;
  #setAsideCount = 0;
  #damaged = 0;
  /** By subject, so that each says only its newest. */
  readonly #notices = new Map<string, string>();

  constructor(options: HistoryOptions, path: string | undefined) {
    this.#options = options;
    this.#caps = { ...CAPS, ...options.caps };
    this.#path = path;
    this.#database = openDatabase(":memory:");
  }

  knownMachines(): readonly KnownMachine[] {
    return this.#read((database) => readKnownMachines(database, this.#onDamaged));
  }

  remember(machine: KnownMachine): void {
    this.#add({ kind: "remember", machine });
  }

  forget(id: string): void {
    this.#add({ kind: "forget", id });
  }

  rename(fromId: string, toId: string): void {
    this.#add({ kind: "rename", fromId, toId });
  }

  append(id: string, entry: Entry): void {
    this.#add({ kind: "append", id, entry });
  }

  endOutage(id: string, untilWallMs: number): void {
    this.#add({ kind: "end-outage", id, untilWallMs });
  }

  entries(id: string, query: EntryQuery): readonly Entry[] {
    return this.#read((database) => readEntries(database, id, query, this.#onDamaged));
  }

  strips(sinceWallMs: number, ids?: readonly string[]): ReadonlyMap<string, readonly StripPoint[]> {
    return this.#read((database) => readStrips(database, sinceWallMs, ids));
  }

  at(wallMs: number): ReadonlyMap<string, Entry> {
    return this.#read((database) => readAt(database, wallMs, this.#onDamaged));
  }

  notices(): readonly string[] {
    return [...this.#notices.values()];
  }

  flush(): void {
    if (this.#isClosed) return;
    if (this.#isRetryDue()) this.openFile(0);
    this.#writePending();
    this.#checkpoint();
  }

  #writePending(): void {
    const changes = this.#pending;
    if (changes.length === 0) return;
    this.#pending = [];
    try {
      if (this.#isOnFile && !existsSync(this.#path ?? ""))
        throw new RemovedFileError("it was removed");
      this.#write(changes);
    } catch (error) {
      this.#fallToMemory(error);
      this.#writeInMemory(changes);
    }
  }

  close(): void {
    this.flush();
    // The last chance for what memory holds: the disk may have been made free a minute ago.
    if (!this.#isOnFile && this.#mayRetry()) this.openFile(0);
    this.#isClosed = true;
    closeQuietly(this.#database);
  }

  /**
   * Opens the file and moves what is in memory there. Gives the fault that kept it from doing so;
   * the history is then in memory as before.
   */
  openFile(waitMs: number): Fault | undefined {
    const place = this.#place();
    if (place === undefined) return undefined;
    const opened = openHistoryFile(place, waitMs);
    if (opened.aside !== undefined) this.#tellAside(opened.aside);
    if (opened.database === undefined) return this.#stayInMemory(opened.fault);
    try {
      this.#moveInto(opened.database);
    } catch (error) {
      const fault = faultOrThrow(error);
      const isAside = isSetAside(fault) && this.#putAside(place, fault);
      closeQuietly(opened.database);
      // The place is free for a new file: at most MAX_SET_ASIDE times.
      return isAside && this.#mayRetry() ? this.openFile(waitMs) : this.#stayInMemory(fault);
    }
    closeQuietly(this.#database);
    this.#database = opened.database;
    this.#isOnFile = true;
    this.#missedByFile = [];
    // Its log may hold what a run left that did not end well, and what was moved there now.
    this.#sinceCheckpoint = CHECKPOINT_CHANGES;
    if (this.#notices.delete("memory")) {
      this.#options.log("info", `the history is kept in ${place.path} again`);
    }
    return undefined;
  }

  #add(change: Change): void {
    if (this.#isClosed) return;
    this.#pending.push(change);
    if (this.#pending.length >= MAX_PENDING) this.flush();
  }

  /** Moves what has gathered in the log into the file; never while a reader waits. */
  #checkpoint(): void {
    if (this.#sinceCheckpoint < CHECKPOINT_CHANGES) return;
    this.#sinceCheckpoint = 0;
    try {
      this.#database.run("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      this.#fallToMemory(error);
    }
  }

  /** Reads what is pending, too. */
  #read<T>(query: (database: Database) => T): T {
    if (!this.#isClosed) this.#writePending();
    try {
      return query(this.#database);
    } catch (error) {
      this.#fallToMemory(error);
      return query(this.#database);
    }
  }

  #write(changes: readonly Change[]): void {
    const database = this.#database;
    database
      .transaction(() => {
        const grown = new Set<number>();
        for (const change of changes) {
          const key = applyChange(database, change, this.#caps.machines);
          if (key !== undefined) grown.add(key);
        }
        for (const key of grown) trimMachine(database, key, this.#options.entriesPerMachine);
        this.#enforceCap(database, this.#isOnFile);
      })
      .immediate();
    this.#sinceCheckpoint += changes.length;
    if (this.#isOnFile || this.#path === undefined) return;
    // Each machine can be renamed and forgotten; more than that would only be a lie of peers.
    const moves = changes.filter(({ kind }) => kind === "rename" || kind === "forget");
    this.#missedByFile = [...this.#missedByFile, ...moves].slice(-2 * this.#caps.machines);
  }

  #writeInMemory(changes: readonly Change[]): void {
    try {
      this.#write(changes);
    } catch (error) {
      this.#fallToMemory(error);
      this.#options.log("warn", `${changes.length} changes of the history are lost`);
    }
  }

  #enforceCap(database: Database, isFile: boolean): void {
    const cap = isFile ? this.#caps.fileBytes : this.#caps.memoryBytes;
    if (!enforceCap(database, cap)) return;
    const where = isFile ? "on disk" : "in memory";
    this.#tell(
      "cap",
      `the history has reached its cap of ${sizeInWords(cap)} ${where}: the oldest entries are dropped before -H ${this.#options.entriesPerMachine} is reached`,
    );
  }

  /** What memory gathered while the file could not be used; at the start, nothing. */
  #moveInto(file: Database): void {
    const { machines: maxMachines } = this.#caps;
    const { entriesPerMachine } = this.#options;
    file
      .transaction(() => {
        for (const change of this.#missedByFile) applyChange(file, change, maxMachines);
        const limits = { maxMachines, entriesPerMachine, maxBytes: this.#caps.fileBytes };
        const keys = carryOver(this.#database, file, limits);
        if (keys.length > 0) closeOutagesHeardAfter(file);
        for (const key of keys) trimMachine(file, key, entriesPerMachine);
        this.#enforceCap(file, true);
      })
      .immediate();
  }

  /** Leaves a database that failed, with what can be read of it; throws on for a bug of ours. */
  #fallToMemory(error: unknown): void {
    const fault = faultOrThrow(error);
    const failed = this.#database;
    const memory = openDatabase(":memory:");
    memory.transaction(() => {
      carryOver(failed, memory, {
        maxMachines: this.#caps.machines,
        entriesPerMachine: this.#options.entriesPerMachine,
        maxBytes: this.#caps.memoryBytes * CARRIED_PART,
      });
    })();
    this.#database = memory;
    const place = this.#place();
    if (this.#isOnFile && place !== undefined && isSetAside(fault)) {
      this.#putAside(place, fault);
    }
    closeQuietly(failed);
    this.#isOnFile = false;
    this.#stayInMemory(fault);
  }

  #stayInMemory(fault: Fault | undefined): Fault | undefined {
    this.#retryAtMs = this.#options.now().elapsedMs + RETRY_MS;
    const words = fault?.words ?? "unknown fault";
    if (this.#path === undefined) {
      this.#tell("memory", `the history in memory failed and was begun anew: ${words}`);
      return fault;
    }
    const again = this.#mayRetry() ? `every ${RETRY_MS / 60_000} minutes` : "at the next start";
    this.#tell(
      "memory",
      `the history is kept in memory, at most ${sizeInWords(this.#caps.memoryBytes)}, and the file ${this.#path} is tried again ${again}: ${words}`,
    );
    return fault;
  }

  #mayRetry(): boolean {
    return this.#path !== undefined && this.#setAsideCount < MAX_SET_ASIDE;
  }

  #isRetryDue(): boolean {
    if (this.#isOnFile || !this.#mayRetry()) return false;
    return this.#options.now().elapsedMs >= this.#retryAtMs;
  }

  #place(): FilePlace | undefined {
    const { root = "/", now } = this.#options;
    return this.#path === undefined ? undefined : { path: this.#path, root, wallMs: now().wallMs };
  }

  #putAside(place: FilePlace, fault: Fault): boolean {
    const { moved, words } = putAside(place, fault);
    this.#tellAside(words);
    return moved;
  }

  #tellAside(words: string): void {
    this.#setAsideCount++;
    this.#tell(`aside ${this.#setAsideCount}`, words);
  }

  readonly #onDamaged = (): void => {
    this.#damaged++;
    this.#notices.set("damaged", `${this.#damaged} times a damaged entry of the history was read`);
  };

  /** Each notice goes to the log once. */
  #tell(subject: string, text: string): void {
    if (this.#notices.get(subject) === text) return;
    this.#notices.set(subject, text);
    this.#options.log("warn", text);
  }
}

function faultOrThrow(error: unknown): Fault {
  const fault = classifyFault(error);
  if (fault === undefined) throw error;
  return fault;
}

function sizeInWords(bytes: number): string {
  return bytes >= MEBIBYTE
    ? `${Math.round(bytes / MEBIBYTE)} MB`
    : `${Math.round(bytes / 1024)} KB`;
}
