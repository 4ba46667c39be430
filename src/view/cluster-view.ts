/**
 * What the HTTP server and the page read from the daemon. The daemon implements it; the page's
 * tests implement it with plain objects. Every call is cheap enough for one request.
 */

import type { Moment } from "../base/units.ts";
import type { CutOff } from "../cluster/detection/cut-off.ts";
import type { DropCounts, Machine } from "../cluster/machine.ts";
import type { Entry, EntryQuery, StripPoint } from "../store/kept.ts";

export interface ClusterView {
  readonly moment: Moment;
  readonly selfId: string;
  /** The network's signature. */
  readonly network: string;
  readonly isShippedSignature: boolean;
  readonly isSealed: boolean;
  readonly version: string;
  readonly updateSeconds: number;
  /** `-H`: entries kept for each machine. */
  readonly historyEntries: number;
  readonly startedWallMs: number;
  /** Addresses heard of that have not answered a question yet. */
  readonly candidates: number;
  /** Sorted by name, then id; this machine is among them. */
  readonly machines: readonly Machine[];
  /** Present when it seems to be this machine that has lost the others. */
  readonly cutOff?: CutOff;
  readonly drops: DropCounts;
  readonly scan: ScanView;
  /** Sentences for the reader: history in memory because the disk is full, nothing matches `lan`… */
  readonly notices: readonly string[];
}

export interface ScanView {
  /** The ranges as the user wrote them; empty: this machine speaks to nobody. */
  readonly ranges: readonly string[];
  /** Whether `ranges` are loopback addresses alone. */
  readonly isLoopbackOnly: boolean;
  readonly allow: readonly string[];
  readonly port: number;
  readonly size: number;
  /** Addresses asked since the start; from `size` on, the scan goes round slowly. */
  readonly asked: number;
  /** Own addresses on the network, for the five checks of a lonely machine. */
  readonly ownAddresses: readonly string[];
}

export interface ClusterSource {
  /** Changes whenever anything that a reader could see has changed. */
  version(): number;
  /** Now, without the cost of a whole view. */
  moment(): Moment;
  cluster(): ClusterView;
  /** Newest first. */
  entries(id: string, query: EntryQuery): readonly Entry[];
  /** Oldest first, from `sinceWallMs` on: of these machines, or of all. */
  strips(sinceWallMs: number, ids?: readonly string[]): ReadonlyMap<string, readonly StripPoint[]>;
  /** Each machine's entry nearest to this wall time that covers it (within its own interval). */
  at(wallMs: number): ReadonlyMap<string, Entry>;
}
