/**
 * One machine of the simulated world: the production core, with clocks and a disk of its own, that
 * may be stopped, suspended and moved, and an inspector that sees all that it does.
 */

import type { Moment } from "../../../src/base/units.ts";
import { type Cluster, createCluster } from "../../../src/cluster/cluster.ts";
import type { ScanRange } from "../../../src/cluster/options.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { Inspector } from "../invariants/checker.ts";
import type { Call, Invariant } from "../invariants/invariant.ts";
import { Disk, type DiskFate } from "./disk.ts";
import type { Truth } from "./ground-truth.ts";
import { MachineClock } from "./machine-clock.ts";
import type { Host, Network, Origin } from "./network.ts";
import { kindOf, PORT, SIGNATURE } from "./packet-kind.ts";
import { between, type Chance } from "./random.ts";
import { openSeal, type PlainTexts } from "./sealing.ts";
import { incarnationOf } from "./warm-start.ts";

export { PORT, SIGNATURE } from "./packet-kind.ts";

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
/** The shell looks for the machine's own addresses this often (daemon/networks.ts). */
const NETWORKS_MS = 30_000;

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
  /** What is in each sealed packet; none in a plain world. */
  readonly plain?: PlainTexts;
  /** The shell sees its addresses, as the daemon's does; sealed it must. */
  readonly knowsOwnAddresses?: boolean;
}

export interface NodePlace {
  readonly addresses: readonly [string, ...string[]];
  readonly id: string;
  /** Its name in the world: the id, but for a clone. */
  readonly machine?: string;
  readonly keys?: readonly Uint8Array[];
  /** 1 without it. */
  readonly clockRate?: number;
}

interface Waiting {
  readonly from: Endpoint;
  readonly bytes: Uint8Array;
  readonly to: string;
  readonly origin: Origin;
}

export class SimulatedNode implements Host {
  readonly id: string;
  readonly machine: string;
  readonly disk = new Disk();
  /** Of its next start; with none its network is plain. */
  keys: readonly Uint8Array[];
  updateSeconds: number;
  /** World time at which it last started, stopped, paused, went on, or changed its address. */
  troubledMs = 0;
  readonly #settings: WorldSettings;
  readonly #inspector: Inspector;
  readonly #clock: MachineClock;
  #now: () => Moment;
  #addresses: readonly [string, ...string[]];
  /** As the shell saw them last. */
  #ownAddresses: readonly string[];
  #isSealed = false;
  /** The packet that is being received. */
  #isOpened = true;
  #core: Cluster | undefined;
  #incarnation = "";
  #incarnations = 0;
  #sequence = 0;
  #isPaused = false;
  #isSuspended = false;
  #isWatching = false;
  #liveSamples = 0;
  #sampledMs = Number.NEGATIVE_INFINITY;
  #waiting: Waiting[] = [];
  #lastTickMs = 0;
  #plannedTickMs = 0;
  #publishMs = 0;
  #cancelTick: () => void = () => undefined;
  #cancelPublish: () => void = () => undefined;

  constructor(settings: WorldSettings, place: NodePlace) {
    const { chance, network, truth } = settings;
    this.keys = place.keys ?? [];
    this.#settings = settings;
    this.#addresses = place.addresses;
    this.#ownAddresses = place.addresses;
    this.id = place.id;
    this.machine = place.machine ?? place.id;
    this.updateSeconds = settings.updateSeconds;
    const wallOffsetMs = between(chance, -5000, 5000);
    this.#clock = new MachineClock(network, { rate: place.clockRate ?? 1, wallOffsetMs });
    this.#now = this.#clock.open();
    const world = {
      get nowMs() {
        return network.nowMs;
      },
      truth,
      plain: settings.plain,
    };
    this.#inspector = new Inspector(this, world);
  }

  get core(): Cluster | undefined {
    return this.#core;
  }

  get incarnation(): string {
    return this.#incarnation;
  }

  /** The first is that of what it sends unasked. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  get address(): string {
    return this.#addresses[0];
  }

  /** Live reports that it has made. */
  get liveSamples(): number {
    return this.#liveSamples;
  }

  get outages(): number {
    return this.#inspector.outages;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isWatching(): boolean {
    return this.#isWatching;
  }

  /** Runs, and is neither stopped nor suspended. */
  get isAwake(): boolean {
    return this.#core !== undefined && !this.#isPaused && !this.#isSuspended;
  }

  now(): Moment {
    return this.#now();
  }

  /** This must hold of it as well. */
  hold(invariant: Invariant): void {
    this.#inspector.add(invariant);
  }

  /** What holds of its whole table is looked at. */
  look(): void {
    if (this.#core !== undefined && this.isAwake) {
      this.#inspector.look(this.#core.machines(this.now()));
    }
  }

