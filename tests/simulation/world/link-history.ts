/**
 * Records for each pair of machines since when every packet between them has arrived in time, with
 * both awake and under the same addresses.
 */
import type { Subject } from "../invariants/invariant.ts";
import type { Links, OtherMachine } from "../invariants/reachable.ts";
import type { Host, Network } from "./network.ts";

export class LinkHistory implements Links {
  readonly others: readonly (OtherMachine & Host)[];
  readonly convergeMs: number;
  readonly #network: Network;
  readonly #places = new Map<unknown, number>();
  /** By pair, the world time of the last packet that did not arrive in time, in either direction. */
  readonly #faultMs: Float64Array;

  constructor(
    network: Network,
    machines: readonly (OtherMachine & Host)[],
    options: { readonly convergeMs: number },
  ) {
    this.#network = network;
    this.others = machines;
    this.convergeMs = options.convergeMs;
    for (const [place, machine] of machines.entries()) this.#places.set(machine, place);
    this.#faultMs = new Float64Array(machines.length ** 2);
    network.onLinkFault = (from, to) => this.#note(from, to);
  }

  get nowMs(): number {
    return this.#network.nowMs;
  }

  healthySinceMs(from: Subject, to: Subject): number {
    const [a, b] = [this.#places.get(from), this.#places.get(to)];
    if (a === undefined || b === undefined) return this.nowMs;
    const faultMs = this.#faultMs[this.#pair(a, b)] ?? 0;
    return Math.max(faultMs, from.disturbedMs, to.disturbedMs);
  }

  #note(from: string, to: string): void {
    const a = this.#places.get(this.#network.hostAt(from));
    const b = this.#places.get(this.#network.hostAt(to));
    if (a !== undefined && b !== undefined) this.#faultMs[this.#pair(a, b)] = this.nowMs;
  }

  #pair(a: number, b: number): number {
    const [low, high] = a < b ? [a, b] : [b, a];
    return low * this.others.length + high;
  }
}
