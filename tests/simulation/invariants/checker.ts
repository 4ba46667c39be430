/** All invariants of one machine: they see the same things, in the order in which they happen. */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";
import type { Truth } from "../world/ground-truth.ts";
import type { PlainTexts } from "../world/sealing.ts";
import { Lists } from "./address-lists.ts";
import { Caps } from "./caps.ts";
import { Evidence } from "./evidence.ts";
import type { Invariant, Received, Sent, Subject } from "./invariant.ts";
import { Keyless } from "./keyless-packets.ts";
import { Truthful } from "./no-forgery.ts";
import { QuietRates } from "./quiet-rates.ts";
import { Rates } from "./rates.ts";
import { Held } from "./remembered.ts";
import { Order } from "./report-order.ts";
import { Self } from "./self.ts";

export interface InspectedWorld {
  readonly nowMs: number;
  readonly truth: Truth;
  /** What is in each sealed packet that somebody with the key has made; none in a plain world. */
  readonly plain: PlainTexts | undefined;
}

export class Inspector {
  readonly #invariants: Invariant[];
  readonly #truthful: Truthful;
  readonly #held = new Held();

  constructor(subject: Subject & { readonly isWatching: boolean }, world: InspectedWorld) {
    const { truth, plain } = world;
    const held = this.#held;
    const lists = new Lists(subject);
    this.#truthful = new Truthful(subject, truth);
    this.#invariants = [
      lists,
      this.#truthful,
      new Order(subject, { truth, held }),
      new Self(subject, truth),
      new Evidence(subject, { truth, world, held }),
      new Rates(subject, lists),
      new QuietRates(subject, world),
      new Caps(subject),
      ...(plain === undefined ? [] : [new Keyless(subject, (packet) => plain.has(packet))]),
    ];
  }

  /** Entries of the history that say that a machine was out. */
  get outages(): number {
    return this.#truthful.outages;
  }

  add(invariant: Invariant): void {
    this.#invariants.push(invariant);
  }

  start(known: readonly KnownMachine[]): void {
    this.#held.start(known);
    for (const invariant of this.#invariants) invariant.start?.(known);
  }

  sent(sent: Sent): void {
    for (const invariant of this.#invariants) invariant.sent?.(sent);
  }

  received(received: Received): void {
    for (const invariant of this.#invariants) invariant.received?.(received);
  }

  told(output: Output): void {
    for (const invariant of this.#invariants) invariant.told?.(output);
    this.#held.told(output);
  }

  look(machines: readonly Machine[]): void {
    for (const invariant of this.#invariants) invariant.look?.(machines);
  }
}
