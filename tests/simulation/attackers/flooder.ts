/**
 * Sends one machine thousands of packets within a second: questions from some invented addresses, of
 * which each pays its own way, or one packet each from thousands of them.
 */

import { SIGNATURE } from "../world/packet-kind.ts";
import { pick } from "../world/random.ts";
import { type Attacker, type Ground, inventedAddress } from "./attacker.ts";

const PACKETS = 4800;
/** Each may ask 20 times at once and 5 times a second: more than 2,000 answers in all. */
const SOURCES = 240;
const WITHIN_MS = 900;
const STEPS = 30;

export class Flooder implements Attacker {
  readonly kind = "flood";
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  act(): void {
    const { chance, nodes, network } = this.#ground;
    const to = pick(chance, nodes);
    if (to === undefined) return;
    const isOneEach = chance() < 0.5;
    const sources = Array.from({ length: isOneEach ? PACKETS : SOURCES }, () =>
      inventedAddress(chance),
    );
    const packet = this.#packet();
    for (let step = 0; step < STEPS; step++) {
      network.at(network.nowMs + (step * WITHIN_MS) / STEPS, () => {
        for (let i = step; i < PACKETS; i += STEPS) {
          const source = sources[i % sources.length];
          if (source !== undefined) network.inject(source, to.address, packet);
        }
      });
    }
  }

  #packet(): Uint8Array {
    const texts = ['>{"question":1,"id":"flood"}', ">AAAAAAAA", "?", ">"];
    return Buffer.from(`${SIGNATURE}${pick(this.#ground.chance, texts)}`);
  }
}
