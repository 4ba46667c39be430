/**
 * One machine of the simulated world: the production core with clocks and a disk of its own. It may
 * be stopped, suspended and given other addresses, and an invariant checker sees all that it does.
 */
import type { Moment } from "../../../src/base/units.ts";
import { Cluster } from "../../../src/cluster/cluster.ts";
import type { ScanRange } from "../../../src/cluster/options.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { InvariantChecker } from "../invariants/checker.ts";
import type { Call, Invariant } from "../invariants/invariant.ts";
import { Disk, type DiskFate } from "./disk.ts";
import { type GroundTruth, incarnationOf } from "./ground-truth.ts";
import { MachineClock } from "./machine-clock.ts";
import type { Host, Network, Origin } from "./network.ts";
import { kindOf, PORT, SIGNATURE } from "./packet-kind.ts";
import { between, type Random } from "./random.ts";
import { createSimulatedEnvelope, type Plaintexts } from "./sealing.ts";

export { PORT, SIGNATURE } from "./packet-kind.ts";

/** About how many packets a receive buffer holds while the program is stopped. */
const SOCKET_QUEUE = 200;
/** The least time between two ticks, unless the world sets another. */
const MIN_TICK_MS = 100;
/** The core must be ticked at least this often. */
const MAX_TICK_MS = 1000;
/** A live sample after a pause of more than LIVE_WINDOW_MS first measures for half a second. */
const FIRST_LIVE_MS = 500;
const LIVE_WINDOW_MS = 10_000;
const LIVE_COST_MS = 5;
/** How often the daemon looks for the machine's own addresses (daemon/networks.ts). */
const NETWORKS_MS = 30_000;

export interface WorldSettings {
  readonly network: Network;
  readonly random: Random;
  readonly truth: GroundTruth;
  readonly updateSeconds: number;
  /** Whether reports are made up to a fiftieth of the interval late. */
  readonly isOftenLate: boolean;
  readonly scan: ScanRange;
  readonly allow: (address: string) => boolean;
  /** The daemon's is 10 ms; the default of 100 ms saves much time where it makes no difference. */
  readonly minTickMs?: number;
  /** The contents of each sealed packet; undefined in a plain world. */
  readonly plain?: Plaintexts;
  /** Whether the machine knows its own addresses, as the daemon does. A sealed one always does. */
  readonly knowsOwnAddresses?: boolean;
}

