/**
 * The history on SQLite: changes gather, and are written in one transaction by `flush` or before
 * anything is read.
 */
import { fail, ok, type Result } from "../base/result.ts";
import type { History } from "./history.ts";
import type { HistoryOptions } from "./history-options.ts";
import type { Entry, EntryQuery, KnownMachine, StripPoint } from "./kept.ts";
import { Notices } from "./notices.ts";
import { readAt, readEntries, readKnownMachines, readStrips } from "./queries.ts";
import { checkStateDirectory, historyFile } from "./state-directory.ts";
import { Storage } from "./storage.ts";
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
    return ok(new SqliteHistory(new Storage(options, undefined, notices), notices));
  }
  const usable = checkStateDirectory(directory);
  if (!usable.ok) return usable;
  const path = historyFile(directory, options.signature);
  const storage = new Storage(options, path, notices);
  const fault = storage.openFile(START_WAIT_MS);
  if (fault?.kind !== "denied") return ok(new SqliteHistory(storage, notices));
  storage.close();
  const user = process.geteuid?.();
  return fail(
    `--state ${directory}: the file ${path} cannot be used (${fault.words}); give it to the user with uid ${user}: chown ${user} ${path}*`,
  );
}

class SqliteHistory implements History {
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

  knownMachines(): readonly KnownMachine[] {
    this.#writePending();
    return this.#storage.read((database) => readKnownMachines(database, this.#onDamaged));
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
    this.#writePending();
    return this.#storage.read((database) => readEntries(database, id, query, this.#onDamaged));
  }

  strips(sinceWallMs: number, ids?: readonly string[]): ReadonlyMap<string, readonly StripPoint[]> {
    this.#writePending();
    return this.#storage.read((database) => readStrips(database, sinceWallMs, ids));
  }

  at(wallMs: number): ReadonlyMap<string, Entry> {
    this.#writePending();
    return this.#storage.read((database) => readAt(database, wallMs, this.#onDamaged));
  }

  notices(): readonly string[] {
    return this.#notices.list();
  }

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
