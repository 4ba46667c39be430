/**
 * What every part of the core works with: the clock, the random source, the ranges, and the one
 * way out. Nothing is sent to an address outside the allowed ranges, because `send` refuses, and
 * nothing unsealed where there is a key, because `send` seals.
 */

import type { Endpoint } from "../net/endpoint.ts";
import type { Envelope } from "../sealing/envelope.ts";
import { CoreClock } from "./core-clock.ts";
import type { ClusterOptions, ClusterRanges, SelfIdentity } from "./options.ts";
import type { Output } from "./output.ts";

export class CoreContext {
  readonly clock: CoreClock;
  readonly random: () => number;
  readonly signature: string;
  readonly port: number;
  readonly self: SelfIdentity;
  readonly envelope: Envelope | undefined;
  /** Our `-u`, ms. */
  intervalMs: number;
  ranges: ClusterRanges;
  #outputs: Output[] = [];

  constructor(options: ClusterOptions) {
    this.clock = new CoreClock(options.now);
    this.random = options.random;
    this.signature = options.signature;
    this.port = options.port;
    this.self = options.self;
    this.envelope = options.envelope;
    this.intervalMs = options.updateSeconds * 1000;
    this.ranges = options.ranges;
  }

  /** The outputs since the last call. */
  take(): Output[] {
    const outputs = this.#outputs;
    if (outputs.length > 0) this.#outputs = [];
    return outputs;
  }

  emit(output: Output): void {
    this.#outputs.push(output);
  }

  log(level: "debug" | "info" | "warn", text: string): void {
    this.emit({ kind: "log", level, text });
  }

  /** All machines of a sealed network speak protocol 2. */
  get isSealed(): boolean {
    return this.envelope !== undefined;
  }

  /** Whether it was allowed. */
  send(to: Endpoint, message: Uint8Array): boolean {
    if (!this.ranges.allow(to.address)) return false;
    // Sealed for each receiver apart: each packet has a counter of its own.
    this.emit({ kind: "send", to, bytes: this.envelope?.seal(message) ?? message });
    return true;
  }

  /** To the port that all peers share. */
  sendToPeer(address: string, bytes: Uint8Array): boolean {
    return this.send({ address, port: this.port }, bytes);
  }

  /** 48 random bits. */
  requestNumber(): number {
    return Math.floor(this.random() * 2 ** 48);
  }
}
