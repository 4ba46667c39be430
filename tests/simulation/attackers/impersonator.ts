/**
 * An attacker that hears nothing and sends in the name of living machines, whose addresses, ids and
 * incarnations any peer can ask for: hints, goodbyes, removal requests, lists, answers whose numbers
 * it guesses, and protocol-1 reports, which have no numbers. It stays below the rate that a known
 * machine may send (50 packets a second): in a plain network, more than that in the name of a machine
 * hides it for as long as the flood lasts.
 */
import { encodeGoodbye, encodeHints, encodeRemovalRequest } from "../../../src/protocol/encode.ts";
import { encodeRingAnswer } from "../../../src/protocol/ring.ts";
import type { SimulatedNode } from "../world/node.ts";
import { packetOf, SIGNATURE } from "../world/packet-kind.ts";
import { pick } from "../world/random.ts";
import {
  type Attacker,
  type AttackerContext,
  inventedAddress,
  outsideAddress,
} from "./attacker.ts";

const PACKETS = 6;
const HUGE = 2 ** 52;

export class Impersonator implements Attacker {
  readonly kind = "impersonation";
  readonly #context: AttackerContext;

  constructor(context: AttackerContext) {
    this.#context = context;
  }

  act(): void {
    const { random, nodes, network } = this.#context;
    const [victim, claimed] = [pick(random, nodes), pick(random, nodes)];
    if (victim === undefined || claimed === undefined) return;
    for (let i = 0; i < PACKETS; i++) {
      const to = pick(random, nodes);
      if (to !== undefined)
        network.inject(claimed.address, to.address, this.#packet(victim, claimed));
    }
  }

  #packet(victim: SimulatedNode, claimed: SimulatedNode): Uint8Array {
    const { random } = this.#context;
    const kind = Math.floor(random() * 8);
    const { id, incarnation } = victim;
    const number = Math.floor(random() * 2 ** 48);
    if (kind === 0) return encodeHints(SIGNATURE, this.#others())[0] ?? packetOf("<");
    if (kind === 1) return encodeGoodbye(SIGNATURE, claimed);
    if (kind === 2) return encodeRemovalRequest(SIGNATURE, { id, incarnation });
    if (kind === 3) return packetOf(`!${inventedAddress(random)} ${outsideAddress(random)}`);
    if (kind === 4)
      return encodeRingAnswer(SIGNATURE, { number, incarnation: claimed.incarnation });
    if (kind === 5) return packetOf(`>{"question":${number},"id":"${id}"}`);
    if (kind === 6) {
      const head = `{"answer":${number},"id":"${claimed.id}","boot":"${claimed.incarnation}"`;
      const rest = `"sequence":${HUGE},"interval":60,"age":0,"clock":1,"name":"forged"`;
      return packetOf(`<${head},${rest},"report":{"name":"forged"}}`);
    }
    return packetOf("<lie-1 1700000000 60 5 015 020 030 42 3 55 20 9 4 87 0 0 1 30 2 5\n\n\n");
  }

  #others(): string[] {
    const { random, nodes } = this.#context;
    return nodes.filter(() => random() < 0.3).map(({ address }) => address);
  }
}
