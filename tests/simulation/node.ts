/**
 * One machine of the simulated world: the production core, with clocks of its own, a store that
 * survives a restart if the machine is lucky, and a watcher that checks each of its outputs.
 */
import { createCluster } from "../../src/cluster/cluster.ts";
import type { KnownMachine } from "../../src/cluster/machine.ts";
import type { Cluster, ScanRange } from "../../src/cluster/options.ts";
import type { Endpoint, Output } from "../../src/cluster/output.ts";
import { createEnvelope } from "../../src/sealing/envelope.ts";
import type { Moment } from "../../src/units.ts";
import { between, type Chance } from "./chance.ts";
import type { Host, Network } from "./network.ts";
import { NodeWatcher, type Truth } from "./node-watcher.ts";

export const SIGNATURE = "world";
export const PORT = 10_080;

/** What follows the signature of a sealed packet. */
const NUMBER_SIGN = 0x23;

/** A receive buffer holds about so many packets while the program is stopped. */
const SOCKET_QUEUE = 200;
/**
 * The shell's pace: never more often than this, unless the world says so, never less often than
 * the core's promise.
 */
const MIN_TICK_MS = 100;
const MAX_TICK_MS = 1000;
/** The shell's live samples: the first of a row begins its window, and takes half a second. */
const FIRST_LIVE_MS = 500;
const LIVE_WINDOW_MS = 10_000;
const LIVE_COST_MS = 5;

export interface WorldSettings {
  readonly network: Network;
  readonly chance: Chance;
  readonly truth: Truth;
  readonly updateSeconds: number;
  /** Its reports come up to a fiftieth of the interval late. */
  readonly isOftenLate: boolean;
  readonly scan: ScanRange;
  readonly allow: (address: string) => boolean;
  /** The daemon's own is 10 ms; a tenth of a second saves much time where it does not matter. */
  readonly minTickMs?: number;
}

export class SimulatedNode implements Host {
  /** The first is that of what it sends unasked. */
  readonly addresses: readonly string[];
  readonly address: string;
  readonly id: string;
  readonly #settings: WorldSettings;
  readonly #watcher: NodeWatcher;
  readonly #elapsedBaseMs: number;
  /** Of its next start; with none its network is plain. */
  keys: readonly Uint8Array[];
  #isSealed = false;
  #wallBaseMs: number;
  #core: Cluster | undefined;
  #boot = "";
  #boots = 0;
  #sequence = 0;
  #isPaused = false;
  #isWatching = false;
  #liveSamples = 0;
  #sampledMs = Number.NEGATIVE_INFINITY;
  #waiting: { from: Endpoint; bytes: Uint8Array; to: string }[] = [];
  #store = new Map<string, KnownMachine>();
  #lastTickMs = 0;
  #plannedTickMs = 0;
  #cancelTick: () => void = () => undefined;
  #cancelPublish: () => void = () => undefined;

  constructor(
    settings: WorldSettings,
    place: {
      readonly addresses: readonly [string, ...string[]];
      readonly id: string;
      readonly keys?: readonly Uint8Array[];
    },
  ) {
    this.keys = place.keys ?? [];
    this.#settings = settings;
    this.addresses = place.addresses;
    this.address = place.addresses[0];
    this.id = place.id;
    this.#elapsedBaseMs = between(settings.chance, 0, 1e9);
    this.#wallBaseMs = 1.7e12 + between(settings.chance, -5000, 5000);
    this.#watcher = new NodeWatcher(place, settings.truth);
  }

  get core(): Cluster | undefined {
    return this.#core;
  }

  /** Live reports that it has made. */
  get liveSamples(): number {
    return this.#liveSamples;
  }

