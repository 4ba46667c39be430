/** Since when each pair of machines has got every packet of the other, both awake and at home. */
import type { Subject } from "../invariants/invariant.ts";
import type { Reached, Ways } from "../invariants/reachable.ts";
import type { Host, Network } from "./network.ts";

export class OpenWays implements Ways {
  readonly others: readonly (Reached & Host)[];
  readonly agreeMs: number;
  readonly #network: Network;
  readonly #places = new Map<unknown, number>();
  /** World time of the last packet that did not arrive, either way. */
  readonly #troubleMs: Float64Array;

  constructor(
    network: Network,
    machines: readonly (Reached & Host)[],
    options: { readonly agreeMs: number },
  ) {
    this.#network = network;
    this.others = machines;
    this.agreeMs = options.agreeMs;
    for (const [place, machine] of machines.entries()) this.#places.set(machine, place);
    this.#troubleMs = new Float64Array(machines.length ** 2);
    network.onTrouble = (from, to) => this.#note(from, to);
  }

  get nowMs(): number {
    return this.#network.nowMs;
  }

  openSinceMs(from: Subject, to: Subject): number {
    const [a, b] = [this.#places.get(from), this.#places.get(to)];
    if (a === undefined || b === undefined) return this.nowMs;
    const trouble = this.#troubleMs[this.#pair(a, b)] ?? 0;
    return Math.max(trouble, from.troubledMs, to.troubledMs);
  }

  #note(from: string, to: string): void {
    const a = this.#places.get(this.#network.hostAt(from));
    const b = this.#places.get(this.#network.hostAt(to));
    if (a !== undefined && b !== undefined) this.#troubleMs[this.#pair(a, b)] = this.nowMs;
  }

  #pair(a: number, b: number): number {
    const [low, high] = a < b ? [a, b] : [b, a];
    return low * this.others.length + high;
  }
}
