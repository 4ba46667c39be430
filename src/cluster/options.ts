/**
 * What the cluster core is given at the start, and what it offers: the seam between the pure
 * core and the daemon. The core opens no socket, reads no clock and draws no random number of
 * its own; everything it wants done comes back as outputs, to be carried out in order.
 */

import type { Moment } from "../base/units.ts";
import type { Endpoint } from "../net/endpoint.ts";
import type { Report } from "../protocol/report.ts";
import type { Envelope } from "../sealing/envelope.ts";
import type { KnownMachine } from "../store/kept.ts";
import type { DropCounts, Machine } from "./machine.ts";
import type { Output } from "./output.ts";
import type { Sizes } from "./sizes.ts";

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

export interface ScanProgress {
  readonly size: number;
  /** Addresses asked since the start; from `size` on, the scan goes round slowly. */
  readonly asked: number;
}

export interface Cluster {
  /** A packet came in. `from.address` is canonical. Any bytes are fine; none makes it throw. */
  receive(from: Endpoint, bytes: Uint8Array, now: Moment): Output[];
  /**
   * Does what is due. To be called every 50–100 ms, or at `nextDeadline` if the shell would
   * rather sleep, and at least once a second: a call that comes over 5 s later than that is
   * taken for a suspension, and nobody is called dead for it. An idle tick costs next to nothing.
   */
  tick(now: Moment): Output[];
  /** A new interval report of our own; it carries the machine's name and tags. */
  publish(report: Report, now: Moment): Output[];
  /**
   * A live report of our own, taken because of a `live-wanted`: of the last seconds, without
   * messages. `costMs` is what taking it took; the next is wanted 50 times that later at the
   * earliest. Not before the first `publish`.
   */
  publishLive(report: Report, options: { readonly costMs: number }, now: Moment): Output[];
  /**
   * Whether somebody is looking right now. While that is so, every machine of protocol 2 that
   * answers is asked every 2 s (more slowly from 800 on), for its live report too.
   */
  watch(on: boolean, now: Moment): Output[];
  /** Says goodbye to all peers that understand it. The core is not used after this. */
  leave(now: Moment): Output[];
  /**
   * Drops a machine that is silent, stopped or down by id (`Machine.id`), and tells the others,
   * who drop it when they find it so themselves. Any other stays: it would come back anyway.
   */
  forget(id: string, now: Moment): Output[];
  /** `lan` is resolved again every 30 s: new ranges, a changed scan range starts over. */
  setRanges(ranges: ClusterRanges): void;
  /**
   * Another `-u`, to be told before the report that carries it is published. All machines are
   * asked soon, and judged anew from now on: none is down because the interval became shorter.
   */
  setUpdateSeconds(updateSeconds: number, now: Moment): Output[];
  /** Views of all machines, this one included, in no particular order. */
  machines(now: Moment): Machine[];
  candidateCount(): number;
  /** Packets dropped, by reason. */
  dropCounts(): DropCounts;
  /** How much is held of everything that grows; goes through all machines. */
  sizes(): Sizes;
  scanProgress(): ScanProgress;
  /** `Moment.elapsedMs` before which a tick has nothing to do, if no packet comes. */
  nextDeadline(now: Moment): number;
}
