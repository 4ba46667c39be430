/**
 * The interface through which pages, JSON and terminal text read the cluster. The daemon implements
 * it; tests implement it with plain objects. Every call is cheap enough for one request.
 */
import type { Moment } from "../base/units.ts";
import type { CutOff } from "../cluster/detection/cut-off.ts";
import type { DropCounts, Machine } from "../cluster/machine.ts";
import type { Entry, EntryQuery, StripPoint } from "../store/history-types.ts";

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
  /** Addresses that have been heard of and have not answered a question yet. */
  readonly candidates: number;
  /** Sorted by name, then id; this machine is among them. */
  readonly machines: readonly Machine[];
  /** Machines in whose place a program of 2005 answers, which is in `machines`. They have pages, too. */
  readonly replaced: readonly Machine[];
  /** Present when this machine itself seems to be cut off from the others. */
  readonly cutOff?: CutOff;
  /** Packets dropped since the start, by reason. */
  readonly drops: DropCounts;
  /** Addresses of machines that speak protocol 1 in the open, where the network is sealed. */
  readonly unsealedSenders: readonly string[];
  readonly scan: ScanView;
  /** Sentences for the reader, such as that the disk is full, or that nothing matches `lan`. */
  readonly notices: readonly string[];
}

export interface ScanView {
  /** The scan ranges as the user wrote them; empty: this machine speaks to nobody. */
  readonly ranges: readonly string[];
  /** Whether `ranges` are loopback addresses alone. */
  readonly isLoopbackOnly: boolean;
  /** The ranges of `p2p-allow`, as the user wrote them. */
  readonly allow: readonly string[];
  /** The UDP port. */
  readonly port: number;
  /** Addresses in the ranges. */
  readonly size: number;
  /** Addresses asked since the start; from `size` on, the scan goes slowly round and round. */
  readonly asked: number;
  /** This machine's own addresses on the network. */
  readonly ownAddresses: readonly string[];
}

export interface ClusterSource {
  /** Changes whenever anything that a reader could see has changed. */
  version(): number;
  /** The time now, without the cost of a whole view. */
  moment(): Moment;
  cluster(): ClusterView;
  /** Newest first. */
  entries(id: string, query: EntryQuery): readonly Entry[];
  /** The points of these machines, or of all, from `sinceWallMs` on; oldest first. */
  strips(sinceWallMs: number, ids?: readonly string[]): ReadonlyMap<string, readonly StripPoint[]>;
  /** Each machine's entry that covers this wall time: an outage, or a report about that time. */
  at(wallMs: number): ReadonlyMap<string, Entry>;
}
