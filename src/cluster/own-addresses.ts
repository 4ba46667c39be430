/**
 * The addresses that are this machine's: what the shell says, and those under which it has met
 * itself, as an answer with our own boot came from there. They are never asked again nor taken
 * for another machine; the latter for an hour each, since an address may be given to somebody
 * else. Where packets are sealed nobody meets himself: what comes back is dropped, or whoever
 * sends our packets back to us could have us take another machine for ourselves.
 */
import type { Desk } from "./desk.ts";
import { MAX_OWN_ADDRESSES, OWN_ADDRESS_MS } from "./limits.ts";

export class OwnAddresses {
  readonly #desk: Desk;
  readonly #untilMs = new Map<string, number>();
  /** As the last answer told us (`you`); for display alone. */
  seenAs: string | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  learn(address: string): void {
    this.#untilMs.delete(address);
    this.#untilMs.set(address, this.#desk.clock.deadlineMs + OWN_ADDRESS_MS);
    if (this.#untilMs.size <= MAX_OWN_ADDRESSES) return;
    for (const oldest of this.#untilMs.keys()) {
      this.#untilMs.delete(oldest);
      return;
    }
  }

  has(address: string): boolean {
    const { self, ranges } = this.#desk;
    if (address === self.address || ranges.isOwn?.(address) === true) return true;
    const untilMs = this.#untilMs.get(address);
    return untilMs !== undefined && untilMs > this.#desk.clock.deadlineMs;
  }

  all(): string[] {
    return [...this.#untilMs.keys()].filter((address) => this.has(address));
  }
}
