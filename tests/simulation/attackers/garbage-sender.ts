/**
 * An attacker that sends garbage from any address, those of living machines included: random bytes
 * and messages that are almost valid. The product may drop or read them, but none may do harm.
 */

import { SIGNATURE } from "../world/packet-kind.ts";
import { pick } from "../world/random.ts";
import {
  type Attacker,
  type AttackerContext,
  inventedAddress,
  outsideAddress,
} from "./attacker.ts";

const PACKETS = 8;
const LONGEST = 2000;

const HEADS = [
  ...["?", "!", ">", "<", "#", ">{", '<{"answer":', '<{"bye":', '<{"hint":', '<{"forget":'],
  ...['>{"question":', "<\n\n\n", ""],
];
const PIECES = [
  ...["1e999", "-1", "9007199254740992", "null", "true", "[]", "{}", '""', '"\\u0000"', "NaN"],
  ...['"id":', '"boot":', '"sequence":', '"report":{', "}", "]", ",", ":", "10.0.0.1 ", "\n", "\t"],
  ...['"__proto__":', '"constructor":', "\ud83d\ude00", "[[[[[[[[", '"name":"\\u202e"'],
];

export class GarbageSender implements Attacker {
  readonly kind = "garbage";
  readonly #context: AttackerContext;

  constructor(context: AttackerContext) {
    this.#context = context;
  }

  act(): void {
    const { random, nodes, network } = this.#context;
    for (let i = 0; i < PACKETS; i++) {
      const to = pick(random, nodes);
      if (to !== undefined) network.inject(this.#source(), to.address, this.#packet());
    }
  }

  #source(): string {
    const { random, nodes } = this.#context;
    const kind = random();
    if (kind < 0.3) return outsideAddress(random);
    return kind < 0.7 ? inventedAddress(random) : (pick(random, nodes)?.address ?? "");
  }

  #packet(): Uint8Array {
    const { random } = this.#context;
    const kind = random();
    if (kind < 0.2) return this.#noise(Math.floor(random() * LONGEST));
    const head = `${SIGNATURE}${pick(random, HEADS)}`;
    if (kind < 0.4) return Buffer.concat([Buffer.from(head), this.#noise(random() * 100)]);
    let text = head;
    for (let i = Math.floor(random() * 40); i > 0; i--) text += pick(random, PIECES);
    return Buffer.from(text);
  }

  #noise(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => Math.floor(this.#context.random() * 256)));
  }
}
