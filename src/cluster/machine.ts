/**
 * What the core tells its readers (page, JSON interface, store). Plain data, made anew for each reading;
 * changing it changes nothing in the core.
 */
import type { Report } from "../protocol/report.ts";
import type { MachineState } from "../store/history-types.ts";

/** The states of a machine that does not answer. */
export const QUIET_STATES: ReadonlySet<MachineState> = new Set(["silent", "stopped", "down"]);

/** Why the newest report is not current, although its machine answers. */
export interface ReportTrouble {
  /** `refused`: newer ones came and could not be read. `overdue`: none has come for three intervals. */
  readonly kind: "refused" | "overdue";
  /** `refused`: when the first was refused. `overdue`: when the last one was made. */
  readonly sinceWallMs: number;
  /** What is wrong with the newest refused report. */
  readonly reason?: string;
}

export interface Machine {
  /** Stays the same over restarts; a protocol-1 machine's id is its address. */
  readonly id: string;
  readonly name: string;
  /** The address that answered last; for this machine the bound one, or the one others see it under. */
  readonly address: string;
  readonly addresses: readonly string[];
  readonly state: MachineState;
  /**
   * Since when it is in this state (the uptime is in the report). Down counts from when the machine was
   * last heard, stopped from its goodbye, as in the history.
   */
  readonly stateSinceWallMs: number;
  readonly isSelf: boolean;
  readonly protocol: 1 | 2;
  readonly httpPort?: number;
  readonly tags: readonly string[];
  readonly incarnation?: string;
  readonly sequence?: number;
  readonly lastHeardSeconds?: number;
  readonly reportAgeSeconds?: number;
  /** Present when `report` is a live one: of the last seconds, made because somebody watches. */
  readonly isLive?: true;
  readonly reportTrouble?: ReportTrouble;
  /** Sender's wall clock minus ours; shown when over 2 s either way. */
  readonly clockOffsetSeconds?: number;
  /** Questions in a row that it has left unanswered. */
  readonly unanswered: number;
  /** A machine of protocol 2: the id of the program of 2005 that answers in its place since its end. */
  readonly replacedBy?: string;
  /** The program of 2005: the id of that machine. Set where the two are told apart (`ClusterView`). */
  readonly replaces?: string;
  /** Two daemons answer under one id, and are shown apart. */
  readonly isClone: boolean;
  readonly report?: Report;
}

/** How many packets were dropped, by reason. The page shows them while no other machine is found. */
export type DropCounts = Readonly<Record<string, number>>;
