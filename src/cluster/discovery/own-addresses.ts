/**
 * This machine's own addresses: those that the shell lists, and those at which it has met itself, since an
 * answer with our own incarnation came from there. None of them is asked or taken for another machine. An
 * address of the second kind counts for two minutes, as it may be given to another machine. In a sealed
 * network no machine meets itself: packets that come back are dropped, or anybody who returns our packets
 * to us could make us take another machine for ourselves.
 */

import { putNewest } from "../../base/put-newest.ts";
import { isLoopback, isUsablePeerAddress } from "../../net/address.ts";
import type { CoreContext } from "../core-context.ts";
import { MAX_OWN_ADDRESSES, OWN_ADDRESS_MS } from "../limits.ts";
import type { ClusterRanges } from "../options.ts";

export class OwnAddresses {
  readonly #context: CoreContext;
  /** Until when each address at which we met ourselves is taken for ours (clock of deadlines). */
  readonly #untilMs = new Map<string, number>();
  /** The address under which each of the others told us last that it sees us (`you`), by its own. */
  readonly #told = new Map<string, string>();
  #seenAs: string | undefined;
  /** What the shell listed before we moved; it does not count any more. */
  #staleRanges: ClusterRanges | undefined;

  constructor(context: CoreContext) {
    this.#context = context;
  }

  /** The larger of the two tables counts. */
  sizes() {
    return { ownAddresses: Math.max(this.#untilMs.size, this.#told.size) };
  }

  /** The address under which others say that they see us; only for display. */
  get seenAs(): string | undefined {
    return this.#seenAs;
  }

  /**
   * The machine at `teller` says that it sees us under this address. As anybody may say anything, that
   * counts only if the shell lists the address; or, since a NAT may lie in between, if two machines say the
   * same and no listed address is known.
   */
  noteSeenAs(address: string, teller: string): void {
    if (!isUsablePeerAddress(address) || (isLoopback(address) && !isLoopback(teller))) return;
    if (this.isListed(address)) {
      this.#seenAs = address;
      return;
    }
    putNewest(this.#told, teller, address, MAX_OWN_ADDRESSES);
    const isBetterKnown = this.#seenAs !== undefined && this.isListed(this.#seenAs);
    const tellers = [...this.#told.values()].filter((told) => told === address).length;
    if (!isBetterKnown && tellers >= 2) this.#seenAs = address;
  }

  learn(address: string): void {
    const untilMs = this.#context.clock.deadlineMs + OWN_ADDRESS_MS;
    putNewest(this.#untilMs, address, untilMs, MAX_OWN_ADDRESSES);
  }

  /** Another machine speaks from there, which may have it by now. If not, we will meet ourselves again. */
  unlearn(address: string): void {
    this.#untilMs.delete(address);
  }

  /** The shell has read its interfaces: an address that others told us may be listed now. */
  noteRefreshed(): void {
    if (this.#seenAs !== undefined && this.isListed(this.#seenAs)) return;
    this.#seenAs = [...this.#told.values()].find((told) => this.isListed(told)) ?? this.#seenAs;
  }

  /** We have moved to the address of another machine: any may be at our old ones by now. */
  noteMoved(): void {
    this.#untilMs.clear();
    this.#staleRanges = this.#context.ranges;
  }

  has(address: string): boolean {
    if (address === this.#context.self.address || this.isListed(address)) return true;
    const untilMs = this.#untilMs.get(address);
    return untilMs !== undefined && untilMs > this.#context.clock.deadlineMs;
  }

  all(): string[] {
    return [...this.#untilMs.keys()].filter((address) => this.has(address));
  }

  /** Whether the shell sees the address at an interface of this machine. */
  isListed(address: string): boolean {
    const { ranges } = this.#context;
    return ranges !== this.#staleRanges && ranges.isOwn?.(address) === true;
  }
}
