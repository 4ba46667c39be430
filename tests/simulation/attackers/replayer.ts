/**
 * Hears every packet and can send any, under any address: sends old ones again, to those they were
 * for and to others, and in a sealed world, whose key he has not, also back to their senders and with
 * bits changed. (In a plain one he sees the numbers of questions: he could forge any answer, and a
 * question that comes back makes its sender believe that it is at that address itself. Nothing is
 * promised there but that what he only repeats in its sender's name does no harm.)
 */

import type { Network } from "../world/network.ts";
import { between, type Chance, pick } from "../world/random.ts";
import type { Attacker } from "./attacker.ts";

interface Heard {
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** Packets that he keeps; others take the places of random ones, so that some are very old. */
const MEMORY = 2000;
const PACKETS = 10;

export class Eavesdropper implements Attacker {
  readonly kind = "replay";
  readonly #network: Network;
  readonly #chance: Chance;
  readonly #addresses: readonly string[];
  readonly #isSealed: boolean;
  readonly #heard: Heard[] = [];
  sent = 0;

  constructor(options: {
    readonly network: Network;
    readonly chance: Chance;
    readonly addresses: readonly string[];
    readonly isSealed: boolean;
  }) {
    this.#network = options.network;
    this.#chance = options.chance;
    this.#addresses = options.addresses;
    this.#isSealed = options.isSealed;
    options.network.tap = (from, to, bytes) => this.#hear({ from, to: to.address, bytes });
  }

  act(): void {
    for (let i = 0; i < PACKETS; i++) this.#send();
  }

  /** Sends so many packets within this time. */
  disturb(options: { readonly packets: number; readonly withinMs: number }): void {
    for (let i = 0; i < options.packets; i++) {
      const atMs = this.#network.nowMs + between(this.#chance, 0, options.withinMs);
      this.#network.at(atMs, () => this.#send());
    }
  }

  #hear(heard: Heard): void {
    const place = this.#heard.length < MEMORY ? this.#heard.length : this.#chance() * MEMORY;
    this.#heard[Math.floor(place)] = heard;
  }

  #send(): void {
    const heard = pick(this.#chance, this.#heard);
    if (heard === undefined) return;
    this.sent++;
    const { from, to, bytes } = heard;
    const anywhere = () => pick(this.#chance, this.#addresses) ?? to;
    const kind = this.#chance();
    if (kind < 0.3) this.#network.inject(from, to, bytes);
    else if (kind < 0.5 || !this.#isSealed) this.#network.inject(from, anywhere(), bytes);
    else if (kind < 0.6) this.#network.inject(anywhere(), anywhere(), bytes);
    else if (kind < 0.8) this.#network.inject(to, from, bytes);
    else this.#network.inject(from, to, this.#changed(bytes));
  }

  #changed(bytes: Uint8Array): Uint8Array {
    const changed = Buffer.from(bytes);
    const bit = Math.floor(this.#chance() * bytes.length * 8);
    changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
    return changed;
  }
}
