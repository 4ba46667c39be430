/**
 * In a sealed network no packet of someone without the key has any effect: nothing that he made,
 * nothing that he changed, and no copy of a packet that this run of the machine has opened before.
 * (A copy of one that it has never seen is as good as the original, and the other invariants hold
 * for it; see hostile/attackers.ts.)
 */
import { type Invariant, type Received, type Subject, Violation } from "./invariant.ts";

const NAME = "without the key no packet has an effect";

export class Keyless implements Invariant {
  readonly #subject: Subject;
  /** Whether somebody with the key has made this very packet. */
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
    const what = isGenuine ? "a packet that it had opened before" : "a packet without the key";
    const { machine } = this.#subject;
    throw new Violation(NAME, `${machine} did "${effect.kind}" for ${what}, from ${from}`);
  }
}
