/**
 * Nothing grows past its cap (design 6.3; docs/protocol.md, "Limits"). The numbers stand here once
 * more, so that a cap that is changed by mistake is seen. What costs nothing to count is counted
 * after every packet; the rest with the whole table, as all that grows stays for seconds at least.
 */
import type { Sizes } from "../../../src/cluster/sizes.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";

const NAME = "nothing grows past its cap";
const PEERS = 4096;
const ADDRESSES_OF_ONE = 8;

const CAPS: Readonly<Record<keyof Sizes, number>> = {
  machines: PEERS,
  addresses: PEERS * ADDRESSES_OF_ONE,
  candidates: 4096,
  sources: 4096,
  plannedQuestions: PEERS,
  plannedJudgements: PEERS,
  plannedCandidates: 4096,
  // Each address of a machine is asked so once at a time.
  probes: PEERS * ADDRESSES_OF_ONE,
  ringTests: PEERS,
  // All of protocol 1, and 50 of the others.
  listReaders: PEERS,
  // With IPv6 or without, with loopback or without.
  listForms: 4,
  replayWindows: 4096,
  meetings: 4096,
  ownAddresses: 64,
  addressesOfOne: ADDRESSES_OF_ONE,
  retiredIncarnationsOfOne: 8,
  machinesOfOneId: 4,
  // Those of an earlier run all come back as they were, and one more may have lost its address.
  formerAtOneAddress: 9,
  hints: 20,
  forgetTests: 256,
  forgetMessages: 257,
  waitingAnswers: 64,
  namedSenders: 65,
};

export class Caps implements Invariant {
  readonly #subject: Subject;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  received(): void {
    const candidates = this.#subject.core?.candidateCount() ?? 0;
    if (candidates > CAPS.candidates) this.#breach("candidates", candidates);
  }

  look(): void {
    const sizes = this.#subject.core?.sizes();
    if (sizes === undefined) return;
    for (const name of Object.keys(CAPS) as (keyof Sizes)[]) {
      if (sizes[name] > CAPS[name]) this.#breach(name, sizes[name]);
    }
    // Whoever is forgotten leaves nothing behind.
    for (const name of ["plannedQuestions", "plannedJudgements"] as const) {
      if (sizes[name] > sizes.machines) this.#breach(`${name} beyond its machines`, sizes[name]);
    }
    if (sizes.plannedCandidates !== sizes.candidates) {
      this.#breach("candidates that are never asked, or asked twice", sizes.plannedCandidates);
    }
  }

  #breach(what: string, count: number): never {
    throw new Violation(NAME, `${this.#subject.machine} holds ${count} ${what}`);
  }
}
