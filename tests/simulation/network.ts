/**
 * The simulated network and its one queue of events. Packets are lost, doubled, delayed (and so
 * reordered) and cut off, each way apart; time passes only from event to event.
 */
import { DeadlineQueue } from "../../src/cluster/deadline-queue.ts";
import type { Endpoint } from "../../src/cluster/output.ts";
import { between, type Chance } from "./chance.ts";

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
export const CALM: Weather = {
  loss: 0,
  duplication: 0,
  minDelayMs: 1,
  maxDelayMs: 20,
  lateMs: 20,
};

/** What the world asks of anybody who is connected. */
export interface Host {
  /** One, or two for a machine on two networks. */
  readonly addresses: readonly string[];
  deliver(from: Endpoint, bytes: Uint8Array, to: string): void;
}

interface Event {
  readonly run: () => void;
}

export class Network {
  nowMs = 0;
  weather: Weather = STORM;
  /** Packets that nobody may send: outside of what the network is. */
  readonly escaped: string[] = [];
  packets = 0;
  /** Sees every packet that is sent, and what becomes of it is not its business. */
  tap: ((from: string, to: Endpoint, bytes: Uint8Array) => void) | undefined;
  readonly #chance: Chance;
  readonly #hosts = new Map<string, Host>();
  readonly #events = new DeadlineQueue<Event>();
  /** `from to`: the way that is cut. */
  readonly #cuts = new Set<string>();
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

  /** The event can be called off with the function that comes back. */
  at(atMs: number, run: () => void): () => void {
    const event = { run };
    this.#events.set(event, Math.max(atMs, this.nowMs));
    return () => this.#events.delete(event);
  }

  cut(from: string, to: string): void {
    this.#cuts.add(`${from} ${to}`);
  }

  mend(): void {
    this.#cuts.clear();
  }

  send(from: string, to: Endpoint, bytes: Uint8Array): void {
    this.packets++;
    this.tap?.(from, to, bytes);
    if (!this.#isInside(to.address) || to.port !== this.#port) {
      this.escaped.push(`${from} to ${to.address}:${to.port}`);
    }
    const { weather } = this;
    const copies = this.#chance() < weather.duplication ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.#chance() < weather.loss || this.#cuts.has(`${from} ${to.address}`)) continue;
      const isLate = this.#chance() < 0.01;
      const delayMs = isLate
        ? weather.lateMs
        : between(this.#chance, weather.minDelayMs, weather.maxDelayMs);
      const origin = { address: from, port: this.#port };
      this.at(this.nowMs + delayMs, () => {
        this.#hosts.get(to.address)?.deliver(origin, bytes, to.address);
      });
    }
  }

  /** A packet of somebody who may claim any address. */
  inject(from: string, to: string, bytes: Uint8Array): void {
    this.#hosts.get(to)?.deliver({ address: from, port: this.#port }, bytes, to);
  }

  /** Runs what happens until then; `afterEach` sees the world after each event. */
  runUntil(untilMs: number): void {
    for (;;) {
      const atMs = this.#events.nextMs();
      if (atMs > untilMs) break;
      const event = this.#events.popDue(atMs);
      if (event === undefined) break;
      this.nowMs = atMs;
      event.run();
    }
    this.nowMs = untilMs;
  }
}
