/**
 * A machine that has a place in the network, and the key where there is one, and lies in valid
 * messages: about who it is (an invented id, or another's), about its reports (huge numbers, and then
 * small ones again), about the others (lists of addresses that are nobody's, hints, wishes to forget).
 */

import type { Endpoint } from "../../../src/net/endpoint.ts";
import { encodeForget, encodeHints } from "../../../src/protocol/encode.ts";
import { LIE } from "../world/ground-truth.ts";
import type { Host } from "../world/network.ts";
import { bodyOf, kindOf, PORT, SIGNATURE } from "../world/packet-kind.ts";
import { pick } from "../world/random.ts";
import { openSeal } from "../world/sealing.ts";
import { type Attacker, type Ground, inventedAddress, outsideAddress } from "./attacker.ts";

const LISTED = 550;
/** Within the burst of a known source, with the answers that it gives besides. */
const LISTS = 8;
const SEQUENCES = [1, 5, 1000, 2 ** 40, 2 ** 53 - 1];
const SILENCE = 0.1;

export class Insider implements Attacker, Host {
  readonly kind = "insider";
  readonly addresses: readonly [string];
  readonly #ground: Ground;
  #id = "";
  #incarnation = "";
  #runs = 0;
  #seal:
    | { seal(message: Uint8Array): Uint8Array; open: ReturnType<typeof openSeal>["open"] }
    | undefined;

  constructor(ground: Ground, address: string) {
    this.#ground = ground;
    this.addresses = [address];
    this.#becomeSomebody();
    ground.network.connect(this);
  }

  act(): void {
    const { chance, nodes } = this.#ground;
    const kind = chance();
    if (kind < 0.15) this.#becomeSomebody();
    for (const node of nodes) if (chance() < 0.2) this.#send(node.address, this.#unasked(kind));
    if (kind > 0.8) this.#poison();
  }

  deliver(from: Endpoint, packet: Uint8Array): void {
    if (this.#ground.chance() < SILENCE) return;
    const message = this.#open(packet);
    if (message === undefined) return;
    const kind = kindOf(message);
    if (kind === "question") {
      const number = Number(/^\{"question":(\d+)/.exec(bodyOf(message))?.[1]);
      this.#send(from.address, text(`<${JSON.stringify(this.#answer(number, from.address))}`));
    } else if (kind === "ring-question") {
      this.#send(from.address, text(`<${bodyOf(message)}${this.#incarnation.slice(0, 8)}`));
    } else if (kind === "query") this.#send(from.address, this.#list(20));
  }

  /** Somebody new, or a machine that lives: its id is told to anybody, and its incarnation is not his. */
  #becomeSomebody(): void {
    const { chance, nodes, truth, keys, plain } = this.#ground;
    this.#runs++;
    const invented = Math.floor(chance() * 2 ** 48)
      .toString(16)
      .padStart(16, "e");
    const stolen = pick(chance, nodes)?.id;
    this.#id = chance() < 0.5 || stolen === undefined ? invented : stolen;
    this.#incarnation = Math.floor(chance() * 2 ** 48)
      .toString(16)
      .padStart(16, "f");
    truth.invent(this.#incarnation);
    const seal = { id: this.#id, incarnation: this.#incarnation, keys, chance, plain };
    this.#seal = keys.length === 0 ? undefined : openSeal(seal);
  }

  #answer(number: number, you: string) {
    const { chance } = this.#ground;
    const sequence = pick(chance, SEQUENCES);
    const name = `${LIE}${this.#runs}`;
    return {
      ...{ answer: number, id: this.#id, boot: this.#incarnation, sequence, interval: 60 },
      ...{ age: chance() * 50, clock: Math.floor(chance() * 2e12), name, ring: true },
      you: chance() < 0.5 ? you : inventedAddress(chance),
      report: { name, load: { one: sequence } },
    };
  }

  #unasked(kind: number): Uint8Array {
    const { chance, nodes } = this.#ground;
    const victim = pick(chance, nodes);
    if (kind < 0.4 || victim === undefined) return text("?");
    if (kind < 0.6) {
      const others = nodes.filter(() => chance() < 0.3).map(({ address }) => address);
      return encodeHints(SIGNATURE, others)[0] ?? text("?");
    }
    if (kind < 0.8)
      return encodeForget(SIGNATURE, { id: victim.id, incarnation: victim.incarnation });
    return text(`>{"question":${Math.floor(chance() * 1e9)},"id":"${this.#id}"}`);
  }

  #poison(): void {
    const to = pick(this.#ground.chance, this.#ground.nodes);
    for (let i = 0; i < LISTS && to !== undefined; i++) this.#send(to.address, this.#list(LISTED));
  }

  #list(count: number): Uint8Array {
    const { chance } = this.#ground;
    const word = () => (chance() < 0.1 ? outsideAddress(chance) : inventedAddress(chance));
    return text(`!${Array.from({ length: count }, word).join(" ")}`);
  }

  #open(packet: Uint8Array): Uint8Array | undefined {
    return this.#ground.plain === undefined ? packet : this.#ground.plain.get(packet);
  }

  #send(to: string, message: Uint8Array): void {
    const packet = this.#seal?.seal(message) ?? message;
    const endpoint = { address: to, port: PORT };
    this.#ground.network.send(this.addresses[0], endpoint, packet);
  }
}

function text(message: string): Uint8Array {
  return Buffer.from(`${SIGNATURE}${message}`);
}
