/**
 * The database of the history: in its file, or in memory where there is none or it cannot be used.
 * After a fault of the disk it goes on in memory with what could still be read, and moves back into
 * the file as soon as that works again.
 */
import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { MEBIBYTE, type Moment } from "../base/units.ts";
import { carryOver, closeOutagesHeardAfter } from "./carry.ts";
import { closeQuietly, type Fault, faultOf, openDatabase, UnusableFileError } from "./database.ts";
import { type FilePlace, isSetAside, openHistoryFile, putAside } from "./history-file.ts";
import type { Notices } from "./notices.ts";
import { enforceCap, trimMachine } from "./retention.ts";
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

type HistoryCaps = Readonly<typeof CAPS>;

/** The history is a guest on the disk and in the memory of a machine that others use. */
const CAPS = {
  fileBytes: 512 * MEBIBYTE,
  memoryBytes: 32 * MEBIBYTE,
  /** As many as `max-peers` allows at most. */
  machines: 4096,
};

/** A disk is made free, or another daemon stopped, by people: minutes are soon enough. */
const RETRY_MS = 5 * 60 * 1000;

/** A disk that spoils one file after the other must not be filled with them. */
const MAX_SET_ASIDE = 3;

/** About 4 MB of the write-ahead log: to move that into the file waits 60 ms for an ordinary disk. */
const CHECKPOINT_CHANGES = 1000;

/** The part of the cap in memory that a fault carries over from the file: the rest is for new entries. */
const CARRIED_PART = 1 / 2;

export class Storage {
  readonly #options: HistoryOptions;
  readonly #notices: Notices;
  readonly #caps: HistoryCaps;
  /** Where the history belongs; undefined: in memory by choice. */
  readonly #path: string | undefined;
  #database: Database;
  #isOnFile = false;
  /** Renames and removals made in memory that the file has not seen. */
  #missedByFile: Change[] = [];
  #retryAtMs = 0;
  #changesSinceCheckpoint = 0;
  #setAsideCount = 0;

  /** In memory until `openFile`. */
  constructor(options: HistoryOptions, path: string | undefined, notices: Notices) {
    this.#options = options;
    this.#notices = notices;
    this.#caps = { ...CAPS, ...options.caps };
    this.#path = path;
    this.#database = openDatabase(":memory:");
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
      const fault = faultOf(error);
      const isAside = isSetAside(fault) && this.#putAside(place, fault);
      closeQuietly(opened.database);
      // The place is free for a new file: at most MAX_SET_ASIDE times.
      return isAside && this.#mayRetry() ? this.openFile(waitMs) : this.#stayInMemory(fault);
    }
    closeQuietly(this.#database);
    this.#database = opened.database;
    this.#isOnFile = true;
    this.#missedByFile = [];
    // Its log may hold what an unclean end has left, and what was moved there now.
    this.#changesSinceCheckpoint = CHECKPOINT_CHANGES;
    if (this.#notices.remove("memory")) {
      this.#options.log("info", `the history is kept in ${place.path} again`);
    }
    return undefined;
  }

