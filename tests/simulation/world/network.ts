/**
 * The simulated network and the world's one event queue; time passes only from event to event.
 * Packets are lost, duplicated, delayed (and so reordered), blocked by partitions and dropped when
 * they exceed the limit of a link, in each direction separately. A packet reaches the host that holds
 * its address at that time: addresses may change hands.
 */
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { EventQueue } from "./event-queue.ts";
import { between, type Random } from "./random.ts";

export interface NetworkConditions {
  /** The probability that a packet is lost, 0 to 1. */
  readonly loss: number;
  /** The probability that a packet is sent twice, 0 to 1. */
  readonly duplication: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** The delay of one packet in a hundred. */
  readonly lateMs: number;
}

export const LOSSY: NetworkConditions = {
  loss: 0.2,
  duplication: 0.05,
  minDelayMs: 1,
  maxDelayMs: 150,
  lateMs: 3000,
};
/**
 * For worlds of hundreds of machines. On the lossy network so many quick questions are lost with
 * their repeats that hints go out all the time, each to all machines, and all of them ask in turn.
 * That is correct, but takes hours to simulate.
 */
export const SLIGHTLY_LOSSY: NetworkConditions = { ...LOSSY, loss: 0.03 };
export const RELIABLE: NetworkConditions = {
  loss: 0,
  duplication: 0,
  minDelayMs: 1,
  maxDelayMs: 20,
  lateMs: 20,
};

/** Whether a packet was sent by the host that has its sender's address, or injected in its name. */
export type Origin = "machine" | "injected";

/** What can be connected to the network. */
export interface Host {
  /** One address, or two for a machine on two networks. */
  readonly addresses: readonly string[];
  deliver(from: Endpoint, bytes: Uint8Array, to: string, origin: Origin): void;
}

/** Is called with every packet that is sent, whether it arrives or not. */
export type Tap = (from: string, to: Endpoint, bytes: Uint8Array) => void;

/** The share of packets that take `lateMs`. */
const LATE_SHARE = 0.01;

export class Network {
  nowMs = 0;
  conditions: NetworkConditions = LOSSY;
  /** Packets that were sent to an address or a port outside the network, which must not happen. */
  readonly escaped: string[] = [];
  packets = 0;
  readonly faults = { lost: 0, duplicated: 0, late: 0, cut: 0, oversized: 0 };
  tap: Tap | undefined;
  /** Is called for each packet between hosts that does not arrive within a second. */
  onLinkFault: ((from: string, to: string) => void) | undefined;
  readonly #random: Random;
  readonly #hosts = new Map<string, Host>();
  readonly #events = new EventQueue();
  /** By sender, the receivers that its packets do not reach. */
  readonly #cuts = new Map<string, Set<string>>();
  /** The longest packet that passes on each limited link, in bytes, by `from to`. */
  readonly #sizeLimits = new Map<string, number>();
  readonly #port: number;
  readonly #isInside: (address: string) => boolean;

  constructor(options: { random: Random; port: number; isInside: (address: string) => boolean }) {
    this.#random = options.random;
    this.#port = options.port;
    this.#isInside = options.isInside;
  }

  connect(host: Host): void {
    for (const address of host.addresses) this.#hosts.set(address, host);
  }

  /** The host's addresses are nobody's until another host is connected under them. */
  disconnect(host: Host): void {
    for (const address of host.addresses) {
      if (this.#hosts.get(address) === host) this.#hosts.delete(address);
    }
  }

  hostAt(address: string): Host | undefined {
    return this.#hosts.get(address);
  }

  /** Schedules an event. Returns a function that cancels it. */
  at(atMs: number, run: () => void): () => void {
    return this.#events.add(Math.max(atMs, this.nowMs), run);
  }

  cut(from: string, to: string): void {
    const cuts = this.#cuts.get(from);
    if (cuts === undefined) this.#cuts.set(from, new Set([to]));
    else cuts.add(to);
  }

  /** From now on packets longer than `mostBytes` are dropped in this direction. */
  limitPacketSize(from: string, to: string, mostBytes: number): void {
    this.#sizeLimits.set(`${from} ${to}`, mostBytes);
  }

  heal(): void {
    this.#cuts.clear();
    this.#sizeLimits.clear();
  }

  send(from: string, to: Endpoint, bytes: Uint8Array): void {
    this.packets++;
    this.tap?.(from, to, bytes);
    if (!this.#isInside(to.address) || to.port !== this.#port) {
      this.escaped.push(`${from} to ${to.address}:${to.port}`);
    }
    const { conditions } = this;
    const copies = this.#random() < conditions.duplication ? 2 : 1;
    if (copies > 1) this.faults.duplicated++;
    let isInTime = false;
    for (let i = 0; i < copies; i++) {
      const isLost = this.#random() < conditions.loss;
      if (isLost) this.faults.lost++;
      if (isLost || !this.#passes(from, to.address, bytes)) continue;
      const isLate = this.#random() < LATE_SHARE;
      const delayMs = isLate
        ? conditions.lateMs
        : between(this.#random, conditions.minDelayMs, conditions.maxDelayMs);
      if (delayMs > 1000) this.faults.late++;
      else isInTime = true;
      const origin = { address: from, port: this.#port };
      this.at(this.nowMs + delayMs, () => {
        this.#hosts.get(to.address)?.deliver(origin, bytes, to.address, "machine");
      });
    }
    if (!isInTime) this.onLinkFault?.(from, to.address);
  }

  /** Delivers a packet at once in the name of any address. */
  inject(from: string, to: string, bytes: Uint8Array): void {
    this.#hosts.get(to)?.deliver({ address: from, port: this.#port }, bytes, to, "injected");
  }

  /** Runs all events up to this time. */
  runUntil(untilMs: number): void {
    for (;;) {
      const event = this.#events.popDue(untilMs);
      if (event === undefined) break;
      this.nowMs = event.atMs;
      event.run();
    }
    this.nowMs = untilMs;
  }

  #passes(from: string, to: string, bytes: Uint8Array): boolean {
    if (this.#cuts.get(from)?.has(to) === true) {
      this.faults.cut++;
      return false;
    }
    if (this.#sizeLimits.size === 0) return true;
    if (bytes.length <= (this.#sizeLimits.get(`${from} ${to}`) ?? Number.POSITIVE_INFINITY))
      return true;
    this.faults.oversized++;
    return false;
  }
}
