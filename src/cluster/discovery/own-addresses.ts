/**
 * The addresses that are this machine's: what the shell says, and those under which it has met
 * itself, as an answer with our own incarnation came from there. They are never asked again nor taken
 * for another machine; the latter for two minutes each, since an address may be given to somebody
 * else. Where packets are sealed nobody meets himself: what comes back is dropped, or whoever
 * sends our packets back to us could have us take another machine for ourselves.
 */
import { isLoopback, isUsablePeerAddress } from "../../net/address.ts";
import type { CoreContext } from "../core-context.ts";
import { MAX_OWN_ADDRESSES, OWN_ADDRESS_MS } from "../limits.ts";
import type { ClusterRanges } from "../options.ts";

export class OwnAddresses {
  readonly #context: CoreContext;
  readonly #untilMs = new Map<string, number>();
  /** What each of the others told us last (`you`), by its address. */
  readonly #told = new Map<string, string>();
  #seenAs: string | undefined;
  /** What the shell said before we moved, and has not looked at since. */
  #oldRanges: ClusterRanges | undefined;

  constructor(context: CoreContext) {
    this.#context = context;
  }

  /** The larger of the two tables counts. */
  sizes() {
    return { ownAddresses: Math.max(this.#untilMs.size, this.#told.size) };
  }

  /** As others say that they see us; for display alone. */
  get seenAs(): string | undefined {
    return this.#seenAs;
  }

  /**
   * The machine at `teller` says that it sees us under this address. Anybody may say anything:
   * it counts if the shell knows the address for ours, or, as there may be a translator of
   * addresses between us, if two of them say the same, unless one of the former is known.
   */
  noteSeenAs(address: string, teller: string): void {
    if (!isUsablePeerAddress(address) || (isLoopback(address) && !isLoopback(teller))) return;
    if (this.isListed(address)) {
      this.#seenAs = address;
      return;
    }
    putNewest(this.#told, teller, address);
    const isBetterKnown = this.#seenAs !== undefined && this.isListed(this.#seenAs);
    const tellers = [...this.#told.values()].filter((told) => told === address).length;
    if (!isBetterKnown && tellers >= 2) this.#seenAs = address;
  }

  learn(address: string): void {
    putNewest(this.#untilMs, address, this.#context.clock.deadlineMs + OWN_ADDRESS_MS);
  }

  /** Somebody else speaks from there: it may be his by now. If not, we meet ourselves again. */
  unlearn(address: string): void {
    this.#untilMs.delete(address);
  }

  /** The shell has looked anew: what others told us meanwhile may be seen here now. */
  noteRefreshed(): void {
    if (this.#seenAs !== undefined && this.isListed(this.#seenAs)) return;
    this.#seenAs = [...this.#told.values()].find((told) => this.isListed(told)) ?? this.#seenAs;
  }

  /** We are where another machine was: where we were before may be anybody by now. */
  noteMoved(): void {
    this.#untilMs.clear();
    this.#oldRanges = this.#context.ranges;
  }

  has(address: string): boolean {
    if (address === this.#context.self.address || this.isListed(address)) return true;
    const untilMs = this.#untilMs.get(address);
    return untilMs !== undefined && untilMs > this.#context.clock.deadlineMs;
  }

  all(): string[] {
    return [...this.#untilMs.keys()].filter((address) => this.has(address));
  }

  /** The shell sees it at an interface of this machine. */
  isListed(address: string): boolean {
    const { ranges } = this.#context;
    return ranges !== this.#oldRanges && ranges.isOwn?.(address) === true;
  }
}

/** The one put in longest ago makes room. */
function putNewest<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_OWN_ADDRESSES) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
