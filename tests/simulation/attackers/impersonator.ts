/**
 * Hears nothing, and speaks in the name of living machines, whose addresses, ids and incarnations anybody
 * inside can ask for: hints, goodbyes, wishes to forget, lists, answers whose numbers he guesses, and
 * reports of 2005, which have none. He stays below what a known machine may send (50 a second):
 * whoever sends more in the name of a machine hides it in a plain network for as long as he does.
 */
import { encodeForget, encodeGoodbye, encodeHints } from "../../../src/protocol/encode.ts";
import { encodeRingAnswer } from "../../../src/protocol/ring.ts";
import type { SimulatedNode } from "../world/node.ts";
import { SIGNATURE } from "../world/packet-kind.ts";
import { pick } from "../world/random.ts";
import { type Attacker, type Ground, inventedAddress, outsideAddress } from "./attacker.ts";

const PACKETS = 6;
const HUGE = 2 ** 52;

export class Rumours implements Attacker {
  readonly kind = "rumour";
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  act(): void {
    const { chance, nodes, network } = this.#ground;
    const [victim, claimed] = [pick(chance, nodes), pick(chance, nodes)];
    if (victim === undefined || claimed === undefined) return;
    for (let i = 0; i < PACKETS; i++) {
      const to = pick(chance, nodes);
      if (to !== undefined)
        network.inject(claimed.address, to.address, this.#packet(victim, claimed));
    }
  }

  #packet(victim: SimulatedNode, claimed: SimulatedNode): Uint8Array {
    const { chance } = this.#ground;
    const kind = Math.floor(chance() * 8);
    const { id, incarnation } = victim;
    const number = Math.floor(chance() * 2 ** 48);
    if (kind === 0) return encodeHints(SIGNATURE, this.#others())[0] ?? text("<");
    if (kind === 1) return encodeGoodbye(SIGNATURE, claimed);
    if (kind === 2) return encodeForget(SIGNATURE, { id, incarnation });
    if (kind === 3) return text(`!${inventedAddress(chance)} ${outsideAddress(chance)}`);
    if (kind === 4)
      return encodeRingAnswer(SIGNATURE, { number, incarnation: claimed.incarnation });
    if (kind === 5) return text(`>{"question":${number},"id":"${id}"}`);
    if (kind === 6) {
      const head = `{"answer":${number},"id":"${claimed.id}","boot":"${claimed.incarnation}"`;
      const rest = `"sequence":${HUGE},"interval":60,"age":0,"clock":1,"name":"forged"`;
      return text(`<${head},${rest},"report":{"name":"forged"}}`);
    }
    return text("<lie-1 1700000000 60 5 015 020 030 42 3 55 20 9 4 87 0 0 1 30 2 5\n\n\n");
  }

  #others(): string[] {
    const { chance, nodes } = this.#ground;
    return nodes.filter(() => chance() < 0.3).map(({ address }) => address);
  }
}

function text(message: string): Uint8Array {
  return Buffer.from(`${SIGNATURE}${message}`);
}
