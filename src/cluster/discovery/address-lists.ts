/**
 * The lists of the machines that answer: sent in reply to an initial query, and to the network every three
 * intervals. Candidates are never in them.
 */
import { isIpv6, isLoopback } from "../../net/address.ts";
import { encodeAddressLists } from "../../protocol/v1/messages.ts";
import { BROADCAST_INTERVALS, LIST_SAMPLE } from "../limits.ts";
import { isQuiet, type Peer } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import type { AddressScan } from "./address-scan.ts";

/** Which addresses a list contains. */
interface ListForm {
  /** The program of 2005 takes every word for an IPv4 address. */
  readonly ipv6: boolean;
  /** Our loopback addresses mean nothing on another machine. */
  readonly loopback: boolean;
}

export class AddressLists {
  readonly #parts: Polling & { readonly scan: AddressScan };
  /** The encoded list in each form that was asked for, of the table's revision `#packetsRevision`. */
  readonly #packets = new Map<string, readonly Uint8Array[]>();
  #packetsRevision = -1;
  /** The peers that the current broadcast has yet to reach; `sent` packets have gone to the last of them. */
  #pending: { address: string; packets: readonly Uint8Array[]; sent: number }[] = [];
  #nextBroadcastMs = 0;

  constructor(parts: Polling & { readonly scan: AddressScan }) {
    this.#parts = parts;
    this.restartTimer();
  }

  /** Machines that the present broadcast has still to reach, and forms in which the list is kept. */
  sizes() {
    return { listReaders: this.#pending.length, listForms: this.#packets.size };
  }

  /**
   * The start, or another interval: the next broadcast is planned anew, at a random time, so that machines
   * that started or changed together do not broadcast together.
   */
  restartTimer(): void {
    const periodMs = this.#parts.context.intervalMs * BROADCAST_INTERVALS;
    this.#nextBroadcastMs =
      this.#parts.context.clock.deadlineMs + periodMs * this.#parts.context.random();
  }

  /**
   * The list for a recipient at this address. An initial query does not show which protocol its sender
   * speaks, unless it comes over IPv6, which the program of 2005 does not know.
   */
  packetsFor(address: string): readonly Uint8Array[] {
    const speaksV2 = this.#parts.table.contactOf(address)?.peer?.protocol === 2;
    return this.#encoded({
      ipv6: speaksV2 || this.#parts.context.isSealed || isIpv6(address),
      loopback: isLoopback(address),
    });
  }

  run(): void {
    const nowMs = this.#parts.context.clock.deadlineMs;
    if (nowMs >= this.#nextBroadcastMs) this.#beginBroadcast(nowMs);
    for (;;) {
      const target = this.#pending[this.#pending.length - 1];
      if (target === undefined || !this.#parts.budget.lists.take(nowMs)) return;
      const packet = target.packets[target.sent++];
      if (packet === undefined) this.#pending.pop();
      else this.#parts.context.sendToPeer(target.address, packet);
    }
  }

  nextMs(): number {
    if (this.#pending.length === 0) return this.#nextBroadcastMs;
    return this.#parts.budget.lists.readyMs(this.#parts.context.clock.deadlineMs);
  }

  #beginBroadcast(nowMs: number): void {
    const periodMs = this.#parts.context.intervalMs * BROADCAST_INTERVALS;
    this.#nextBroadcastMs = nowMs + periodMs * (0.9 + this.#parts.context.random() / 5);
    this.#parts.scan.askRandom();
    // In a huge network the broadcast before may still be under way; it is finished first.
    if (this.#pending.length > 0) return;
    this.#pending = this.#recipients().map(({ address }) => {
      return { address, packets: this.packetsFor(address), sent: 0 };
    });
  }

  /** All protocol-1 machines that answer, and at most 50 random ones of protocol 2. */
  #recipients(): Peer[] {
    const v1: Peer[] = [];
    const v2: Peer[] = [];
    for (const peer of this.#parts.table.all()) {
      if (!isQuiet(peer)) (peer.protocol === 1 ? v1 : v2).push(peer);
    }
    const count = Math.min(LIST_SAMPLE, v2.length);
    for (let i = 0; i < count; i++) {
      const j = i + Math.floor(this.#parts.context.random() * (v2.length - i));
      const [a, b] = [v2[i], v2[j]];
      if (a !== undefined && b !== undefined) [v2[i], v2[j]] = [b, a];
    }
    return [...v1, ...v2.slice(0, count)];
  }

  #encoded(form: ListForm): readonly Uint8Array[] {
    if (this.#packetsRevision !== this.#parts.table.revision) {
      this.#packets.clear();
      this.#packetsRevision = this.#parts.table.revision;
    }
    const formName = `${form.ipv6} ${form.loopback}`;
    const known = this.#packets.get(formName);
    if (known !== undefined) return known;
    const packets = encodeAddressLists(this.#parts.context.signature, this.#addresses(form));
    this.#packets.set(formName, packets);
    return packets;
  }

  /** Our own address and one of each machine that answers, as far as the form allows. */
  #addresses(form: ListForm): string[] {
    const isFit = (address: string) =>
      (form.ipv6 || !isIpv6(address)) && (form.loopback || !isLoopback(address));
    const addresses: string[] = [];
    const own = this.#parts.context.self.address;
    if (own !== undefined && isFit(own)) addresses.push(own);
    for (const peer of this.#parts.table.all()) {
      if (isQuiet(peer)) continue;
      const contact = peer.contacts.find(({ address }) => isFit(address));
      if (contact !== undefined) addresses.push(contact.address);
    }
    return addresses;
  }
}
