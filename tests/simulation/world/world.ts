/**
 * A seeded world: machines that run the production core and a few protocol-1 machines, on a lossy
 * network. Faults are injected for a while; after `heal`, `untilConverged` measures how long it takes
 * until all machines agree.
 */
import { Convergence } from "../invariants/convergence.ts";
import { Violation } from "../invariants/invariant.ts";
import { Reachable } from "../invariants/reachable.ts";
import { type FaultContext, injectFault } from "./faults.ts";
import { GroundTruth } from "./ground-truth.ts";
import { LinkHistory } from "./link-history.ts";
import { LOSSY, Network, type NetworkConditions, RELIABLE } from "./network.ts";
import { PORT, SimulatedNode, type WorldSettings } from "./node.ts";
import { between, type Random, seededRandom } from "./random.ts";
import { Plaintexts } from "./sealing.ts";
import { type V1Habits, V1Machine } from "./v1-machine.ts";
import { rememberEarlierRun } from "./warm-start.ts";

export interface WorldOptions {
  readonly seed: number;
  /** How many machines run the production core, which speaks protocol 2. */
  readonly v2: number;
  /** How many machines speak protocol 1 only. */
  readonly v1: number;
  readonly updateSeconds: number;
  /** The interval of the protocol-1 machines, in place of `updateSeconds`. */
  readonly v1UpdateSeconds?: number;
  /** How all protocol-1 machines behave; without it each draws its own. */
  readonly v1Habits?: V1Habits;
  /** How many of the protocol-2 machines have a second address. */
  readonly twoAddresses?: number;
  readonly conditions?: NetworkConditions;
  /** Intervals of the protocol-2 machines, in turn, in place of `updateSeconds`. */
  readonly mixedSeconds?: readonly number[];
  /** The least time between two ticks of a machine. */
  readonly minTickMs?: number;
  /** The key of all machines; without one, packets are plain. */
  readonly key?: Uint8Array;
  /** Whether packets are sealed without the work of the cipher (sealing.ts). */
  readonly isCipherFaked?: boolean;
  /** How many of the protocol-2 machines have the id of another, as a copied disk image gives it. */
  readonly clones?: number;
  /** The share by which clocks run fast or slow at most. */
  readonly drift?: number;
  /** How many unused addresses there are that machines may be given. */
  readonly freeAddresses?: number;
  /** Whether all machines know their own addresses, as the daemon does. */
  readonly knowsOwnAddresses?: boolean;
  /** Whether packets from and to all of 10.0.0.0/16 are allowed, beyond the range that is scanned. */
  readonly allowsUnscanned?: boolean;
  /** Whether the machines know each other from before a power cut, and start from that memory. */
  readonly isWarmStart?: boolean;
  /** The kinds of fault that this world does not have. */
  readonly withoutFaults?: readonly string[];
  /**
   * How old a report may be, beyond the usual lag, when the machines agree. Also how long a machine
   * that a user removed may be missing.
   */
  readonly reportLagMs?: number;
  /** How many machines a partition may separate from the others. */
  readonly maxPartitioned?: number;
  /** How soon a reachable machine must be shown; without it this is not checked. */
  readonly convergeMs?: number;
}

/** Agreement is checked this often: comparing all tables costs more than simulating a second. */
const CONVERGED_EVERY_MS = 3000;
/**
 * How often whole tables are inspected, and how many at a time. One table costs as much as a thousand
 * packets; what an invariant could find there stays there for longer than a round of inspections.
 */
const INSPECT_EVERY_MS = 5000;
const INSPECTED_AT_ONCE = 30;
/** The scan range has this many addresses beyond those of the machines. */
const EMPTY_ADDRESSES = 10;

