/**
 * What every part of the core works with: the clock, the random source, the ranges, and the only way out.
 * `send` refuses addresses outside the allowed ranges, and seals every message when a secret key is set.
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
  /** Questions, goodbyes, hints and quick questions are neither sent nor read. */
  readonly isProtocol1Only: boolean;
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
    this.isProtocol1Only = options.isProtocol1Only ?? false;
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

  /** Whether a secret key is set; then all machines of the network speak protocol 2. */
  get isSealed(): boolean {
    return this.envelope !== undefined;
  }

  /** Returns false, and sends nothing, if the address is outside the allowed ranges. */
  send(to: Endpoint, message: Uint8Array): boolean {
    if (!this.ranges.allow(to.address)) return false;
    // Sealed anew for each receiver, as each sealed packet has a counter of its own.
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
