/**
 * No table grows past its cap (docs/protocol.md, "Limits"). The numbers are repeated here, so that a
 * cap that is changed by mistake is noticed. Candidates, which are cheap to count, are counted after
 * every packet; the other tables whenever the whole table is inspected, because whatever has grown
 * stays for seconds at least.
 */
import type { Cluster } from "../../../src/cluster/cluster.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";

const NAME = "no table grows past its cap";
const PEERS = 4096;
const ADDRESSES_OF_ONE = 8;

type Sizes = ReturnType<Cluster["sizes"]>;

const CAPS: Readonly<Record<keyof Sizes, number>> = {
  machines: PEERS,
  addresses: PEERS * ADDRESSES_OF_ONE,
  candidates: 4096,
  sources: 4096,
  plannedQuestions: PEERS,
  plannedStateChecks: PEERS,
  plannedCandidates: 4096,
  // One probe at a time for each address of a machine.
  probes: PEERS * ADDRESSES_OF_ONE,
  ringTests: PEERS,
  // All protocol-1 machines, and 50 of the others.
  listReaders: PEERS,
  // With or without IPv6, with or without loopback.
  listForms: 4,
  replayWindows: 4096,
  meetings: 4096,
  ownAddresses: 64,
  addressesOfOne: ADDRESSES_OF_ONE,
  retiredIncarnationsOfOne: 8,
  machinesOfOneId: 4,
  // The eight remembered from an earlier run, and one more that has lost its address since.
  formerAtOneAddress: 9,
  hints: 20,
  removalTests: 256,
  removalNotices: 257,
  waitingAnswers: 64,
  namedSenders: 65,
  unsealedSenders: 64,
  earlyReportsV1: 64,
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

  inspectTable(): void {
    const sizes = this.#subject.core?.sizes();
    if (sizes === undefined) return;
    for (const name of Object.keys(CAPS) as (keyof Sizes)[]) {
      if (sizes[name] > CAPS[name]) this.#breach(name, sizes[name]);
    }
    // A machine that is removed leaves no deadline behind.
    for (const name of ["plannedQuestions", "plannedStateChecks"] as const) {
      if (sizes[name] > sizes.machines) this.#breach(`${name} beyond its machines`, sizes[name]);
    }
    if (sizes.plannedCandidates !== sizes.candidates) {
      this.#breach(
        `planned candidates for ${sizes.candidates} candidates`,
        sizes.plannedCandidates,
      );
    }
  }

  #breach(what: string, count: number): never {
    throw new Violation(NAME, `${this.#subject.machine} holds ${count} ${what}`);
  }
}
