/**
 * What the cluster core is given at the start: it reads no configuration, clock or random source of
 * its own.
 */
import type { Moment } from "../base/units.ts";
import type { Envelope } from "../sealing/envelope.ts";
import type { KnownMachine } from "../store/kept.ts";

export interface ClusterOptions {
  /** The moment of the start: machines of an earlier run are dated from it. */
  readonly now: Moment;
  readonly signature: string;
  /** `-u`. */
  readonly updateSeconds: number;
  /** `-p`: the port that all peers of a network share. */
  readonly port: number;
  readonly maxPeers: number;
  readonly self: SelfIdentity;
  readonly ranges: ClusterRanges;
  /** Machines of an earlier run (store): shown at once and asked first. */
  readonly known: readonly KnownMachine[];
  /**
   * Uniform in [0, 1). Request numbers are drawn from it, and they are what an answer is
   * believed by: outside tests it must not be predictable (crypto, not Math.random).
   */
  readonly random: () => number;
  /**
   * Where a key is set: all that is sent is sealed, and only what it opens is received. Of this
   * very `self`, and of this run alone.
   */
  readonly envelope?: Envelope;
}

export interface SelfIdentity {
  readonly id: string;
  readonly incarnation: string;
  /** Until the first report is published; from then on the report's name counts. */
  readonly name: string;
  /** Canonical; the bound address, when there is just one. */
  readonly address?: string;
}

export interface ClusterRanges {
  /** `-n`, for canonical addresses: nothing is received from or sent to any other. */
  readonly allow: (address: string) => boolean;
  /** `-s`, in the order in which it is scanned. */
  readonly scan: ScanRange;
  /** This machine's own addresses, as far as the shell can see them: nobody else is there. */
  readonly isOwn?: (address: string) => boolean;
}

export interface ScanRange {
  readonly size: number;
  /** The canonical address at this place, 0 ≤ index < size. */
  readonly at: (index: number) => string | undefined;
}
