/**
 * The history's interface: what the daemon writes and the page reads. Implemented on SQLite
 * (sqlite-history.ts), on a file or in memory. No call throws for a fault of the disk: the
 * implementation goes on in memory and says so in `notices()`.
 */
import type { Entry, EntryQuery, KnownMachine, StripPoint } from "./kept.ts";

export interface History {
  /** Machines of an earlier run, to be asked first. */
  knownMachines(): readonly KnownMachine[];
  remember(machine: KnownMachine): void;
  /** Drops a machine and its entries. */
  forget(id: string): void;
  rename(fromId: string, toId: string): void;
  append(id: string, entry: Entry): void;
  /** Ends the open outage of this machine, if there is one. */
  endOutage(id: string, untilWallMs: number): void;
  entries(id: string, query: EntryQuery): readonly Entry[];
  /** Of these machines, or of all. */
  strips(sinceWallMs: number, ids?: readonly string[]): ReadonlyMap<string, readonly StripPoint[]>;
  /** The entry of each machine that covers this wall time. */
  at(wallMs: number): ReadonlyMap<string, Entry>;
  /** What a reader should know: the file was bad and set aside, the disk is full, the cap reached. */
  notices(): readonly string[];
  /** Writes what is pending; called every few seconds and at the end. */
  flush(): void;
  close(): void;
}
