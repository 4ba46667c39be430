/**
 * Sends garbage from anywhere, under the addresses of living machines among others: bytes of chance,
 * and messages that are almost right. Any of it may be dropped or read, and none may do harm.
 */

import { SIGNATURE } from "../world/packet-kind.ts";
import { pick } from "../world/random.ts";
import { type Attacker, type Ground, inventedAddress, outsideAddress } from "./attacker.ts";

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

export class Vandal implements Attacker {
  readonly kind = "garbage";
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  act(): void {
    const { chance, nodes, network } = this.#ground;
    for (let i = 0; i < PACKETS; i++) {
      const to = pick(chance, nodes);
      if (to !== undefined) network.inject(this.#source(), to.address, this.#packet());
    }
  }

  #source(): string {
    const { chance, nodes } = this.#ground;
    const kind = chance();
    if (kind < 0.3) return outsideAddress(chance);
    return kind < 0.7 ? inventedAddress(chance) : (pick(chance, nodes)?.address ?? "");
  }

  #packet(): Uint8Array {
    const { chance } = this.#ground;
    const kind = chance();
    if (kind < 0.2) return this.#noise(Math.floor(chance() * LONGEST));
    const head = `${SIGNATURE}${pick(chance, HEADS)}`;
    if (kind < 0.4) return Buffer.concat([Buffer.from(head), this.#noise(chance() * 100)]);
    let text = head;
    for (let i = Math.floor(chance() * 40); i > 0; i--) text += pick(chance, PIECES);
    return Buffer.from(text);
  }

  #noise(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => Math.floor(this.#ground.chance() * 256)));
  }
}
