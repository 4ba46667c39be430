/**
 * What the cluster core is given at the start: it reads no configuration, clock or random source of
 * its own.
 */
import type { Moment } from "../base/units.ts";
import type { Envelope } from "../sealing/envelope.ts";
import type { KnownMachine } from "../store/history-types.ts";

export interface ClusterOptions {
  /** The moment of the start, from which the ages of machines of an earlier run are reckoned. */
  readonly now: Moment;
  readonly signature: string;
  /** Whether nothing but protocol 1 is spoken in this network. */
  readonly isProtocol1Only?: boolean;
  /** `-u`. */
  readonly updateSeconds: number;
  /** `-p`: the port that all peers of a network share. */
  readonly port: number;
  readonly maxPeers: number;
  readonly self: SelfIdentity;
  readonly ranges: ClusterRanges;
  /** Machines of an earlier run, from the store: they are shown at once and asked first. */
  readonly known: readonly KnownMachine[];
  /**
   * Uniform in [0, 1). Request numbers are drawn from it, and an answer is believed because of its number,
   * so outside tests it must not be predictable (crypto, not Math.random).
   */
  readonly random: () => number;
  /**
   * Present when a secret key is set: everything sent is sealed with it, and only what it opens is
   * received. It must be made for this `self` and for this run.
   */
  readonly envelope?: Envelope;
}

export interface SelfIdentity {
  readonly id: string;
  readonly incarnation: string;
  /** Counts until the first report is published, whose name counts from then on. */
  readonly name: string;
  /** Canonical; the bound address, when there is just one. */
  readonly address?: string;
}

export interface ClusterRanges {
  /** `-n`, for canonical addresses. Nothing is received from any other address, or sent there. */
  readonly allow: (address: string) => boolean;
  /** `-s`, in the order in which it is scanned. */
  readonly scan: ScanRange;
  /** Whether the shell sees this address at an interface of this machine. */
  readonly isOwn?: (address: string) => boolean;
}

export interface ScanRange {
  readonly size: number;
  /** The canonical address at this place, 0 ≤ index < size. */
  readonly at: (index: number) => string | undefined;
}