  /** Somebody looks at what this machine shows, or nobody any more. */
  watch(on: boolean): void {
    this.#isWatching = on;
    this.#call("watch", (core, now) => core.watch(on, now));
  }

  start(options: { readonly keepState: boolean }): void {
    if (this.#core !== undefined || this.#isSuspended) return;
    const { chance, network, truth } = this.#settings;
    if (!options.keepState) this.disk.stop("all lost", { nowMs: network.nowMs, lostMs: 0 });
    this.#incarnations++;
    this.#isSealed = this.keys.length > 0;
    this.#incarnation = incarnationOf(this.machine, this.#incarnations);
    this.#sequence = 0;
    this.#now = this.#clock.open();
    truth.begin({ machine: this.machine, id: this.id, incarnation: this.#incarnation });
    this.#ownAddresses = this.#addresses;
    const known = this.disk.read();
    this.#inspector.start(known);
    this.#core = createCluster({
      now: this.now(),
      signature: SIGNATURE,
      updateSeconds: this.updateSeconds,
      port: PORT,
      maxPeers: 4096,
      self: { id: this.id, incarnation: this.#incarnation, name: `name-${this.machine}` },
      ranges: this.#ranges(),
      known,
      random: chance,
      ...(this.#isSealed && { envelope: this.#envelope() }),
    });
    this.#trouble();
    this.#lastTickMs = network.nowMs;
    this.#tickAt(network.nowMs + between(chance, 1, MIN_TICK_MS));
    this.#publishAt(network.nowMs + between(chance, 100, 1000));
    this.#sampledMs = Number.NEGATIVE_INFINITY;
    this.watch(this.#isWatching);
  }

  stop(options: {
    readonly sayGoodbye: boolean;
    readonly fate?: DiskFate;
    readonly lostMs?: number;
  }): void {
    if (this.#core === undefined) return;
    if (options.sayGoodbye) this.#call("leave", (core, now) => core.leave(now));
    this.#core = undefined;
    this.#isPaused = false;
    this.#waiting = [];
    this.#trouble();
    const { nowMs } = this.#settings.network;
    this.disk.stop(options.fate ?? "kept", { nowMs, lostMs: options.lostMs ?? 0 });
    this.#cancelTick();
    this.#cancelPublish();
  }

  /** The process stops as with SIGSTOP: it neither ticks nor reads its socket. */
  pause(): void {
    if (this.#core === undefined || this.#isSuspended) return;
    this.#isPaused = true;
    this.#trouble();
  }

  resume(): void {
    if (!this.#isPaused || this.#isSuspended) return;
    this.#isPaused = false;
    this.#trouble();
    this.watch(this.#isWatching);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { from, bytes, to, origin } of waiting) this.deliver(from, bytes, to, origin);
    this.#tickAt(this.#settings.network.nowMs);
    this.#publishAt(this.#settings.network.nowMs);
  }

  /** The whole machine sleeps: what is sent to it is lost, and its timers stand still. */
  suspend(): void {
    if (this.#core === undefined || this.#isSuspended) return;
    this.#isSuspended = true;
    this.#clock.suspend();
    this.#trouble();
    const { nowMs } = this.#settings.network;
    this.#plannedTickMs -= nowMs;
    this.#publishMs -= nowMs;
    this.#cancelTick();
    this.#cancelPublish();
  }

  wake(): void {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    this.#clock.wake();
    this.#trouble();
    const { nowMs } = this.#settings.network;
    this.#tickAt(nowMs + Math.max(0, this.#plannedTickMs));
    this.#publishAt(nowMs + Math.max(0, this.#publishMs));
  }

  /** It has these addresses from now on, as DHCP gives them; the caller sees to the network. */
  move(addresses: readonly [string, ...string[]]): void {
    const { network, chance, truth } = this.#settings;
    this.#addresses = addresses;
    truth.movedMs.set(this.machine, network.nowMs);
    this.#trouble();
    network.at(network.nowMs + between(chance, 0, NETWORKS_MS), () => {
      this.#ownAddresses = this.#addresses;
      this.#core?.setRanges(this.#ranges());
    });
  }

  /** Its user says that this machine was scrapped. */
  forget(id: string): void {
    const { network, truth } = this.#settings;
    truth.forgottenMs.set(id.split("~")[0] ?? id, network.nowMs);
    this.#call("forget", (core, now) => core.forget(id, now));
  }

  /** Its user has set another `-u` and reloads. */
  setUpdateSeconds(updateSeconds: number): void {
    if (!this.isAwake) return;
    this.updateSeconds = updateSeconds;
    this.#call("update", (core, now) => core.setUpdateSeconds(updateSeconds, now));
    this.#publish();
  }

  stepClock(byMs: number): void {
    this.#clock.step(byMs);
  }

  deliver(from: Endpoint, packet: Uint8Array, to: string, origin: Origin): void {
    if (this.#core === undefined || this.#isSuspended) return;
    if (this.#isPaused) {
      if (this.#waiting.length < SOCKET_QUEUE) {
        this.#waiting.push({ from, bytes: packet, to, origin });
      }
      return;
    }
    this.#isOpened = true;
    const outputs = this.#core.receive(from, packet, this.now());
    const isOpened = this.#isOpened;
    const message = this.#settings.plain?.get(packet) ?? packet;
    const kind = kindOf(message);
    const received = { from: from.address, packet, message, origin, kind, isOpened, outputs };
    this.#inspector.received(received);
    // What goes back to the sender goes out by the address that it wrote to.
    this.#perform(outputs, "receive", { of: from.address, by: to });
    this.#planTick();
  }

  #trouble(): void {
    this.troubledMs = this.#settings.network.nowMs;
  }

  #ranges() {
    const { allow, scan, knowsOwnAddresses = false } = this.#settings;
    const isOwn = (address: string) => this.#ownAddresses.includes(address);
    return { allow, scan, ...((knowsOwnAddresses || this.#isSealed) && { isOwn }) };
  }

  #envelope() {
    const { chance, plain } = this.#settings;
    const seal = openSeal({
      id: this.id,
      incarnation: this.#incarnation,
      keys: this.keys,
      chance,
      plain,
    });
    const open = (packet: Uint8Array) => {
      const opened = seal.open(packet);
      this.#isOpened = opened.ok;
      return opened;
    };
    return { ...seal, open };
  }

  #call(call: Call, run: (core: Cluster, now: Moment) => Output[]): void {
    if (this.#core === undefined || !this.isAwake) return;
    this.#perform(run(this.#core, this.now()), call);
    this.#planTick();
  }

  #tick(): void {
    if (!this.isAwake) return;
    this.#lastTickMs = this.#settings.network.nowMs;
    this.#call("tick", (core, now) => core.tick(now));
  }

  #planTick(): void {
    if (this.#core === undefined) return;
    const { nowMs } = this.#settings.network;
    const now = this.now();
    const inMs = (this.#core.nextDeadline(now) - now.elapsedMs) / this.#clock.rate;
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
    this.#publishMs = atMs;
    this.#cancelPublish = this.#settings.network.at(atMs, () => this.#publish());
  }

  #publish(): void {
    if (!this.isAwake) return;
    const { network, truth } = this.#settings;
    this.#sequence++;
    truth.publish(this.machine, { sequence: this.#sequence, atMs: network.nowMs });
    const report = {
      name: `name-${this.machine}`,
      updateSeconds: this.updateSeconds,
      uptimeSeconds: Math.floor(network.nowMs / 1000),
      load: { one: this.#sequence },
    };
    this.#call("publish", (core, now) => core.publish(report, now));
    const lateShare = this.#settings.isOftenLate ? this.#settings.chance() / 50 : 0;
    this.#publishAt(network.nowMs + this.updateSeconds * 1000 * (1 + lateShare));
  }

  #wantLive(): void {
    const { network } = this.#settings;
    const isWarm = network.nowMs - this.#sampledMs <= LIVE_WINDOW_MS;
    const incarnation = this.#incarnation;
    this.#sampledMs = network.nowMs;
    if (isWarm) this.#publishLive();
    else
      network.at(
        network.nowMs + FIRST_LIVE_MS,
        () => incarnation === this.#incarnation && this.#publishLive(),
      );
  }

  /** `five`: when it was made, as nobody but the world knows. */
  #publishLive(): void {
    if (!this.isAwake || this.#sequence === 0) return;
    const { nowMs } = this.#settings.network;
    this.#sampledMs = nowMs;
    this.#liveSamples++;
    const report = { name: `name-${this.machine}`, load: { one: this.#sequence, five: nowMs } };
    this.#call("publish", (core, now) => core.publishLive(report, { costMs: LIVE_COST_MS }, now));
  }

  /** `reply`: what goes there goes out by that address. */
  #perform(
    outputs: readonly Output[],
    during: Call,
    reply?: { readonly of: string; readonly by: string },
  ): void {
    const { network } = this.#settings;
    for (const output of outputs) {
      if (output.kind === "send") {
        const { to } = output;
        this.#inspect(output.bytes, to.address, during);
        network.send(to.address === reply?.of ? reply.by : this.address, to, output.bytes);
        continue;
      }
      if (output.kind === "live-wanted") this.#wantLive();
      this.#inspector.told(output);
      this.disk.perform(output, network.nowMs);
    }
  }

  #inspect(packet: Uint8Array, to: string, during: Call): void {
    const isSealed = kindOf(packet) === "sealed";
    if (isSealed !== this.#isSealed) throw new Error(`${this.machine} sent a plain packet`);
    const message = this.#settings.plain?.get(packet) ?? packet;
    this.#inspector.sent({ to, kind: kindOf(message), message, during });
  }
}
