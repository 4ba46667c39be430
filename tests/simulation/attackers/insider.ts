/**
 * An attacker with an address in the network, and with the key where there is one. It lies in valid
 * messages: about its identity (an invented id or another machine's), about its reports (huge sequence
 * numbers, then small ones again) and about other machines (lists of unused addresses, hints, removal
 * requests).
 */

import type { Endpoint } from "../../../src/net/endpoint.ts";
import { encodeHints, encodeRemovalRequest } from "../../../src/protocol/encode.ts";
import { FORGED_NAME_PREFIX } from "../world/ground-truth.ts";
import type { Host } from "../world/network.ts";
import { bodyOf, kindOf, PORT, packetOf, SIGNATURE } from "../world/packet-kind.ts";
import { pick } from "../world/random.ts";
import { createSimulatedEnvelope } from "../world/sealing.ts";
import {
  type Attacker,
  type AttackerContext,
  inventedAddress,
  outsideAddress,
} from "./attacker.ts";

const LISTED = 550;
/** Together with its answers, this stays within the burst that a known source is allowed. */
const LISTS = 8;
const SEQUENCES = [1, 5, 1000, 2 ** 40, 2 ** 53 - 1];
const SILENCE = 0.1;

export class Insider implements Attacker, Host {
  readonly kind = "insider";
  readonly addresses: readonly [string];
  readonly #context: AttackerContext;
  #id = "";
  #incarnation = "";
  #runs = 0;
  #envelope: { seal(message: Uint8Array): Uint8Array } | undefined;

  constructor(context: AttackerContext, address: string) {
    this.#context = context;
    this.addresses = [address];
    this.#changeIdentity();
    context.network.connect(this);
  }

  act(): void {
    const { random, nodes } = this.#context;
    const kind = random();
    if (kind < 0.15) this.#changeIdentity();
    for (const node of nodes) if (random() < 0.2) this.#send(node.address, this.#unasked(kind));
    if (kind > 0.8) this.#poison();
  }

  deliver(from: Endpoint, packet: Uint8Array): void {
    if (this.#context.random() < SILENCE) return;
    const message = this.#open(packet);
    if (message === undefined) return;
    const kind = kindOf(message);
    if (kind === "question") {
      const number = Number(/^\{"question":(\d+)/.exec(bodyOf(message))?.[1]);
      this.#send(from.address, packetOf(`<${JSON.stringify(this.#answer(number, from.address))}`));
    } else if (kind === "ring-question") {
      this.#send(from.address, packetOf(`<${bodyOf(message)}${this.#incarnation.slice(0, 8)}`));
    } else if (kind === "query") this.#send(from.address, this.#list(20));
  }

  /**
   * Takes an invented id or that of a living machine, which any peer can ask for, always with an
   * incarnation of its own.
   */
  #changeIdentity(): void {
    const { random, nodes, truth, keys, plain } = this.#context;
    this.#runs++;
    const invented = Math.floor(random() * 2 ** 48)
      .toString(16)
      .padStart(16, "e");
    const stolen = pick(random, nodes)?.id;
    this.#id = random() < 0.5 || stolen === undefined ? invented : stolen;
    this.#incarnation = Math.floor(random() * 2 ** 48)
      .toString(16)
      .padStart(16, "f");
    truth.invent(this.#incarnation);
    const options = { id: this.#id, incarnation: this.#incarnation, keys, random, plain };
    this.#envelope = keys.length === 0 ? undefined : createSimulatedEnvelope(options);
  }

  #answer(number: number, you: string) {
    const { random } = this.#context;
    const sequence = pick(random, SEQUENCES);
    const name = `${FORGED_NAME_PREFIX}${this.#runs}`;
    return {
      ...{ answer: number, id: this.#id, boot: this.#incarnation, sequence, interval: 60 },
      ...{ age: random() * 50, clock: Math.floor(random() * 2e12), name, ring: true },
      you: random() < 0.5 ? you : inventedAddress(random),
      report: { name, load: { one: sequence } },
    };
  }

  #unasked(kind: number): Uint8Array {
    const { random, nodes } = this.#context;
    const victim = pick(random, nodes);
    if (kind < 0.4 || victim === undefined) return packetOf("?");
    if (kind < 0.6) {
      const others = nodes.filter(() => random() < 0.3).map(({ address }) => address);
      return encodeHints(SIGNATURE, others)[0] ?? packetOf("?");
    }
    if (kind < 0.8)
      return encodeRemovalRequest(SIGNATURE, { id: victim.id, incarnation: victim.incarnation });
    return packetOf(`>{"question":${Math.floor(random() * 1e9)},"id":"${this.#id}"}`);
  }

  #poison(): void {
    const to = pick(this.#context.random, this.#context.nodes);
    for (let i = 0; i < LISTS && to !== undefined; i++) this.#send(to.address, this.#list(LISTED));
  }

  #list(count: number): Uint8Array {
    const { random } = this.#context;
    const word = () => (random() < 0.1 ? outsideAddress(random) : inventedAddress(random));
    return packetOf(`!${Array.from({ length: count }, word).join(" ")}`);
  }

  #open(packet: Uint8Array): Uint8Array | undefined {
    return this.#context.plain === undefined ? packet : this.#context.plain.get(packet);
  }

  #send(to: string, message: Uint8Array): void {
    const packet = this.#envelope?.seal(message) ?? message;
    const endpoint = { address: to, port: PORT };
    this.#context.network.send(this.addresses[0], endpoint, packet);
  }
}
