/**
 * A seeded world: production cores and a few programs of 2005 on a bad network, with faults for a
 * while and then none. `untilAgreed` tells how long it takes until all know all.
 */
import { Agreement } from "../invariants/convergence.ts";
import { Violation } from "../invariants/invariant.ts";
import { Reachable } from "../invariants/reachable.ts";
import { type Stage, strike } from "./faults.ts";
import { Truth } from "./ground-truth.ts";
import { OpenWays } from "./link-history.ts";
import { CALM, Network, STORM, type Weather } from "./network.ts";
import { PORT, SimulatedNode, type WorldSettings } from "./node.ts";
import { between, type Chance, seededChance } from "./random.ts";
import { PlainTexts } from "./sealing.ts";
import { OldProgram } from "./v1-machine.ts";
import { haveMet } from "./warm-start.ts";

export interface WorldOptions {
  readonly seed: number;
  readonly modern: number;
  readonly old: number;
  readonly updateSeconds: number;
  /** So many of the modern machines have a second address. */
  readonly twoAddresses?: number;
  readonly weather?: Weather;
  /** Intervals of the modern machines, in turn, in place of `updateSeconds`. */
  readonly mixedSeconds?: readonly number[];
  /** Between two ticks of a machine, at least. */
  readonly minTickMs?: number;
  /** All machines have this key. */
  readonly key?: Uint8Array;
  /** Without the cipher's work (seal.ts). */
  readonly isSealedLightly?: boolean;
  /** So many of the modern machines have the id of another, as a copied disk image gives it. */
  readonly clones?: number;
  /** Clocks run fast or slow by up to this share. */
  readonly drift?: number;
  /** Addresses that machines may move to. */
  readonly freeAddresses?: number;
  /** All machines see their own addresses, as the daemon's shell does. */
  readonly knowsOwnAddresses?: boolean;
  /** Packets from and to all of 10.0.0.0/16 are allowed, beyond what is scanned. */
  readonly isWide?: boolean;
  /** They have known each other before a power cut, and start from what they remember. */
  readonly haveMet?: boolean;
  /** Faults that do not come. */
  readonly without?: readonly string[];
  /** When all agree, reports may be so much older than the newest, and who was forgotten be missing. */
  readonly reportLagMs?: number;
  /** A partition takes so many machines from the others at most. */
  readonly mostApart?: number;
  /** Who can be reached must be shown so after `agreeMs` at the latest. */
  readonly agreeMs?: number;
}

/** To look at everybody's table costs more than to let a second pass. */
const AGREED_EVERY_MS = 3000;
/**
 * Whole tables are looked at this often, so many at once: it costs as much as a thousand packets.
 * What an invariant finds there stays there for longer.
 */
const LOOK_EVERY_MS = 5000;
const LOOKED_AT_ONCE = 30;
/** The scan range goes a little beyond the machines. */
const EMPTY_ADDRESSES = 10;

export class World {
  readonly network: Network;
  readonly nodes: SimulatedNode[] = [];
  readonly oldPrograms: OldProgram[] = [];
  readonly truth = new Truth();
  /** Of each sealed packet what is in it. */
  readonly plain: PlainTexts | undefined;
  /** Faults by kind. */
  readonly struck = new Map<string, number>();
  readonly #options: WorldOptions;
  readonly #chance: Chance;
  readonly #stage: Stage;
  readonly #agreement: Agreement;
  #lookedAt = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#chance = seededChance(options.seed);
    this.plain =
      options.key === undefined ? undefined : new PlainTexts(options.isSealedLightly ?? false);
    const { modern, old, twoAddresses = 0, freeAddresses = 0 } = options;
    const places = placesOf(modern + old + twoAddresses + freeAddresses + EMPTY_ADDRESSES);
    const inside = new Set(places);
    const allow = (address: string) =>
      options.isWide === true ? address.startsWith("10.0.") : inside.has(address);
    this.network = new Network({ chance: this.#chance, port: PORT, isInside: allow });
    this.network.weather = options.weather ?? STORM;
    const count = modern + old;
    const seconds = places.slice(count, count + twoAddresses);
    const free = places.slice(count + twoAddresses, count + twoAddresses + freeAddresses);
    this.#people(places.slice(0, count), { seconds, scanned: places, allow });
    const { network, nodes, oldPrograms } = this;
    for (const host of [...nodes, ...oldPrograms]) network.connect(host);
    // Whoever answers a bare request is a machine of 2005 until it answers a question.
    for (const place of places.slice(0, -EMPTY_ADDRESSES)) this.truth.protocolOne.add(place);
    const intervals = [...(options.mixedSeconds ?? []), options.updateSeconds];
    const without = new Set(options.without);
    const { mostApart = Number.POSITIVE_INFINITY } = options;
    const rules = { free, intervals, without, mostApart };
    this.#stage = { network, nodes, oldPrograms, ...rules, chance: this.#chance };
    if (options.haveMet === true) haveMet(nodes, this.truth);
    this.#agreement = new Agreement({
      ...{ network, nodes, oldPrograms, truth: this.truth },
      lagMs: options.reportLagMs ?? 0,
    });
    this.#watchWays();
    network.at(LOOK_EVERY_MS, () => this.#look());
  }

