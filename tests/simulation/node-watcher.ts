/** What must hold at every step of every machine; a breach throws with the machine's id. */
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
  readonly #held = new Map<string, { boot: number; sequence: number }>();
  #steps = 0;

  constructor(id: string, truth: Truth) {
    this.#id = id;
    this.#truth = truth;
  }

  /** A machine that lost its state starts with the past of nobody. */
  restart(): void {
    this.#held.clear();
  }

  check(output: Output): void {
    if (output.kind === "forget" || output.kind === "rename") {
      this.#held.delete(output.kind === "forget" ? output.id : output.fromId);
    }
    if (output.kind !== "remember" || output.machine.id === this.#id) return;
    const { id, boot, sequence, protocol } = output.machine;
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
      const isOurs = machine.id === this.#id || machine.id.startsWith(`${this.#id}~`);
      if (isOurs !== machine.isSelf) this.#breach(`took ${machine.id} for another machine`);
      if (!this.#truth.boots.has(machine.id)) this.#breach(`shows ${machine.id}`);
    }
  }

  #breach(what: string): never {
    throw new Error(`machine ${this.#id} ${what}`);
  }
}
