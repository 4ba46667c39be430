/**
 * What the history keeps, as plain data: the entries of each machine, the points of its strip, and
 * the machines that are asked first after a restart.
 */
import type { Report } from "../protocol/report.ts";

/** `new`: the machine has answered a question, and its first report is on its way. */
export const MACHINE_STATES = ["new", "up", "silent", "stopped", "down"] as const;
export type MachineState = (typeof MACHINE_STATES)[number];

/** An entry is a report (`up`) or an outage. The tables hold the place in this list: add at its end. */
export const ENTRY_STATES = ["up", "down", "stopped"] as const;
export type EntryState = (typeof ENTRY_STATES)[number];

/**
 * One report or one outage. `atWallMs` is when the report was made or the outage began, by this
 * machine's wall clock; `untilWallMs` is absent while the outage lasts.
 */
export type Entry =
  | { readonly state: "up"; readonly atWallMs: number; readonly report: Report }
  | {
      readonly state: "down" | "stopped";
      readonly atWallMs: number;
      readonly untilWallMs?: number;
    };

/** What is kept of a machine over a restart: enough to ask it first and to show it at once. */
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
  /** The last 8 incarnations of this id that are over and may not come back. */
  readonly retiredIncarnations?: readonly string[];
  readonly reportAtWallMs?: number;
  readonly report?: Report;
}

/** The same without the report, which is kept once: as the entry of `reportAtWallMs`. */
export type MachineInfo = Omit<KnownMachine, "report">;

/** An entry as a history strip shows it: its numbers, without the report. */
export interface StripPoint {
  readonly atWallMs: number;
  readonly state: EntryState;
  /** The end of an outage; absent while it lasts. */
  readonly untilWallMs?: number;
  /** The busy share of all cores together, as `busyPercent` (protocol/busy.ts) counts it. */
  readonly cpuPercent?: number;
  /** Bytes read and written, added up. */
  readonly diskBytesPerSecond?: number;
  /** Shows a reboot between two entries. */
  readonly uptimeSeconds?: number;
}

export interface EntryQuery {
  /** How many entries at most; the newest come first. */
  readonly limit: number;
  /** Only entries before this wall time, ms. */
  readonly beforeWallMs?: number;
  /**
   * With this, also the entries of that very time that follow one of this state in the list: an
   * outage and a report may share a time. A page begins so after the last entry of the page before.
   */
  readonly beforeState?: EntryState;
}
