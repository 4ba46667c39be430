/**
 * A seeded world: production cores and a few programs of 2005 on a bad network, with faults for a
 * while and then none. `untilAgreed` tells how long it takes until all know all.
 */
import { between, type Chance, pick, seededChance } from "./chance.ts";
import { CALM, Network, STORM, type Weather } from "./network.ts";
import { PORT, SimulatedNode } from "./node.ts";
import { Truth } from "./node-watcher.ts";
import { OldProgram } from "./old-program.ts";

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
}

/** A report is asked for this long after it is due, at most: margin, spread, and the way. */
const LAG_MS = 6000;
/** Of a machine with a shorter interval one report is taken in each of ours, spread included. */
const MIXED_LAG_SHARE = 1.1;
/** A protocol-1 report does not say when the next is due: up to an eighth of the interval more. */
const OLD_LAG_SHARE = 1 / 8 + 1 / 16;
/** To look at everybody's table costs more than to let a second pass. */
const LOOK_EVERY_MS = 3000;
/** The scan range goes a little beyond the machines. */
const EMPTY_ADDRESSES = 10;

export class World {
  readonly network: Network;
  readonly nodes: SimulatedNode[] = [];
  readonly oldPrograms: OldProgram[] = [];
  readonly #options: WorldOptions;
  readonly #chance: Chance;
  readonly #truth = new Truth();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#chance = seededChance(options.seed);
    const count = options.modern + options.old;
    const seconds = options.twoAddresses ?? 0;
    const length = count + seconds + EMPTY_ADDRESSES;
    const addresses = Array.from({ length }, (_, i) => `10.0.0.${i + 1}`);
    const spare = addresses.slice(count, count + seconds);
    for (const address of spare) this.#truth.addBoot(address, "any");
    const inside = new Set(addresses);
    const allow = (address: string) => inside.has(address);
    this.network = new Network({ chance: this.#chance, port: PORT, isInside: allow });
    this.network.weather = options.weather ?? STORM;
    const scan = { size: addresses.length, at: (index: number) => addresses[index] };
    const shared = { network: this.network, chance: this.#chance, truth: this.#truth };
    const { updateSeconds, minTickMs } = options;
    for (const [index, address] of addresses.slice(0, count).entries()) {
      // The programs of 2005 stand among the others, not behind them.
      const isOld = options.old > 0 && index % Math.floor(count / options.old) === 1;
      if (isOld && this.oldPrograms.length < options.old) {
        const habits = { saysAlive: this.#chance() < 0.7, takesOnlyBare: this.#chance() < 0.3 };
        const program = { ...shared, address, habits, scan: addresses, updateSeconds };
        this.oldPrograms.push(new OldProgram(program));
      } else {
        const { mixedSeconds = [] } = options;
        const own = mixedSeconds[index % mixedSeconds.length];
        const pace = { updateSeconds: own ?? updateSeconds, isOftenLate: own !== undefined };
        const ticks = minTickMs === undefined ? {} : { minTickMs };
        const settings = { ...shared, ...pace, ...ticks, scan, allow };
        const second = spare.pop();
        const place = second === undefined ? ([address] as const) : ([address, second] as const);
        const { key } = options;
        const name =
          key === undefined ? `id${index + 1}` : (index + 1).toString(16).padStart(16, "0");
        const keys = key === undefined ? [] : [key];
        this.nodes.push(new SimulatedNode(settings, { addresses: place, id: name, keys }));
      }
      this.#truth.addBoot(address, "any");
    }
    for (const host of [...this.nodes, ...this.oldPrograms]) this.network.connect(host);
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
  torment(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let atMs = this.nowMs; atMs < endMs; atMs += between(this.#chance, 1000, 15_000)) {
      this.network.at(atMs, () => this.#strike());
    }
    this.run(ms);
  }

  /** From now on nothing goes wrong: all run, and each packet arrives. */
  heal(): void {
    this.network.weather = CALM;
    this.network.mend();
    for (const node of this.nodes) {
      node.resume();
      node.start({ keepState: true });
    }
    for (const program of this.oldPrograms) program.start();
  }

  /** Virtual ms until everybody agrees; throws with what is missing when that takes longer. */
  untilAgreed(boundMs: number): number {
    const startMs = this.nowMs;
    for (;;) {
      this.run(LOOK_EVERY_MS);
      const missing = this.#disagreement();
      if (missing === undefined) return this.nowMs - startMs;
      if (this.nowMs - startMs >= boundMs) throw new Error(missing);
    }
  }

  /** Virtual ms until each machine has a report of each other's present boot. */
  untilAllHaveReports(boundMs: number): number {
    const startMs = this.nowMs;
    for (;;) {
      const missing = this.nodes.flatMap((node) => this.#withoutReport(node));
      if (missing.length === 0) return this.nowMs - startMs;
      if (this.nowMs - startMs >= boundMs) throw new Error(missing.slice(0, 5).join("; "));
      this.run(100);
    }
  }

  #withoutReport(node: SimulatedNode): string[] {
    const machines = node.core?.machines(node.now()) ?? [];
    const byId = new Map(machines.map((machine) => [machine.id, machine]));
    const missing = this.nodes.filter(({ id }) => {
      const machine = byId.get(id);
      const isPresent = machine?.boot === this.#truth.boots.get(id)?.at(-1);
      return !isPresent || machine?.state !== "up" || machine.sequence === undefined;
    });
    return missing.map(({ id }) => `${node.id} lacks ${id} (${byId.get(id)?.state})`);
  }

  /** What must hold at the end, besides that all agree. */
  complaints(): string[] {
    const refused = this.oldPrograms.flatMap((program) => program.refused);
    return [...this.network.escaped, ...refused];
  }

  #strike(): void {
    const chance = this.#chance;
    const node = pick(chance, this.nodes);
    if (node === undefined) return;
    const kind = chance();
    if (kind < 0.35) this.#restart(node);
    else if (kind < 0.5) this.#pauseFor(node, between(chance, 1000, 120_000));
    else if (kind < 0.6) node.stepClock(between(chance, -3.6e6, 3.6e6));
    else if (kind < 0.75) this.#partition();
    else if (kind < 0.85) this.#cutOff(node);
    else if (kind < 0.93) this.network.mend();
    else this.#restartOld();
  }

  #restart(node: SimulatedNode): void {
    const chance = this.#chance;
    const keepState = chance() < 0.6;
    node.stop({ sayGoodbye: chance() < 0.5 });
    const offMs = chance() < 0.3 ? between(chance, 60_000, 300_000) : between(chance, 500, 20_000);
    this.network.at(this.nowMs + offMs, () => node.start({ keepState }));
  }

  #restartOld(): void {
    const program = pick(this.#chance, this.oldPrograms);
    program?.stop();
    const offMs = between(this.#chance, 1000, 60_000);
    this.network.at(this.nowMs + offMs, () => program?.start());
  }

  #pauseFor(node: SimulatedNode, ms: number): void {
    node.pause();
    this.network.at(this.nowMs + ms, () => node.resume());
  }

  /** Two groups that do not hear each other, or of which one does not hear the other. */
  #partition(): void {
    const all = [...this.nodes, ...this.oldPrograms].flatMap(({ addresses }) => addresses);
    const share = this.#chance();
    const isOneWay = this.#chance() < 0.5;
    const left = all.filter(() => this.#chance() < share);
    const right = all.filter((address) => !left.includes(address));
    for (const a of left) {
      for (const b of right) {
        this.network.cut(a, b);
        if (!isOneWay) this.network.cut(b, a);
      }
    }
  }

  #cutOff(node: SimulatedNode): void {
    for (const other of this.nodes) {
      if (this.#chance() < 0.5) this.network.cut(node.address, other.address);
      if (this.#chance() < 0.5) this.network.cut(other.address, node.address);
    }
  }

  #disagreement(): string | undefined {
    for (const node of this.nodes) {
      const missing = this.#missingAt(node);
      if (missing !== undefined) return missing;
    }
    return undefined;
  }

  /** Times that a machine was held for down or stopped by another. */
  get outages(): number {
    return this.nodes.reduce((sum, node) => sum + node.outages, 0);
  }

  /** What this machine lacks: all others, each up, each with its newest report. */
  #missingAt(node: SimulatedNode): string | undefined {
    const machines = node.core?.machines(node.now()) ?? [];
    const byId = new Map(machines.map((machine) => [machine.id, machine]));
    const ids = [
      ...this.nodes.map(({ id }) => ({ id, lagMs: LAG_MS + this.#mixedLagMs(node) })),
      ...this.oldPrograms.map(({ address }) => ({ id: address, lagMs: this.#oldLagMs })),
    ];
    for (const { id, lagMs } of ids) {
      const machine = byId.get(id);
      const expected = this.#truth.newest(id, this.nowMs - lagMs);
      const held = machine?.report?.load?.one ?? 0;
      if (machine?.state !== "up" || held < expected) {
        return `${node.id} holds ${id} as ${machine?.state}, report ${held} of ${expected}`;
      }
    }
    const extra = machines.find(({ id }) => !ids.some((one) => one.id === id));
    return extra && `${node.id} shows ${extra.id}, which is no machine`;
  }

  #mixedLagMs({ updateSeconds }: SimulatedNode): number {
    return this.#options.mixedSeconds === undefined ? 0 : updateSeconds * 1000 * MIXED_LAG_SHARE;
  }

  get #oldLagMs(): number {
    return LAG_MS + this.#options.updateSeconds * 1000 * OLD_LAG_SHARE;
  }
}
