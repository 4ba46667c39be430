/**
 * What an invariant is told, and how it complains. Each machine has its own set of them, which
 * sees every packet and every output of its core at once, and its whole table now and then.
 */

import type { Moment } from "../../../src/base/units.ts";
import type { Cluster } from "../../../src/cluster/cluster.ts";
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";
import type { Origin } from "../world/network.ts";
import type { Kind } from "../world/packet-kind.ts";

/** The machine that is looked at. */
export interface Subject {
  /** Its name in the world, which clones do not share. */
  readonly machine: string;
  readonly id: string;
  readonly incarnation: string;
  readonly addresses: readonly string[];
  readonly updateSeconds: number;
  readonly core: Cluster | undefined;
  /** World time at which it last started, stopped, paused, went on, or changed its address. */
  readonly troubledMs: number;
  now(): Moment;
}

/** What the core was doing when it sent something. */
export type Call = "receive" | "tick" | "publish" | "watch" | "forget" | "leave" | "update";

export interface Sent {
  readonly to: string;
  readonly kind: Kind;
  /** Before it was sealed. */
  readonly message: Uint8Array;
  readonly during: Call;
}

export interface Received {
  readonly from: string;
  readonly packet: Uint8Array;
  readonly origin: Origin;
  /** Of what a machine sent, sealed or not; of what a stranger sent, as it looks. */
  readonly kind: Kind;
  /** What is in it, if it is sealed; else the packet. */
  readonly message: Uint8Array;
  /** Sealed or not as it must be, with the key, and for the first time. */
  readonly isOpened: boolean;
  readonly outputs: readonly Output[];
}

export interface Invariant {
  /** A new run, from this memory. */
  start?(known: readonly KnownMachine[]): void;
  sent?(sent: Sent): void;
  received?(received: Received): void;
  /** Any other output than a packet. */
  told?(output: Output): void;
  /** All that it shows. */
  look?(machines: readonly Machine[]): void;
}

export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, what: string) {
    super(`${invariant}: ${what}`);
    this.name = "Violation";
    this.invariant = invariant;
  }
}