  /** Takes the file up again, if it is time to try. */
  retryIfDue(): void {
    const isDue = this.#options.now().elapsedMs >= this.#retryAtMs;
    if (!this.#isOnFile && this.#mayRetry() && isDue) this.openFile(0);
  }

  read<T>(query: (database: Database) => T): T {
    try {
      return query(this.#database);
    } catch (error) {
      this.#fallToMemory(error);
      return query(this.#database);
    }
  }

  write(changes: readonly Change[]): void {
    try {
      if (this.#isOnFile && !existsSync(this.#path ?? "")) {
        // What is written now would go nowhere, though SQLite does not notice.
        throw new UnusableFileError("failing", "it was removed");
      }
      this.#writeHere(changes);
    } catch (error) {
      this.#fallToMemory(error);
      this.#writeInMemory(changes);
    }
  }

  /** Moves what has gathered in the log into the file; never while a reader waits. */
  checkpoint(): void {
    if (this.#changesSinceCheckpoint < CHECKPOINT_CHANGES) return;
    this.#changesSinceCheckpoint = 0;
    try {
      this.#database.run("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      this.#fallToMemory(error);
    }
  }

  /** The disk may have been made free a minute ago: what is in memory gets a last chance. */
  close(): void {
    if (!this.#isOnFile && this.#mayRetry()) this.openFile(0);
    closeQuietly(this.#database);
  }

  #writeHere(changes: readonly Change[]): void {
    const database = this.#database;
    const apply = (change: Change) => applyChange(database, change, this.#caps.machines) ?? [];
    database
      .transaction(() => {
        this.#trim(database, new Set(changes.flatMap(apply)));
        this.#enforceCap(database, this.#isOnFile);
      })
      .immediate();
    this.#changesSinceCheckpoint += changes.length;
    if (this.#isOnFile || this.#path === undefined) return;
    // Each machine can be renamed and removed once; more than that would only be a lie of peers.
    const moves = changes.filter(({ kind }) => kind === "rename" || kind === "forget");
    this.#missedByFile = [...this.#missedByFile, ...moves].slice(-2 * this.#caps.machines);
  }

  #writeInMemory(changes: readonly Change[]): void {
    try {
      this.#writeHere(changes);
    } catch (error) {
      this.#fallToMemory(error);
      this.#options.log("warn", `${changes.length} changes of the history are lost`);
    }
  }

  #trim(database: Database, machines: Iterable<number>): void {
    for (const machine of machines) {
      trimMachine(database, machine, this.#options.entriesPerMachine);
    }
  }

  #enforceCap(database: Database, isFile: boolean): void {
    const cap = isFile ? this.#caps.fileBytes : this.#caps.memoryBytes;
    if (!enforceCap(database, cap)) return;
    const where = isFile ? "on disk" : "in memory";
    this.#notices.tell(
      "cap",
      `the history has reached its cap of ${sizeInWords(cap)} ${where}: the oldest entries are dropped before -H ${this.#options.entriesPerMachine} is reached`,
    );
  }

  /** What memory gathered while the file could not be used; at the start, nothing. */
  #moveInto(file: Database): void {
    file
      .transaction(() => {
        for (const change of this.#missedByFile) applyChange(file, change, this.#caps.machines);
        const machines = this.#carryInto(file, this.#caps.fileBytes);
        if (machines.length > 0) closeOutagesHeardAfter(file);
        this.#trim(file, machines);
        this.#enforceCap(file, true);
      })
      .immediate();
  }

  #carryInto(target: Database, maxBytes: number): number[] {
    const { entriesPerMachine } = this.#options;
    const limits = { maxMachines: this.#caps.machines, entriesPerMachine, maxBytes };
    return carryOver(this.#database, target, limits);
  }

  /** Leaves a database that failed, with what can be read of it; throws on for a bug of ours. */
  #fallToMemory(error: unknown): void {
    const fault = faultOf(error);
    const failed = this.#database;
    const memory = openDatabase(":memory:");
    memory.transaction(() => this.#carryInto(memory, this.#caps.memoryBytes * CARRIED_PART))();
    this.#database = memory;
    const place = this.#place();
    if (this.#isOnFile && place !== undefined && isSetAside(fault)) this.#putAside(place, fault);
    closeQuietly(failed);
    this.#isOnFile = false;
    this.#stayInMemory(fault);
  }

  #stayInMemory(fault: Fault): Fault {
    this.#retryAtMs = this.#options.now().elapsedMs + RETRY_MS;
    const { words } = fault;
    if (this.#path === undefined) {
      this.#notices.tell("memory", `the history in memory failed and was begun anew: ${words}`);
      return fault;
    }
    const again = this.#mayRetry() ? `every ${RETRY_MS / 60_000} minutes` : "at the next start";
    this.#notices.tell(
      "memory",
      `the history is kept in memory, at most ${sizeInWords(this.#caps.memoryBytes)}, and the file ${this.#path} is tried again ${again}: ${words}`,
    );
    return fault;
  }

  #mayRetry(): boolean {
    return this.#path !== undefined && this.#setAsideCount < MAX_SET_ASIDE;
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
    this.#notices.tell(`aside ${this.#setAsideCount}`, words);
  }
}

function sizeInWords(bytes: number): string {
  const isLarge = bytes >= MEBIBYTE;
  return isLarge ? `${Math.round(bytes / MEBIBYTE)} MB` : `${Math.round(bytes / 1024)} KB`;
}
