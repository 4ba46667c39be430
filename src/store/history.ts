/**
 * The interface of the history, which the daemon writes and pages read. It is implemented on SQLite
 * (sqlite-history.ts), in a file or in memory. No call throws for a fault of the disk: the history
 * goes on in memory and says so in `notices()`.
 */
import type { Entry, EntryQuery, KnownMachine, StripPoint } from "./kept.ts";

export interface History {
  /** The machines of earlier runs, each with its last report. */
  knownMachines(): readonly KnownMachine[];
  /** Keeps what is known of the machine, but for its report, which is kept by `append`. */
  remember(machine: KnownMachine): void;
  /** Deletes a machine and its entries. */
  forget(id: string): void;
  /** Moves the entries of one id to another. */
  rename(fromId: string, toId: string): void;
  append(id: string, entry: Entry): void;
  /** Ends the open outage of this machine, if there is one. */
  endOutage(id: string, untilWallMs: number): void;
  entries(id: string, query: EntryQuery): readonly Entry[];
  /** The strips of these machines, or of all. */
  strips(sinceWallMs: number, ids?: readonly string[]): ReadonlyMap<string, readonly StripPoint[]>;
  /** The entry of each machine that covers this wall time. */
  at(wallMs: number): ReadonlyMap<string, Entry>;
  /** What a reader should know: a bad file was set aside, the disk is full, the cap is reached. */
  notices(): readonly string[];
  /** Writes what is pending; called every few seconds and at the end. */
  flush(): void;
  close(): void;
}
