/**
 * An attacker that hears every packet and can send from any address. It replays old packets, to their
 * receivers and to others; in a sealed world, whose key it lacks, it also reflects them to their
 * senders and flips bits. (In a plain world it does not: it could forge any answer there, because it
 * sees the numbers of questions, and a reflected question makes its sender believe that it is at that
 * address itself. There the product promises only that a plain replay in the sender's name is
 * harmless.)
 */

import type { Network } from "../world/network.ts";
import { between, pick, type Random } from "../world/random.ts";
import type { Attacker } from "./attacker.ts";

interface Heard {
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** How many packets it keeps. A new one replaces a random one, so that some are very old. */
const MEMORY = 2000;
const PACKETS = 10;

export class Replayer implements Attacker {
  readonly kind = "replay";
  readonly #network: Network;
  readonly #random: Random;
  readonly #addresses: readonly string[];
  readonly #isSealed: boolean;
  readonly #heard: Heard[] = [];
  sent = 0;

  constructor(options: {
    readonly network: Network;
    readonly random: Random;
    readonly addresses: readonly string[];
    readonly isSealed: boolean;
  }) {
    this.#network = options.network;
    this.#random = options.random;
    this.#addresses = options.addresses;
    this.#isSealed = options.isSealed;
    options.network.tap = (from, to, bytes) => this.#hear({ from, to: to.address, bytes });
  }

  act(): void {
    for (let i = 0; i < PACKETS; i++) this.#send();
  }

  /** Sends this many packets at random moments within this time. */
  sendWithin(options: { readonly packets: number; readonly withinMs: number }): void {
    for (let i = 0; i < options.packets; i++) {
      const atMs = this.#network.nowMs + between(this.#random, 0, options.withinMs);
      this.#network.at(atMs, () => this.#send());
    }
  }

  #hear(heard: Heard): void {
    const place = this.#heard.length < MEMORY ? this.#heard.length : this.#random() * MEMORY;
    this.#heard[Math.floor(place)] = heard;
  }

  #send(): void {
    const heard = pick(this.#random, this.#heard);
    if (heard === undefined) return;
    this.sent++;
    const { from, to, bytes } = heard;
    const anywhere = () => pick(this.#random, this.#addresses) ?? to;
    const kind = this.#random();
    if (kind < 0.3) this.#network.inject(from, to, bytes);
    else if (kind < 0.5 || !this.#isSealed) this.#network.inject(from, anywhere(), bytes);
    else if (kind < 0.6) this.#network.inject(anywhere(), anywhere(), bytes);
    else if (kind < 0.8) this.#network.inject(to, from, bytes);
    else this.#network.inject(from, to, this.#changed(bytes));
  }

  #changed(bytes: Uint8Array): Uint8Array {
    const changed = Buffer.from(bytes);
    const bit = Math.floor(this.#random() * bytes.length * 8);
    changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
    return changed;
  }
}
