/**
 * Candidates are not passed on: an address list names only this machine's own addresses and those
 * that have answered it, in this run or, by its memory, in an earlier one.
 */
import type { KnownMachine } from "../../../src/store/history-types.ts";
import { ANSWERS, bodyOf, QUESTIONS } from "../world/packet-kind.ts";
import { type Invariant, type Received, type Sent, type Subject, Violation } from "./invariant.ts";

const NAME = "address lists name only addresses that have answered";

export class AddressLists implements Invariant {
  readonly #subject: Subject;
  readonly #asked = new Set<string>();
  readonly #answered = new Set<string>();
  /** Lists that have been checked: the same list goes to many machines. */
  readonly #checked = new WeakSet<Uint8Array>();

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  start(known: readonly KnownMachine[]): void {
    this.#asked.clear();
    this.#answered.clear();
    for (const { addresses } of known) for (const one of addresses) this.#answered.add(one);
  }

  /** Whether this address was asked and then sent something that may have been an answer. */
  hasAnswered(address: string): boolean {
    return this.#answered.has(address);
  }

  received({ from, kind }: Received): void {
    if (ANSWERS.has(kind) && this.#asked.has(from)) this.#answered.add(from);
  }

  sent({ to, kind, message }: Sent): void {
    if (QUESTIONS.has(kind)) this.#asked.add(to);
    if (kind !== "list" || this.#checked.has(message)) return;
    this.#checked.add(message);
    for (const address of bodyOf(message).split(" ")) {
      if (address === "" || this.#answered.has(address)) continue;
      if (this.#subject.addresses.includes(address)) continue;
      throw new Violation(NAME, `${this.#subject.machine} named ${address}, which never answered`);
    }
  }
}
