/**
 * In a sealed network no packet of an attacker without the key has any effect: none that it made,
 * none that it changed, and no copy of a packet that this run of the machine has opened before. (A
 * copy of a packet that the machine has not seen is as good as the original, and the other invariants
 * cover it; see attackers/attackers.ts.)
 */
import { type Invariant, type Received, type Subject, Violation } from "./invariant.ts";

const NAME = "a packet made without the key has no effect";

export class KeylessPackets implements Invariant {
  readonly #subject: Subject;
  /** Whether this very packet was made with the key. */
  readonly #isGenuine: (packet: Uint8Array) => boolean;
  #opened = new WeakSet<Uint8Array>();

  constructor(subject: Subject, isGenuine: (packet: Uint8Array) => boolean) {
    this.#subject = subject;
    this.#isGenuine = isGenuine;
  }

  start(): void {
    this.#opened = new WeakSet();
  }

  received({ from, packet, outputs }: Received): void {
    const isGenuine = this.#isGenuine(packet);
    const mayAct = isGenuine && !this.#opened.has(packet);
    if (isGenuine) this.#opened.add(packet);
    if (mayAct) return;
    const effect = outputs.find(({ kind }) => kind !== "log");
    if (effect === undefined) return;
    const what = isGenuine ? "a packet that it had opened before" : "a packet made without the key";
    const { machine } = this.#subject;
    throw new Violation(NAME, `${machine} output "${effect.kind}" after ${what}, from ${from}`);
  }
}
