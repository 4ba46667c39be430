/** What a machine last remembered of each other machine, for invariants that compare before and after. */

import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";

export class RememberedMachines {
  readonly #byId = new Map<string, KnownMachine>();
  /** By address, how many machines are remembered there. */
  readonly #countAt = new Map<string, number>();

  start(known: readonly KnownMachine[]): void {
    this.#byId.clear();
    this.#countAt.clear();
    for (const machine of known) this.#put(machine.id, machine);
  }

  /** To be called after all invariants have compared the output with what was remembered before. */
  output(output: Output): void {
    if (output.kind === "forget") this.#put(output.id, undefined);
    if (output.kind === "rename") this.#put(output.fromId, undefined);
    if (output.kind === "remember") this.#put(output.machine.id, output.machine);
  }

  get(id: string): KnownMachine | undefined {
    return this.#byId.get(id);
  }

  /** Whether a machine other than this one is remembered at this address. */
  hasOtherAt(address: string, id: string): boolean {
    const isThere = this.#byId.get(id)?.addresses.includes(address) === true;
    return (this.#countAt.get(address) ?? 0) > (isThere ? 1 : 0);
  }

  #put(id: string, machine: KnownMachine | undefined): void {
    const before = this.#byId.get(id);
    for (const address of before?.addresses ?? []) this.#count(address, -1);
    for (const address of machine?.addresses ?? []) this.#count(address, 1);
    if (machine === undefined) this.#byId.delete(id);
    else this.#byId.set(id, machine);
  }

  #count(address: string, by: number): void {
    this.#countAt.set(address, (this.#countAt.get(address) ?? 0) + by);
  }
}