  /** Somebody looks at what this machine shows, or nobody any more. */
  watch(on: boolean): void {
    this.#isWatching = on;
    if (this.#core === undefined || this.#isPaused) return;
    this.#perform(this.#core.watch(on, this.now()));
    this.#planTick();
  }

  get updateSeconds(): number {
    return this.#settings.updateSeconds;
  }

  get outages(): number {
    return this.#watcher.outages;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  now(): Moment {
    const { nowMs } = this.#settings.network;
    return { elapsedMs: this.#elapsedBaseMs + nowMs, wallMs: this.#wallBaseMs + nowMs };
  }

  start(options: { readonly keepState: boolean }): void {
    if (this.#core !== undefined) return;
    const { chance, network, truth } = this.#settings;
    if (!options.keepState) this.#store.clear();
    this.#boots++;
    // In a seal an id and a boot have 16 hex digits each.
    this.#isSealed = this.keys.length > 0;
    this.#boot = this.#isSealed
      ? `${this.id.slice(-4)}${this.#boots.toString(16).padStart(12, "0")}`
      : `${this.id}b${this.#boots}`;
    this.#sequence = 0;
    truth.addBoot(this.id, this.#boot);
    this.#watcher.restart(options);
    this.#core = createCluster({
      now: this.now(),
      signature: SIGNATURE,
      updateSeconds: this.#settings.updateSeconds,
      port: PORT,
      maxPeers: 4096,
      self: { id: this.id, boot: this.#boot, name: `name-${this.id}` },
      ranges: {
        allow: this.#settings.allow,
        scan: this.#settings.scan,
        ...(this.#isSealed && { isOwn: (address: string) => this.addresses.includes(address) }),
      },
      known: [...this.#store.values()],
      random: chance,
      ...(this.#isSealed && { envelope: this.#envelope() }),
    });
    this.#lastTickMs = network.nowMs;
    this.#tickAt(network.nowMs + between(chance, 1, MIN_TICK_MS));
    this.#publishAt(network.nowMs + between(chance, 100, 1000));
    this.#sampledMs = Number.NEGATIVE_INFINITY;
    this.watch(this.#isWatching);
  }

  #envelope() {
    const { chance } = this.#settings;
    const { id, keys: secrets } = this;
    const randomBytes = (count: number) =>
      Buffer.from(Array.from({ length: count }, () => Math.floor(chance() * 256)));
    return createEnvelope({ id, boot: this.#boot, signature: SIGNATURE, secrets, randomBytes });
  }

  stop(options: { readonly sayGoodbye: boolean }): void {
    const core = this.#core;
    if (core === undefined) return;
    if (options.sayGoodbye && !this.#isPaused) this.#perform(core.leave(this.now()));
    this.#core = undefined;
    this.#isPaused = false;
    this.#waiting = [];
    this.#cancelTick();
    this.#cancelPublish();
  }

  /** The process stops as with SIGSTOP: it neither ticks nor reads its socket. */
  pause(): void {
    if (this.#core !== undefined) this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.watch(this.#isWatching);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { from, bytes, to } of waiting) this.deliver(from, bytes, to);
    this.#tickAt(this.#settings.network.nowMs);
    this.#publishAt(this.#settings.network.nowMs);
  }

  /** Its user says that this machine was scrapped. */
  forget(id: string): void {
    if (this.#core !== undefined) this.#perform(this.#core.forget(id, this.now()));
    this.#planTick();
  }

  stepClock(byMs: number): void {
    this.#wallBaseMs += byMs;
  }

  deliver(from: Endpoint, bytes: Uint8Array, to: string): void {
    if (this.#core === undefined) return;
    if (this.#isPaused) {
      if (this.#waiting.length < SOCKET_QUEUE) this.#waiting.push({ from, bytes, to });
      return;
    }
    // What goes back to the sender goes out by the address that it wrote to.
    const isReply = (address: string) => address === from.address;
    const source = (address: string) => (isReply(address) ? to : this.address);
    this.#perform(this.#core.receive(from, bytes, this.now()), source);
    this.#planTick();
  }

  #tick(): void {
    if (this.#core === undefined || this.#isPaused) return;
    this.#lastTickMs = this.#settings.network.nowMs;
    this.#perform(this.#core.tick(this.now()));
    this.#planTick();
  }

  #planTick(): void {
    if (this.#core === undefined) return;
    const { nowMs } = this.#settings.network;
    const inMs = this.#core.nextDeadline(this.now()) - this.now().elapsedMs;
    const soonestMs = this.#lastTickMs + (this.#settings.minTickMs ?? MIN_TICK_MS);
    const atMs = Math.min(Math.max(nowMs + inMs, soonestMs), this.#lastTickMs + MAX_TICK_MS);
    // A tick that comes early does no harm, and moving it for each packet costs time.
    if (this.#plannedTickMs <= this.#lastTickMs || atMs < this.#plannedTickMs) this.#tickAt(atMs);
  }

  #tickAt(atMs: number): void {
    this.#cancelTick();
    this.#plannedTickMs = atMs;
    this.#cancelTick = this.#settings.network.at(atMs, () => this.#tick());
  }

  #publishAt(atMs: number): void {
    this.#cancelPublish();
    this.#cancelPublish = this.#settings.network.at(atMs, () => this.#publish());
  }

  #publish(): void {
    if (this.#core === undefined || this.#isPaused) return;
    const { network, truth, updateSeconds } = this.#settings;
    this.#sequence++;
    truth.publish(this.id, { sequence: this.#sequence, atMs: network.nowMs });
    const report = {
      name: `name-${this.id}`,
      updateSeconds,
      uptimeSeconds: Math.floor(network.nowMs / 1000),
      load: { one: this.#sequence },
    };
    this.#perform(this.#core.publish(report, this.now()));
    const lateShare = this.#settings.isOftenLate ? this.#settings.chance() / 50 : 0;
    this.#publishAt(network.nowMs + updateSeconds * 1000 * (1 + lateShare));
    this.#planTick();
  }

  #wantLive(): void {
    const { network } = this.#settings;
    const isWarm = network.nowMs - this.#sampledMs <= LIVE_WINDOW_MS;
    const boot = this.#boot;
    this.#sampledMs = network.nowMs;
    if (isWarm) this.#publishLive();
    else
      network.at(network.nowMs + FIRST_LIVE_MS, () => boot === this.#boot && this.#publishLive());
  }

  /** `five`: when it was made, as nobody but the world knows. */
  #publishLive(): void {
    if (this.#core === undefined || this.#isPaused) return;
    const { nowMs } = this.#settings.network;
    this.#sampledMs = nowMs;
    this.#liveSamples++;
    const report = { name: `name-${this.id}`, load: { one: this.#sequence, five: nowMs } };
    this.#perform(this.#core.publishLive(report, { costMs: LIVE_COST_MS }, this.now()));
    this.#planTick();
  }

  #perform(outputs: readonly Output[], source = (_: string) => this.address): void {
    for (const output of outputs) {
      if (output.kind === "send") {
        const isSealed = output.bytes[SIGNATURE.length] === NUMBER_SIGN;
        if (isSealed !== this.#isSealed) throw new Error(`machine ${this.id} sent a plain packet`);
        this.#settings.network.send(source(output.to.address), output.to, output.bytes);
        continue;
      }
      if (output.kind === "live-wanted") this.#wantLive();
      this.#watcher.check(output);
      if (output.kind === "remember") this.#store.set(output.machine.id, output.machine);
      if (output.kind === "forget") this.#store.delete(output.id);
      if (output.kind === "rename") this.#store.delete(output.fromId);
    }
    if (this.#core !== undefined) this.#watcher.checkNowAndThen(this.#core, this.now());
  }
}
