/**
 * An attacker that sends one machine thousands of packets within a second: many questions from each of
 * 240 invented addresses, which each have a rate limit of their own, or one packet from each of
 * thousands.
 */

import { packetOf } from "../world/packet-kind.ts";
import { pick } from "../world/random.ts";
import { type Attacker, type AttackerContext, inventedAddress } from "./attacker.ts";

const PACKETS = 4800;
/** Each may ask 20 times at once and 5 times a second, which asks for more than 2,000 answers in all. */
const SOURCES = 240;
const WITHIN_MS = 900;
const STEPS = 30;

export class Flooder implements Attacker {
  readonly kind = "flood";
  readonly #context: AttackerContext;

  constructor(context: AttackerContext) {
    this.#context = context;
  }

  act(): void {
    const { random, nodes, network } = this.#context;
    const to = pick(random, nodes);
    if (to === undefined) return;
    const isOneEach = random() < 0.5;
    const sources = Array.from({ length: isOneEach ? PACKETS : SOURCES }, () =>
      inventedAddress(random),
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
    return packetOf(pick(this.#context.random, texts) ?? "");
  }
}
