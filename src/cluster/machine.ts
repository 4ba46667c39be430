/**
 * What the cluster core tells its readers (page, JSON, store) about machines. Plain data,
 * made anew for each reading; nothing here changes the core.
 */
import type { Report } from "../protocol/report.ts";

/** `new`: has answered a question, its first report is on its way. */
export type MachineState = "new" | "up" | "silent" | "stopped" | "down";

export interface Machine {
  /** Stable key; a protocol-1 machine's id is its address. */
  readonly id: string;
  readonly name: string;
  /** The address that answered last; our own: the bound one, or the one others see us under. */
  readonly address: string;
  readonly addresses: readonly string[];
  readonly state: MachineState;
  /**
   * Wall clock, ms: since when it is in this state (the uptime is in the report). Down counts from
   * when it was last heard, stopped from its goodbye, as their entries in the history do.
   */
  readonly stateSinceWallMs: number;
  readonly isSelf: boolean;
  readonly protocol: 1 | 2;
  readonly httpPort?: number;
  readonly tags: readonly string[];
  readonly boot?: string;
  readonly sequence?: number;
  readonly lastHeardSeconds?: number;
  readonly reportAgeSeconds?: number;
  /** Present where `report` is of the last seconds, made because somebody watches. */
  readonly isLive?: true;
  /** Sender's wall clock minus ours; shown when over 2 s either way. */
  readonly clockOffsetSeconds?: number;
  /** Questions in a row that it has left unanswered. */
  readonly unanswered: number;
  /** Two daemons answer under this id: they are shown apart. */
  readonly isClone: boolean;
  readonly report?: Report;
}

/** How many packets were dropped, by reason; the page of a lonely machine shows them. */
export type DropCounts = Readonly<Record<string, number>>;

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
  readonly boot?: string;
  readonly sequence?: number;
  /** Boots of this id that are over and may not come back (the last 8). */
  readonly retiredBoots?: readonly string[];
  readonly reportAtWallMs?: number;
  readonly report?: Report;
}