export class World {
  readonly network: Network;
  readonly nodes: SimulatedNode[] = [];
  readonly v1Machines: V1Machine[] = [];
  readonly truth = new GroundTruth();
  /** The contents of each sealed packet; undefined in a plain world. */
  readonly plain: Plaintexts | undefined;
  /** The number of injected faults by kind. */
  readonly injected = new Map<string, number>();
  readonly #options: WorldOptions;
  readonly #random: Random;
  readonly #faultContext: FaultContext;
  readonly #convergence: Convergence;
  /** The index of the machine whose table is inspected next. */
  #nextInspected = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.plain =
      options.key === undefined ? undefined : new Plaintexts(options.isCipherFaked ?? false);
    const { v2, v1, twoAddresses = 0, freeAddresses = 0 } = options;
    const addresses = addressRange(v2 + v1 + twoAddresses + freeAddresses + EMPTY_ADDRESSES);
    const inside = new Set(addresses);
    const allow = (address: string) =>
      options.allowsUnscanned === true ? address.startsWith("10.0.") : inside.has(address);
    this.network = new Network({ random: this.#random, port: PORT, isInside: allow });
    this.network.conditions = options.conditions ?? LOSSY;
    const count = v2 + v1;
    const seconds = addresses.slice(count, count + twoAddresses);
    const free = addresses.slice(count + twoAddresses, count + twoAddresses + freeAddresses);
    this.#addMachines(addresses.slice(0, count), { seconds, scanned: addresses, allow });
    const { network, nodes, v1Machines, truth } = this;
    for (const host of [...nodes, ...v1Machines]) network.connect(host);
    // A host that answers a bare request counts as a protocol-1 machine until it answers a question.
    for (const address of addresses.slice(0, -EMPTY_ADDRESSES)) truth.v1Addresses.add(address);
    this.#faultContext = {
      network,
      nodes,
      v1Machines,
      free,
      intervals: [...(options.mixedSeconds ?? []), options.updateSeconds],
      withoutFaults: new Set(options.withoutFaults),
      maxPartitioned: options.maxPartitioned ?? Number.POSITIVE_INFINITY,
      random: this.#random,
    };
    if (options.isWarmStart === true) rememberEarlierRun(nodes, truth);
    const lagMs = options.reportLagMs ?? 0;
    this.#convergence = new Convergence({ network, nodes, v1Machines, truth, lagMs });
    this.#checkReachability();
    network.at(INSPECT_EVERY_MS, () => this.#inspectTables());
  }

  get nowMs(): number {
    return this.network.nowMs;
  }

  /** Starts all machines, each at a random moment within this time. */
  startAll(withinMs: number): void {
    for (const node of this.nodes) {
      this.network.at(between(this.#random, 0, withinMs), () => node.start({ keepState: true }));
    }
    for (const machine of this.v1Machines) {
      this.network.at(between(this.#random, 0, withinMs), () => machine.start());
    }
  }

  run(ms: number): void {
    this.network.runUntil(this.nowMs + ms);
  }

  /** Runs for this long with faults of all kinds, one every `everyMs` on average. */
  injectFaults(ms: number, everyMs = 8000): void {
    const endMs = this.nowMs + ms;
    const [least, most] = [everyMs / 8, (everyMs * 15) / 8];
    for (let atMs = this.nowMs; atMs < endMs; atMs += between(this.#random, least, most)) {
      this.network.at(atMs, () => {
        const kind = injectFault(this.#faultContext);
        this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1);
      });
    }
    this.run(ms);
  }

  /** Ends all faults: from now on all machines run and every packet arrives. */
  heal(): void {
    this.network.conditions = RELIABLE;
    this.network.heal();
    for (const node of this.nodes) {
      node.wake();
      node.resume();
      node.start({ keepState: true });
    }
    for (const machine of this.v1Machines) machine.start();
  }

  /** Runs until all machines agree. Returns the virtual ms that took; throws after `boundMs`. */
  untilConverged(boundMs: number): number {
    const startMs = this.nowMs;
    for (;;) {
      this.run(CONVERGED_EVERY_MS);
      const missing = this.#convergence.missing(this.nowMs);
      if (missing === undefined) return this.nowMs - startMs;
      if (this.nowMs - startMs >= boundMs) {
        throw new Violation("all machines agree once the faults have stopped", missing);
      }
    }
  }

  /**
   * Runs until each machine has a report of each other's present incarnation. Returns the virtual ms
   * that took; throws after `boundMs`.
   */
  untilAllHaveReports(boundMs: number): number {
    const startMs = this.nowMs;
    for (;;) {
      const missing = this.nodes.flatMap((node) => this.#withoutReport(node));
      if (missing.length === 0) return this.nowMs - startMs;
      if (this.nowMs - startMs >= boundMs) throw new Error(missing.slice(0, 5).join("; "));
      this.run(100);
    }
  }

  /** Packets that were sent outside the network, or that a protocol-1 machine could not read. */
  badPackets(): string[] {
    const refused = this.v1Machines.flatMap((machine) => machine.refused);
    return [...this.network.escaped, ...refused];
  }

  /** How often a machine was recorded as down or stopped by another. */
  get outages(): number {
    return this.nodes.reduce((sum, node) => sum + node.outages, 0);
  }

  #addMachines(
    addresses: readonly string[],
    around: {
      readonly seconds: string[];
      readonly scanned: readonly string[];
      readonly allow: (address: string) => boolean;
    },
  ): void {
    const { v1 } = this.#options;
    for (const [index, address] of addresses.entries()) {
      // The protocol-1 machines are spread among the others, not placed behind them.
      const isV1 = v1 > 0 && index % Math.floor(addresses.length / v1) === 1;
      if (isV1 && this.v1Machines.length < v1) this.#addV1Machine(address, around.scanned);
      else this.#addNode({ address, second: around.seconds.pop(), index }, around);
    }
  }

  #addV1Machine(address: string, scan: readonly string[]): void {
    const { network, truth } = this;
    const random = this.#random;
    const updateSeconds = this.#options.v1UpdateSeconds ?? this.#options.updateSeconds;
    const drawn = { saysAlive: random() < 0.7, takesOnlyBare: random() < 0.3 };
    const habits = this.#options.v1Habits ?? drawn;
    const options = { network, truth, random, address, habits, scan, updateSeconds };
    this.v1Machines.push(new V1Machine(options));
  }

  #addNode(
    place: {
      readonly address: string;
      readonly second: string | undefined;
      readonly index: number;
    },
    around: {
      readonly scanned: readonly string[];
      readonly allow: (address: string) => boolean;
    },
  ): void {
    const { address, second, index } = place;
    const { scanned, allow } = around;
    const { key, mixedSeconds = [], updateSeconds, minTickMs, drift = 0 } = this.#options;
    const own = mixedSeconds[index % mixedSeconds.length];
    const settings: WorldSettings = {
      network: this.network,
      random: this.#random,
      truth: this.truth,
      updateSeconds: own ?? updateSeconds,
      isOftenLate: own !== undefined,
      scan: { size: scanned.length, at: (at) => scanned[at] },
      allow,
      knowsOwnAddresses: this.#options.knowsOwnAddresses ?? false,
      ...(minTickMs !== undefined && { minTickMs }),
      ...(this.plain !== undefined && { plain: this.plain }),
    };
    const isClone = this.nodes.length > 0 && this.nodes.length <= (this.#options.clones ?? 0);
    const id = this.#idOf(isClone ? index - 1 : index);
    const node = new SimulatedNode(settings, {
      id,
      machine: isClone ? `${id}-clone` : id,
      addresses: second === undefined ? [address] : [address, second],
      keys: key === undefined ? [] : [key],
      clockRate: drift === 0 ? 1 : 1 + between(this.#random, -drift, drift),
    });
    this.nodes.push(node);
  }

  #idOf(index: number): string {
    if (this.#options.key === undefined) return `id${index + 1}`;
    return (index + 1).toString(16).padStart(16, "0");
  }

  #checkReachability(): void {
    const { convergeMs } = this.#options;
    if (convergeMs === undefined) return;
    const links = new LinkHistory(this.network, this.nodes, { convergeMs });
    for (const node of this.nodes) node.addInvariant(new Reachable(node, links));
  }

  #inspectTables(): void {
    for (let i = 0; i < Math.min(INSPECTED_AT_ONCE, this.nodes.length); i++) {
      this.nodes[this.#nextInspected]?.inspectTable();
      this.#nextInspected = (this.#nextInspected + 1) % this.nodes.length;
    }
    this.network.at(this.nowMs + INSPECT_EVERY_MS, () => this.#inspectTables());
  }

  #withoutReport(node: SimulatedNode): string[] {
    const machines = node.core?.machines(node.now()) ?? [];
    const byId = new Map(machines.map((machine) => [machine.id, machine]));
    const missing = this.nodes.filter(({ id, incarnation }) => {
      const machine = byId.get(id);
      return (
        machine?.incarnation !== incarnation ||
        machine.state !== "up" ||
        machine.sequence === undefined
      );
    });
    return missing.map(({ id }) => `${node.id} lacks ${id} (${byId.get(id)?.state})`);
  }
}

/** This many addresses, from 10.0.0.1 on. */
export function addressRange(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.0.${(i + 1) >> 8}.${(i + 1) & 255}`);
}
