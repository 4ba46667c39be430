/**
 * The lists of machines that are held for alive: the answer to an initial query, and every three
 * intervals to the network. CandidatePool are never in them.
 */
import { isIpv6, isLoopback } from "../../net/address.ts";
import { encodeAddressLists } from "../../protocol/encode.ts";
import type { CoreContext } from "../core-context.ts";
import { BROADCAST_INTERVALS, LIST_SAMPLE } from "../limits.ts";
import type { Budget } from "../pacing/budget.ts";
import { isQuiet, type Peer } from "../peers/peer.ts";
import type { PeerTable } from "../peers/peer-table.ts";
import type { AddressScan } from "./address-scan.ts";

interface Parts {
  readonly context: CoreContext;
  readonly budget: Budget;
  readonly table: PeerTable;
  readonly scan: AddressScan;
}

interface ListForm {
  /** The 2005 program takes every word for an IPv4 address. */
  readonly ipv6: boolean;
  /** Our loopback machines are no use to others, who have their own. */
  readonly loopback: boolean;
}

export class AddressLists {
  readonly #context: CoreContext;
  readonly #budget: Budget;
  readonly #table: PeerTable;
  readonly #scan: AddressScan;
  readonly #packets = new Map<string, readonly Uint8Array[]>();
  #packetsRevision = -1;
  /** Whom the present broadcast has still to reach, and how far the first of them is. */
  #pending: { address: string; packets: readonly Uint8Array[]; sent: number }[] = [];
  #nextBroadcastMs: number;

  constructor(parts: Parts) {
    this.#context = parts.context;
    this.#budget = parts.budget;
    this.#table = parts.table;
    this.#scan = parts.scan;
    this.#nextBroadcastMs = this.#firstBroadcastMs();
  }

  sizes() {
    return { listReaders: this.#pending.length, listForms: this.#packets.size };
  }

  /** Our interval has changed. */
  restartTimer(): void {
    this.#nextBroadcastMs = this.#firstBroadcastMs();
  }

  /** Machines that started, or changed, together do not broadcast together. */
  #firstBroadcastMs(): number {
    const periodMs = this.#context.intervalMs * BROADCAST_INTERVALS;
    return this.#context.clock.deadlineMs + periodMs * this.#context.random();
  }

  /**
   * For a reader at this address. An initial query does not show which protocol the asker
   * speaks; one that comes over IPv6 does, as the 2005 program has none.
   */
  packetsFor(address: string): readonly Uint8Array[] {
    const isKnownSo = this.#table.contactOf(address)?.peer?.protocol === 2;
    const isProtocol2 = isKnownSo || this.#context.isSealed;
    return this.#encoded({
      ipv6: isProtocol2 || isIpv6(address),
      loopback: isLoopback(address),
    });
  }

  run(): void {
    const nowMs = this.#context.clock.deadlineMs;
    if (nowMs >= this.#nextBroadcastMs) this.#beginBroadcast(nowMs);
    for (;;) {
      const target = this.#pending[this.#pending.length - 1];
      if (target === undefined || !this.#budget.lists.take(nowMs)) return;
      const packet = target.packets[target.sent++];
      if (packet === undefined) this.#pending.pop();
      else this.#context.sendToPeer(target.address, packet);
    }
  }

  nextMs(): number {
    if (this.#pending.length === 0) return this.#nextBroadcastMs;
    return this.#budget.lists.readyMs(this.#context.clock.deadlineMs);
  }

  #beginBroadcast(nowMs: number): void {
    const periodMs = this.#context.intervalMs * BROADCAST_INTERVALS;
    this.#nextBroadcastMs = nowMs + periodMs * (0.9 + this.#context.random() / 5);
    this.#scan.askRandom();
    // A broadcast that is not through with a huge network by now goes on before the next.
    if (this.#pending.length > 0) return;
    this.#pending = this.#recipients().map(({ address }) => {
      return { address, packets: this.packetsFor(address), sent: 0 };
    });
  }

  /** All live protocol-1 machines, and at most 50 of the others. */
  #recipients(): Peer[] {
    const old: Peer[] = [];
    const modern: Peer[] = [];
    for (const peer of this.#table.all()) {
      if (!isQuiet(peer)) (peer.protocol === 1 ? old : modern).push(peer);
    }
    const count = Math.min(LIST_SAMPLE, modern.length);
    for (let i = 0; i < count; i++) {
      const j = i + Math.floor(this.#context.random() * (modern.length - i));
      const [a, b] = [modern[i], modern[j]];
      if (a !== undefined && b !== undefined) [modern[i], modern[j]] = [b, a];
    }
    return [...old, ...modern.slice(0, count)];
  }

  #encoded(reader: ListForm): readonly Uint8Array[] {
    if (this.#packetsRevision !== this.#table.revision) {
      this.#packets.clear();
      this.#packetsRevision = this.#table.revision;
    }
    const key = `${reader.ipv6} ${reader.loopback}`;
    const known = this.#packets.get(key);
    if (known !== undefined) return known;
    const packets = encodeAddressLists(this.#context.signature, this.#addresses(reader), reader);
    this.#packets.set(key, packets);
    return packets;
  }

  #addresses(reader: ListForm): string[] {
    const isFit = (address: string) =>
      (reader.ipv6 || !isIpv6(address)) && (reader.loopback || !isLoopback(address));
    const addresses: string[] = [];
    const own = this.#context.self.address;
    if (own !== undefined && isFit(own)) addresses.push(own);
    for (const peer of this.#table.all()) {
      if (isQuiet(peer)) continue;
      const contact = peer.contacts.find(({ address }) => isFit(address));
      if (contact !== undefined) addresses.push(contact.address);
    }
    return addresses;
  }
}