export interface NodePlace {
  readonly addresses: readonly [string, ...string[]];
  readonly id: string;
  /** The machine's name in the world: its id (the default), except for a clone. */
  readonly machine?: string;
  readonly keys?: readonly Uint8Array[];
  /** Seconds that its clocks count per second; the default is 1. */
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
  /** The keys from its next start on; without any its packets are plain. */
  keys: readonly Uint8Array[];
  updateSeconds: number;
  /** The world time at which it last started, stopped, paused, resumed, or changed its address. */
  disturbedMs = 0;
  readonly #settings: WorldSettings;
  readonly #checker: InvariantChecker;
  readonly #clock: MachineClock;
  #now: () => Moment;
  #addresses: readonly [string, ...string[]];
  /** Its addresses as the shell last read them. */
  #ownAddresses: readonly string[];
  #isSealed = false;
  /** Whether the packet that is being received could be opened. */
  #isOpened = true;
  #core: Cluster | undefined;
  #incarnation = "";
  #starts = 0;
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
    const { random, network, truth } = settings;
    this.keys = place.keys ?? [];
    this.#settings = settings;
    this.#addresses = place.addresses;
    this.#ownAddresses = place.addresses;
    this.id = place.id;
    this.machine = place.machine ?? place.id;
    this.updateSeconds = settings.updateSeconds;
    const wallOffsetMs = between(random, -5000, 5000);
    this.#clock = new MachineClock(network, { rate: place.clockRate ?? 1, wallOffsetMs });
    this.#now = this.#clock.open();
    const world = {
      get nowMs() {
        return network.nowMs;
      },
      truth,
      plain: settings.plain,
    };
    this.#checker = new InvariantChecker(this, world);
  }

  get core(): Cluster | undefined {
    return this.#core;
  }

  get incarnation(): string {
    return this.#incarnation;
  }

  /** The first is the source address of what it sends unasked. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  get address(): string {
    return this.#addresses[0];
  }

  /** The number of live reports that it has made. */
  get liveSamples(): number {
    return this.#liveSamples;
  }

  get outages(): number {
    return this.#checker.outages;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get isWatching(): boolean {
    return this.#isWatching;
  }

  /** Whether its program runs and is neither paused nor suspended. */
  get isAwake(): boolean {
    return this.#core !== undefined && !this.#isPaused && !this.#isSuspended;
  }

  now(): Moment {
    return this.#now();
  }

  addInvariant(invariant: Invariant): void {
    this.#checker.add(invariant);
  }

  /** Checks the invariants about everything that the machine shows. */
  inspectTable(): void {
    if (this.#core !== undefined && this.isAwake) {
      this.#checker.inspectTable(this.#core.machines(this.now()));
    }
  }

  /** A user opens a page of this machine, or closes the last one. */
  watch(on: boolean): void {
    this.#isWatching = on;
    this.#call("watch", (core, now) => core.setWatching(on, now));
  }

  start(options: { readonly keepState: boolean }): void {
    if (this.#core !== undefined || this.#isSuspended) return;
    const { random, network, truth } = this.#settings;
    if (!options.keepState) this.disk.stop("all lost", { nowMs: network.nowMs, lostMs: 0 });
    this.#starts++;
    this.#isSealed = this.keys.length > 0;
    this.#incarnation = incarnationOf(this.machine, this.#starts);
    this.#sequence = 0;
    this.#now = this.#clock.open();
    truth.begin({ machine: this.machine, id: this.id, incarnation: this.#incarnation });
    this.#ownAddresses = this.#addresses;
    const known = this.disk.read();
    this.#checker.start(known);
    this.#core = new Cluster({
      now: this.now(),
      signature: SIGNATURE,
      updateSeconds: this.updateSeconds,
      port: PORT,
      maxPeers: 4096,
      self: { id: this.id, incarnation: this.#incarnation, name: `name-${this.machine}` },
      ranges: this.#ranges(),
      known,
      random,
      ...(this.#isSealed && { envelope: this.#envelope() }),
    });
    this.#disturb();
    this.#lastTickMs = network.nowMs;
    this.#tickAt(network.nowMs + between(random, 1, MIN_TICK_MS));
    this.#publishAt(network.nowMs + between(random, 100, 1000));
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
    this.#disturb();
    const { nowMs } = this.#settings.network;
    this.disk.stop(options.fate ?? "kept", { nowMs, lostMs: options.lostMs ?? 0 });
    this.#cancelTick();
    this.#cancelPublish();
  }

  /** Stops the process as SIGSTOP does: it neither ticks nor reads its socket. */
  pause(): void {
    if (this.#core === undefined || this.#isSuspended) return;
    this.#isPaused = true;
    this.#disturb();
  }

  resume(): void {
    if (!this.#isPaused || this.#isSuspended) return;
    this.#isPaused = false;
    this.#disturb();
    this.watch(this.#isWatching);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { from, bytes, to, origin } of waiting) this.deliver(from, bytes, to, origin);
    this.#tickAt(this.#settings.network.nowMs);
    this.#publishAt(this.#settings.network.nowMs);
  }

  /** Suspends the whole machine: packets to it are lost, and its timers stand still. */
  suspend(): void {
    if (this.#core === undefined || this.#isSuspended) return;
    this.#isSuspended = true;
    this.#clock.suspend();
    this.#disturb();
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
    this.#disturb();
    const { nowMs } = this.#settings.network;
    this.#tickAt(nowMs + Math.max(0, this.#plannedTickMs));
    this.#publishAt(nowMs + Math.max(0, this.#publishMs));
  }

  /** Gives it these addresses, as DHCP does. The caller connects it to the network under them. */
  move(addresses: readonly [string, ...string[]]): void {
    const { network, random, truth } = this.#settings;
    this.#addresses = addresses;
    truth.movedMs.set(this.machine, network.nowMs);
    this.#disturb();
    network.at(network.nowMs + between(random, 0, NETWORKS_MS), () => {
      this.#ownAddresses = this.#addresses;
      this.#core?.setRanges(this.#ranges());
    });
  }

  /** A user of this machine removes another one. */
  remove(id: string): void {
    const { network, truth } = this.#settings;
    truth.removedMs.set(id.split("~")[0] ?? id, network.nowMs);
    this.#call("forget", (core, now) => core.forget(id, now));
  }

  /** A user sets another interval and reloads the configuration. */
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
    this.#checker.received(received);
    // An answer leaves from the address to which the question was sent.
    this.#perform(outputs, "receive", { of: from.address, by: to });
    this.#planTick();
  }

  #disturb(): void {
    this.disturbedMs = this.#settings.network.nowMs;
  }

  #ranges() {
    const { allow, scan, knowsOwnAddresses = false } = this.#settings;
    const isOwn = (address: string) => this.#ownAddresses.includes(address);
    return { allow, scan, ...((knowsOwnAddresses || this.#isSealed) && { isOwn }) };
  }

  #envelope() {
    const { random, plain } = this.#settings;
    const seal = createSimulatedEnvelope({
      id: this.id,
      incarnation: this.#incarnation,
      keys: this.keys,
      random,
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
    // An early tick does no harm, and moving it back for each packet would cost time.
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
    const lateShare = this.#settings.isOftenLate ? this.#settings.random() / 50 : 0;
    this.#publishAt(network.nowMs + this.updateSeconds * 1000 * (1 + lateShare));
  }

  #wantLive(): void {
    const { network } = this.#settings;
    const isWarm = network.nowMs - this.#sampledMs <= LIVE_WINDOW_MS;
    const incarnation = this.#incarnation;
    this.#sampledMs = network.nowMs;
    if (isWarm) {
      this.#publishLive();
      return;
    }
    network.at(network.nowMs + FIRST_LIVE_MS, () => {
      if (incarnation === this.#incarnation) this.#publishLive();
    });
  }

  /** The report's five-minute load carries the world time at which the report was made. */
  #publishLive(): void {
    if (!this.isAwake || this.#sequence === 0) return;
    const { nowMs } = this.#settings.network;
    this.#sampledMs = nowMs;
    this.#liveSamples++;
    const report = { name: `name-${this.machine}`, load: { one: this.#sequence, five: nowMs } };
    this.#call("publish", (core, now) => core.publishLive(report, { costMs: LIVE_COST_MS }, now));
  }

  /** With `reply`, packets to the address `of` leave from the address `by`. */
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
      this.#checker.output(output);
      this.disk.perform(output, network.nowMs);
    }
  }

  #inspect(packet: Uint8Array, to: string, during: Call): void {
    const isSealed = kindOf(packet) === "sealed";
    if (isSealed !== this.#isSealed) throw new Error(`${this.machine} sent a plain packet`);
    const message = this.#settings.plain?.get(packet) ?? packet;
    this.#checker.sent({ to, kind: kindOf(message), message, during });
  }
}
