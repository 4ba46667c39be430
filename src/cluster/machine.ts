/**
 * What the cluster core tells its readers (page, JSON, store) about machines. Plain data,
 * made anew for each reading; nothing here changes the core.
 */
import type { Report } from "../protocol/report.ts";
import type { MachineState } from "../store/kept.ts";

/** The states of a machine that does not answer. */
export const QUIET_STATES: ReadonlySet<MachineState> = new Set(["silent", "stopped", "down"]);

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
  readonly incarnation?: string;
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

export interface ScanProgress {
  readonly size: number;
  /** Addresses asked since the start; from `size` on, the scan goes round slowly. */
  readonly asked: number;
}
