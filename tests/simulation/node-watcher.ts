/** What must hold at every step of every machine; a breach throws with the machine's id. */
import type { KnownMachine, Machine } from "../../src/cluster/machine.ts";
import type { Cluster } from "../../src/cluster/options.ts";
import type { Output } from "../../src/cluster/output.ts";
import type { Moment } from "../../src/units.ts";

export interface Published {
  readonly sequence: number;
  readonly atMs: number;
}

/** What really happened: who exists, and what each has published. */
export class Truth {
  readonly boots = new Map<string, string[]>();
  readonly published = new Map<string, Published[]>();

  addBoot(id: string, boot: string): void {
    this.boots.set(id, [...(this.boots.get(id) ?? []), boot]);
    this.published.set(id, []);
  }

  publish(id: string, published: Published): void {
    this.published.get(id)?.push(published);
  }

  /** The newest report of the present boot that was there at this time. */
  newest(id: string, atMs: number): number {
    let newest = 0;
    for (const one of this.published.get(id) ?? []) {
      if (one.atMs <= atMs) newest = one.sequence;
    }
    return newest;
  }
}

/** The whole table is looked at after every so many calls, or the tests would take hours. */
const FULL_CHECK_EVERY = 1000;
const MAX_PEERS = 4096;

export class NodeWatcher {
  readonly #id: string;
  readonly #truth: Truth;
  readonly #addresses: readonly string[];
  readonly #held = new Map<string, { boot: number; sequence: number }>();
  /** Machines whose outage has begun in the history and is not over there. */
  readonly #out = new Set<string>();
  /** The live report of each machine that was shown last. */
  readonly #live = new Map<string, { boot: string | undefined; madeMs: number }>();
  /** Entries of the history that say that a machine was out. */
  outages = 0;
  #steps = 0;

  constructor(place: { readonly id: string; readonly addresses: readonly string[] }, truth: Truth) {
    this.#id = place.id;
    this.#addresses = place.addresses;
    this.#truth = truth;
  }

  /** A machine that lost its state starts with the past of nobody. */
  restart(options: { readonly keepState: boolean }): void {
    this.#held.clear();
    if (!options.keepState) this.#out.clear();
  }

  check(output: Output): void {
    if (output.kind === "forget" || output.kind === "rename") {
      const id = output.kind === "forget" ? output.id : output.fromId;
      this.#held.delete(id);
      this.#out.delete(id);
    }
    if (output.kind === "outage-over") this.#out.delete(output.id);
    if (output.kind === "entry" && output.entry.state !== "up") {
      this.#out.add(output.id);
      this.outages++;
    }
    if (output.kind === "remember") this.#checkMachine(output.machine);
  }

  #checkMachine({ id, state, boot, sequence, protocol }: KnownMachine): void {
    if (id === this.#id) return;
    if (this.#addresses.includes(id)) this.#breach("takes itself for another machine");
    const isOver = state === "up" || state === "new" || state === "silent";
    if (isOver && this.#out.has(id)) this.#breach(`holds ${id} for ${state} and for out`);
    const boots = this.#truth.boots.get(id);
    if (boots === undefined) this.#breach(`remembers ${id}, which is no machine`);
    if (protocol !== 2 || boot === undefined) return;
    const place = boots.indexOf(boot);
    if (place < 0) this.#breach(`remembers ${id} with boot ${boot}`);
    const held = this.#held.get(id);
    const now = { boot: place, sequence: sequence ?? 0 };
    if (held !== undefined && now.boot < held.boot) {
      this.#breach(`went back from boot ${held.boot} to ${now.boot} of ${id}`);
    }
    if (held?.boot === now.boot && now.sequence < held.sequence) {
      this.#breach(`went back from report ${held.sequence} to ${now.sequence} of ${id}`);
    }
    this.#held.set(id, now);
  }

  checkNowAndThen(core: Cluster, now: Moment): void {
    if (this.#steps++ % FULL_CHECK_EVERY !== 0) return;
    const machines = core.machines(now);
    if (machines.length > MAX_PEERS + 1) this.#breach(`${machines.length} machines`);
    if (core.candidateCount() > MAX_PEERS) this.#breach(`${core.candidateCount()} candidates`);
    for (const machine of machines) {
      this.#checkLive(machine);
      const isOurs = machine.id === this.#id || machine.id.startsWith(`${this.#id}~`);
      if (isOurs !== machine.isSelf) this.#breach(`took ${machine.id} for another machine`);
      if (!this.#truth.boots.has(machine.id)) this.#breach(`shows ${machine.id}`);
    }
  }

  #checkLive({ id, boot, isLive, report }: Machine): void {
    if (isLive !== true) return;
    const madeMs = report?.load?.five ?? 0;
    const before = this.#live.get(id);
    if (before?.boot === boot && madeMs < (before?.madeMs ?? 0)) {
      this.#breach(`went back from a live report of ${before?.madeMs} to ${madeMs} of ${id}`);
    }
    this.#live.set(id, { boot, madeMs });
  }

  #breach(what: string): never {
    throw new Error(`machine ${this.#id} ${what}`);
  }
}
