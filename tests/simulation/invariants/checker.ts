/** Runs all invariants of one machine on everything that it sends, receives and outputs, in order. */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";
import type { GroundTruth } from "../world/ground-truth.ts";
import type { Plaintexts } from "../world/sealing.ts";
import { AddressLists } from "./address-lists.ts";
import { Caps } from "./caps.ts";
import { Evidence } from "./evidence.ts";
import type { Invariant, Received, Sent, Subject } from "./invariant.ts";
import { KeylessPackets } from "./keyless-packets.ts";
import { NoForgery } from "./no-forgery.ts";
import { QuietRates } from "./quiet-rates.ts";
import { Rates } from "./rates.ts";
import { RememberedMachines } from "./remembered.ts";
import { ReportOrder } from "./report-order.ts";
import { Self } from "./self.ts";

export interface CheckedWorld {
  readonly nowMs: number;
  readonly truth: GroundTruth;
  /** The contents of each packet that was made with the key; undefined in a plain world. */
  readonly plain: Plaintexts | undefined;
}

export class InvariantChecker {
  readonly #invariants: Invariant[];
  readonly #noForgery: NoForgery;
  readonly #remembered = new RememberedMachines();

  constructor(subject: Subject & { readonly isWatching: boolean }, world: CheckedWorld) {
    const { truth, plain } = world;
    const remembered = this.#remembered;
    const lists = new AddressLists(subject);
    this.#noForgery = new NoForgery(subject, truth);
    this.#invariants = [
      lists,
      this.#noForgery,
      new ReportOrder(subject, { truth, remembered }),
      new Self(subject, truth),
      new Evidence(subject, { truth, world, remembered }),
      new Rates(subject, lists),
      new QuietRates(subject, world),
      new Caps(subject),
      ...(plain === undefined ? [] : [new KeylessPackets(subject, (packet) => plain.has(packet))]),
    ];
  }

  /** How many entries in the history say that a machine was down or stopped. */
  get outages(): number {
    return this.#noForgery.outages;
  }

  add(invariant: Invariant): void {
    this.#invariants.push(invariant);
  }

  start(known: readonly KnownMachine[]): void {
    this.#remembered.start(known);
    for (const invariant of this.#invariants) invariant.start?.(known);
  }

  sent(sent: Sent): void {
    for (const invariant of this.#invariants) invariant.sent?.(sent);
  }

  received(received: Received): void {
    for (const invariant of this.#invariants) invariant.received?.(received);
  }

  output(output: Output): void {
    for (const invariant of this.#invariants) invariant.output?.(output);
    this.#remembered.output(output);
  }

  inspectTable(machines: readonly Machine[]): void {
    for (const invariant of this.#invariants) invariant.inspectTable?.(machines);
  }
}
