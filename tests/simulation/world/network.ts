/**
 * The simulated network and its one queue of events. Packets are lost, doubled, delayed (and so
 * reordered), cut off and found too long for a way, each way apart; time passes only from event to
 * event. An address is whose host has it now: it may change hands.
 */
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { Events } from "./event-queue.ts";
import { between, type Chance } from "./random.ts";

export interface Weather {
  /** Of each packet, 0–1. */
  readonly loss: number;
  readonly duplication: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** One packet in a hundred takes this long instead. */
  readonly lateMs: number;
}

export const STORM: Weather = {
  loss: 0.2,
  duplication: 0.05,
  minDelayMs: 1,
  maxDelayMs: 150,
  lateMs: 3000,
};
/**
 * For worlds of hundreds: in a storm so many quick questions are lost with their repeats that hints
 * go out every moment, each to all, and all ask, as they should; but it takes the time of hours.
 */
export const GALE: Weather = { ...STORM, loss: 0.03 };
export const CALM: Weather = {
  loss: 0,
  duplication: 0,
  minDelayMs: 1,
  maxDelayMs: 20,
  lateMs: 20,
};

/** Whether a packet comes from the machine that has its sender's address, or somebody claims so. */
export type Origin = "machine" | "stranger";

/** What the world asks of anybody who is connected. */
export interface Host {
  /** One, or two for a machine on two networks. */
  readonly addresses: readonly string[];
  deliver(from: Endpoint, bytes: Uint8Array, to: string, origin: Origin): void;
}

/** Sees every packet that is sent, and what becomes of it is not its business. */
export type Tap = (from: string, to: Endpoint, bytes: Uint8Array) => void;

/** One packet in a hundred is late. */
const LATE_SHARE = 0.01;

export class Network {
  nowMs = 0;
  weather: Weather = STORM;
  /** Packets that nobody may send: outside of what the network is. */
  readonly escaped: string[] = [];
  packets = 0;
  readonly faults = { lost: 0, doubled: 0, late: 0, cut: 0, tooLong: 0 };
  tap: Tap | undefined;
  /** Learns of each packet between hosts that does not arrive, or only after a second. */
  onTrouble: ((from: string, to: string) => void) | undefined;
  readonly #chance: Chance;
  readonly #hosts = new Map<string, Host>();
  readonly #events = new Events();
  /** The ways that are cut, by sender. */
  readonly #cuts = new Map<string, Set<string>>();
  /** The longest packet that passes on each narrow way, `from to`. */
  readonly #narrow = new Map<string, number>();
  readonly #port: number;
  readonly #isInside: (address: string) => boolean;

  constructor(options: { chance: Chance; port: number; isInside: (address: string) => boolean }) {
    this.#chance = options.chance;
    this.#port = options.port;
    this.#isInside = options.isInside;
  }

  connect(host: Host): void {
    for (const address of host.addresses) this.#hosts.set(address, host);
  }

  /** Its addresses are nobody's until somebody is connected under them. */
  disconnect(host: Host): void {
    for (const address of host.addresses) {
      if (this.#hosts.get(address) === host) this.#hosts.delete(address);
    }
  }

  hostAt(address: string): Host | undefined {
    return this.#hosts.get(address);
  }

  /** The event can be called off with the function that comes back. */
  at(atMs: number, run: () => void): () => void {
    return this.#events.add(Math.max(atMs, this.nowMs), run);
  }

  cut(from: string, to: string): void {
    const cuts = this.#cuts.get(from);
    if (cuts === undefined) this.#cuts.set(from, new Set([to]));
    else cuts.add(to);
  }

  /** Longer packets vanish on this way from now on. */
  narrow(from: string, to: string, mostBytes: number): void {
    this.#narrow.set(`${from} ${to}`, mostBytes);
  }

  mend(): void {
    this.#cuts.clear();
    this.#narrow.clear();
  }

  send(from: string, to: Endpoint, bytes: Uint8Array): void {
    this.packets++;
    this.tap?.(from, to, bytes);
    if (!this.#isInside(to.address) || to.port !== this.#port) {
      this.escaped.push(`${from} to ${to.address}:${to.port}`);
    }
    const { weather } = this;
    const copies = this.#chance() < weather.duplication ? 2 : 1;
    if (copies > 1) this.faults.doubled++;
    let isInTime = false;
    for (let i = 0; i < copies; i++) {
      const isLost = this.#chance() < weather.loss;
      if (isLost) this.faults.lost++;
      if (isLost || !this.#passes(from, to.address, bytes)) continue;
      const isLate = this.#chance() < LATE_SHARE;
      const delayMs = isLate
        ? weather.lateMs
        : between(this.#chance, weather.minDelayMs, weather.maxDelayMs);
      if (delayMs > 1000) this.faults.late++;
      else isInTime = true;
      const origin = { address: from, port: this.#port };
      this.at(this.nowMs + delayMs, () => {
        this.#hosts.get(to.address)?.deliver(origin, bytes, to.address, "machine");
      });
    }
    if (!isInTime) this.onTrouble?.(from, to.address);
  }

  /** A packet of somebody who may claim any address. */
  inject(from: string, to: string, bytes: Uint8Array): void {
    this.#hosts.get(to)?.deliver({ address: from, port: this.#port }, bytes, to, "stranger");
  }

  /** Runs what happens until then. */
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
    if (this.#narrow.size === 0) return true;
    if (bytes.length <= (this.#narrow.get(`${from} ${to}`) ?? Number.POSITIVE_INFINITY))
      return true;
    this.faults.tooLong++;
    return false;
  }
}