  get nowMs(): number {
    return this.network.nowMs;
  }

  /** All machines start within this time. */
  startAll(withinMs: number): void {
    for (const node of this.nodes) {
      this.network.at(between(this.#chance, 0, withinMs), () => node.start({ keepState: true }));
    }
    for (const program of this.oldPrograms) {
      this.network.at(between(this.#chance, 0, withinMs), () => program.start());
    }
  }

  run(ms: number): void {
    this.network.runUntil(this.nowMs + ms);
  }

  /** Faults of all kinds, one every few seconds, for this long. */
  torment(ms: number, everyMs = 8000): void {
    const endMs = this.nowMs + ms;
    const [least, most] = [everyMs / 8, (everyMs * 15) / 8];
    for (let atMs = this.nowMs; atMs < endMs; atMs += between(this.#chance, least, most)) {
      this.network.at(atMs, () => {
        const kind = strike(this.#stage);
        this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
      });
    }
    this.run(ms);
  }

  /** From now on nothing goes wrong: all run, and each packet arrives. */
  heal(): void {
    this.network.weather = CALM;
    this.network.mend();
    for (const node of this.nodes) {
      node.wake();
      node.resume();
      node.start({ keepState: true });
    }
    for (const program of this.oldPrograms) program.start();
  }

  /** Virtual ms until everybody agrees; throws with what is missing when that takes longer. */
  untilAgreed(boundMs: number): number {
    const startMs = this.nowMs;
    for (;;) {
      this.run(AGREED_EVERY_MS);
      const missing = this.#agreement.missing(this.nowMs);
      if (missing === undefined) return this.nowMs - startMs;
      if (this.nowMs - startMs >= boundMs) throw new Violation("all agree in the end", missing);
    }
  }

  /** Virtual ms until each machine has a report of each other's present incarnation. */
  untilAllHaveReports(boundMs: number): number {
    const startMs = this.nowMs;
    for (;;) {
      const missing = this.nodes.flatMap((node) => this.#withoutReport(node));
      if (missing.length === 0) return this.nowMs - startMs;
      if (this.nowMs - startMs >= boundMs) throw new Error(missing.slice(0, 5).join("; "));
      this.run(100);
    }
  }

  /** What must hold at the end, besides that all agree. */
  complaints(): string[] {
    const refused = this.oldPrograms.flatMap((program) => program.refused);
    return [...this.network.escaped, ...refused];
  }

  /** Times that a machine was held for down or stopped by another. */
  get outages(): number {
    return this.nodes.reduce((sum, node) => sum + node.outages, 0);
  }

  #people(
    places: readonly string[],
    around: {
      readonly seconds: string[];
      readonly scanned: readonly string[];
      readonly allow: (address: string) => boolean;
    },
  ): void {
    const { old } = this.#options;
    for (const [index, address] of places.entries()) {
      // The programs of 2005 stand among the others, not behind them.
      const isOld = old > 0 && index % Math.floor(places.length / old) === 1;
      if (isOld && this.oldPrograms.length < old) this.#addOld(address, around.scanned);
      else this.#addNode({ address, second: around.seconds.pop(), index }, around);
    }
  }

  #addOld(address: string, scan: readonly string[]): void {
    const { network, truth } = this;
    const chance = this.#chance;
    const { updateSeconds } = this.#options;
    const habits = { saysAlive: chance() < 0.7, takesOnlyBare: chance() < 0.3 };
    const program = { network, truth, chance, address, habits, scan, updateSeconds };
    this.oldPrograms.push(new OldProgram(program));
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
      chance: this.#chance,
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
      clockRate: drift === 0 ? 1 : 1 + between(this.#chance, -drift, drift),
    });
    this.nodes.push(node);
  }

  #idOf(index: number): string {
    if (this.#options.key === undefined) return `id${index + 1}`;
    return (index + 1).toString(16).padStart(16, "0");
  }

  #watchWays(): void {
    const { agreeMs } = this.#options;
    if (agreeMs === undefined) return;
    const ways = new OpenWays(this.network, this.nodes, { agreeMs });
    for (const node of this.nodes) node.hold(new Reachable(node, ways));
  }

  #look(): void {
    for (let i = 0; i < Math.min(LOOKED_AT_ONCE, this.nodes.length); i++) {
      this.nodes[this.#lookedAt]?.look();
      this.#lookedAt = (this.#lookedAt + 1) % this.nodes.length;
    }
    this.network.at(this.nowMs + LOOK_EVERY_MS, () => this.#look());
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

/** So many addresses, from 10.0.0.1 on. */
export function placesOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.0.${(i + 1) >> 8}.${(i + 1) & 255}`);
}
