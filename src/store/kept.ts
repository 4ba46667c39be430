/**
 * What the history keeps: entries of each machine, the points of its strip, and the machines that
 * are asked first after a restart. Plain data.
 */
import type { Report } from "../protocol/report.ts";

/** `new`: has answered a question, its first report is on its way. */
export const MACHINE_STATES = ["new", "up", "silent", "stopped", "down"] as const;
export type MachineState = (typeof MACHINE_STATES)[number];

/** An entry is a report (`up`) or an outage. The tables hold the place in this list: add at its end. */
export const ENTRY_STATES = ["up", "down", "stopped"] as const;
export type EntryState = (typeof ENTRY_STATES)[number];

/**
 * An entry of the history: a report kept, or one outage. `at` is when the report was made, or
 * when the outage began, on this machine's wall clock; `untilWallMs` is absent while it lasts.
 */
export type Entry =
  | { readonly state: "up"; readonly atWallMs: number; readonly report: Report }
  | {
      readonly state: "down" | "stopped";
      readonly atWallMs: number;
      readonly untilWallMs?: number;
    };

/** What survives a restart about a machine: enough to ask it first and to show it at once. */
export interface KnownMachine {
  readonly id: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly protocol: 1 | 2;
  readonly state: MachineState;
  readonly stateSinceWallMs: number;
  readonly lastHeardWallMs: number;
  readonly httpPort?: number;
  readonly incarnation?: string;
  readonly sequence?: number;
  /** Boots of this id that are over and may not come back (the last 8). */
  readonly retiredIncarnations?: readonly string[];
  readonly reportAtWallMs?: number;
  readonly report?: Report;
}

/** One entry of a history strip: the numbers alone, without the report. */
export interface StripPoint {
  readonly atWallMs: number;
  readonly state: EntryState;
  /** Of an outage: its end; absent while it lasts. */
  readonly untilWallMs?: number;
  /** Of all cores, as `busyPercent` (protocol/busy.ts) counts. */
  readonly cpuPercent?: number;
  /** Read and written together. */
  readonly diskBytesPerSecond?: number;
  /** To see a reboot between two entries. */
  readonly uptimeSeconds?: number;
}

export interface EntryQuery {
  /** At most so many, newest first. */
  readonly limit: number;
  /** Only entries from before this wall time, ms. */
  readonly beforeWallMs?: number;
  /**
   * And those of that very time that follow an entry of this state: an outage and a report may have
   * one time. So the last entry of a page is where the next page begins.
   */
  readonly beforeState?: EntryState;
}
