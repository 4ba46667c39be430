/** What a machine remembers last of each other, as those invariants want it that compare. */

import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";

export class Held {
  readonly #byKey = new Map<string, KnownMachine>();
  /** By address, how many are remembered there. */
  readonly #countAt = new Map<string, number>();

  start(known: readonly KnownMachine[]): void {
    this.#byKey.clear();
    this.#countAt.clear();
    for (const machine of known) this.#put(machine.id, machine);
  }

  /** To be called when all have seen what is different from before. */
  told(output: Output): void {
    if (output.kind === "forget") this.#put(output.id, undefined);
    if (output.kind === "rename") this.#put(output.fromId, undefined);
    if (output.kind === "remember") this.#put(output.machine.id, output.machine);
  }

  get(key: string): KnownMachine | undefined {
    return this.#byKey.get(key);
  }

  /** Whether somebody else than this one is remembered there. */
  hasOtherAt(address: string, key: string): boolean {
    const isThere = this.#byKey.get(key)?.addresses.includes(address) === true;
    return (this.#countAt.get(address) ?? 0) > (isThere ? 1 : 0);
  }

  #put(key: string, machine: KnownMachine | undefined): void {
    const before = this.#byKey.get(key);
    for (const address of before?.addresses ?? []) this.#count(address, -1);
    for (const address of machine?.addresses ?? []) this.#count(address, 1);
    if (machine === undefined) this.#byKey.delete(key);
    else this.#byKey.set(key, machine);
  }

  #count(address: string, by: number): void {
    this.#countAt.set(address, (this.#countAt.get(address) ?? 0) + by);
  }
}
