/**
 * The history, which the daemon writes and pages read: on SQLite, in a file or in memory. Changes
 * gather, and are written in one transaction by `flush` or before anything is read. No call throws
 * for a fault of the disk: the history goes on in memory and says so in `notices()`.
 */
import type { Database } from "bun:sqlite";
import { fail, ok, type Result } from "../base/result.ts";
import { type HistoryOptions, Storage } from "./file-or-memory.ts";
import { checkStateDirectory, historyFile } from "./history-file.ts";
import type { Entry, EntryQuery, KnownMachine, MachineInfo, StripPoint } from "./history-types.ts";
import { Notices } from "./notices.ts";
import { readAt, readEntries, readKnownMachines, readStrips } from "./queries.ts";
import type { Change } from "./tables.ts";

/** A daemon that is just ending holds the file for a moment longer; a restart waits for it. */
const START_WAIT_MS = 1000;

/** More changes than this are written at once: 4,096 machines that report in one moment make 8,192. */
const MAX_PENDING = 8192;

/**
 * Opens the history. A reason only if the state directory, or the file in it, may not be used by
 * this user: a start that cannot keep what it was asked to keep is refused. Every other fault
 * leads into memory, and into `notices()`.
 */
export function openHistory(options: HistoryOptions): Result<History> {
  const { directory, log } = options;
  const notices = new Notices((text) => log("warn", text));
  if (directory === undefined) {
    return ok(new History(new Storage(options, undefined, notices), notices));
  }
  const usable = checkStateDirectory(directory);
  if (!usable.ok) return usable;
  const path = historyFile(directory, options.signature);
  const storage = new Storage(options, path, notices);
  const fault = storage.openFile(START_WAIT_MS);
  if (fault?.kind !== "denied") return ok(new History(storage, notices));
  storage.close();
  const user = process.geteuid?.();
  return fail(
    `--state ${directory}: the file ${path} cannot be used (${fault.words}); give it to the user with uid ${user}: chown ${user} ${path}*`,
  );
}

export class History {
  readonly #storage: Storage;
  readonly #notices: Notices;
  readonly #onDamaged: () => void;
  #pending: Change[] = [];
  #isClosed = false;

  constructor(storage: Storage, notices: Notices) {
    this.#storage = storage;
    this.#notices = notices;
    this.#onDamaged = () => notices.countDamaged();
  }

  /** The machines of earlier runs, each with its last report. */
  knownMachines(): readonly KnownMachine[] {
    return this.#read((database) => readKnownMachines(database, this.#onDamaged));
  }

  /** Keeps what is known of the machine; its reports are kept by `append`. */
  remember(machine: MachineInfo): void {
    this.#add({ kind: "remember", machine });
  }

  /** Deletes a machine and its entries. */
  forget(id: string): void {
    this.#add({ kind: "forget", id });
  }

  /** Moves the entries of one id to another. */
  rename(fromId: string, toId: string): void {
    this.#add({ kind: "rename", fromId, toId });
  }

  append(id: string, entry: Entry): void {
    this.#add({ kind: "append", id, entry });
  }

  /** Ends the open outage of this machine, if there is one. */
  endOutage(id: string, untilWallMs: number): void {
    this.#add({ kind: "end-outage", id, untilWallMs });
  }

  entries(id: string, query: EntryQuery): readonly Entry[] {
    return this.#read((database) => readEntries(database, id, query, this.#onDamaged));
  }

  /** The strips of these machines, or of all. */
  strips(sinceWallMs: number, ids?: readonly string[]): ReadonlyMap<string, readonly StripPoint[]> {
    return this.#read((database) => readStrips(database, sinceWallMs, ids));
  }

  /** The entry of each machine that covers this wall time. */
  at(wallMs: number): ReadonlyMap<string, Entry> {
    return this.#read((database) => readAt(database, wallMs, this.#onDamaged));
  }

  /** What a reader should know: a bad file was set aside, the disk is full, the cap is reached. */
  notices(): readonly string[] {
    return this.#notices.list();
  }

  /** Writes what is pending; called every few seconds and at the end. */
  flush(): void {
    if (this.#isClosed) return;
    this.#storage.retryIfDue();
    this.#writePending();
    this.#storage.checkpoint();
  }

  close(): void {
    if (this.#isClosed) return;
    this.flush();
    this.#isClosed = true;
    this.#storage.close();
  }

  #read<T>(query: (database: Database) => T): T {
    this.#writePending();
    return this.#storage.read(query);
  }

  #add(change: Change): void {
    if (this.#isClosed) return;
    this.#pending.push(change);
    if (this.#pending.length >= MAX_PENDING) this.flush();
  }

  #writePending(): void {
    const changes = this.#pending;
    if (changes.length === 0) return;
    this.#pending = [];
    this.#storage.write(changes);
  }
}
