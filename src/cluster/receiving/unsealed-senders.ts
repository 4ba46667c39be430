/**
 * The machines that speak protocol 1 in the open in a sealed network, where nothing of theirs is taken:
 * programs of 2005, which cannot be sealed, or unagi without the key. Whoever misses such a machine is
 * told why it is not shown.
 */
import { putNewest } from "../../base/put-newest.ts";
import type { Endpoint } from "../../net/endpoint.ts";
import type { CoreContext } from "../core-context.ts";
import { MAX_NAMED_SENDERS, UNSEALED_SENDER_MS } from "../limits.ts";

export class UnsealedSenders {
  readonly #context: CoreContext;
  /** When each address was last heard, the least recently heard first. */
  readonly #heardMs = new Map<string, number>();

  constructor(context: CoreContext) {
    this.#context = context;
  }

  /**
   * Notes the sender of an unsealed packet that has our signature. Only a bare sign counts, as every
   * program of 2005 sends it; any user of a machine can send from other ports than the peers'.
   */
  note({ address, port }: Endpoint, packet: Uint8Array): void {
    const { signature, clock } = this.#context;
    const isBare = packet.length === Buffer.byteLength(signature) + 1;
    if (!isBare || port !== this.#context.port) return;
    putNewest(this.#heardMs, address, clock.ageMs, MAX_NAMED_SENDERS);
  }

  /** The machine at this address has the key by now. */
  forget(address: string): void {
    this.#heardMs.delete(address);
  }

  addresses(): readonly string[] {
    const { clock, intervalMs } = this.#context;
    const sinceMs = clock.ageMs - Math.max(3 * intervalMs, UNSEALED_SENDER_MS);
    return [...this.#heardMs].filter(([, ms]) => ms >= sinceMs).map(([address]) => address);
  }

  sizes() {
    return { unsealedSenders: this.#heardMs.size };
  }
}
