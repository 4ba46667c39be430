/**
 * What an invariant sees, and the error that it throws when it is violated. Each machine has a set of
 * invariants of its own, which see every packet and every output of its core as it happens, and its
 * whole table every few seconds.
 */

import type { Moment } from "../../../src/base/units.ts";
import type { Cluster } from "../../../src/cluster/cluster.ts";
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";
import type { Origin } from "../world/network.ts";
import type { PacketKind } from "../world/packet-kind.ts";

/** The machine under inspection. */
export interface Subject {
  /** The machine's name in the world. Clones share an id but not this name. */
  readonly machine: string;
  readonly id: string;
  readonly incarnation: string;
  readonly addresses: readonly string[];
  readonly updateSeconds: number;
  readonly core: Cluster | undefined;
  /** The world time at which it last started, stopped, paused, resumed, or changed its address. */
  readonly disturbedMs: number;
  now(): Moment;
}

/** The call during which the core sent something. */
export type Call = "receive" | "tick" | "publish" | "watch" | "forget" | "leave" | "update";

export interface Sent {
  readonly to: string;
  readonly kind: PacketKind;
  /** The message before it was sealed. */
  readonly message: Uint8Array;
  readonly during: Call;
}

export interface Received {
  readonly from: string;
  readonly packet: Uint8Array;
  readonly origin: Origin;
  /** The kind of `message`. An injected packet that was sealed without the key is of kind `sealed`. */
  readonly kind: PacketKind;
  /** What is inside the packet if it was sealed with the key, else the packet. */
  readonly message: Uint8Array;
  /** Whether the packet was sealed as the network requires, with the key, and not seen before. */
  readonly isOpened: boolean;
  readonly outputs: readonly Output[];
}

export interface Invariant {
  /** A new run of the program starts, remembering these machines. */
  start?(known: readonly KnownMachine[]): void;
  sent?(sent: Sent): void;
  received?(received: Received): void;
  /** The core has made an output other than a packet. */
  output?(output: Output): void;
  /** These are all machines that it shows. */
  inspectTable?(machines: readonly Machine[]): void;
}

export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, what: string) {
    super(`${invariant}: ${what}`);
    this.name = "Violation";
    this.invariant = invariant;
  }
}
