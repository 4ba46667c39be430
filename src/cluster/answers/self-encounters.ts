/**
 * Addresses at which this machine has met itself, or that the shell sees at its interfaces: they are taken
 * away from other machines.
 */
import type { CandidatePool } from "../discovery/candidate-pool.ts";
import type { OwnAddresses } from "../discovery/own-addresses.ts";
import type { ClusterRanges } from "../options.ts";
import type { Contact } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import type { Identity } from "./identity.ts";

interface Parts extends Polling {
  readonly candidates: CandidatePool;
  readonly own: OwnAddresses;
  readonly identity: Identity;
}

export class SelfEncounters {
  readonly #parts: Parts;
  /** Those that were looked at last: the shell has new ones whenever it has read its interfaces. */
  #ranges: ClusterRanges;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#ranges = parts.context.ranges;
  }

  /** What came from this address was our own: it is no other machine's address. */
  note(contact: Contact): void {
    const { table, candidates, own, probes, identity } = this.#parts;
    const owner = contact.peer;
    if (owner !== undefined && !own.isListed(contact.address)) own.noteMoved();
    own.learn(contact.address);
    candidates.remove(contact);
    probes.end(contact);
    table.releaseAddress(contact);
    if (owner === undefined) return;
    identity.noteLostAddress(owner);
    this.#askAtFormerAddress();
  }

  /** Takes up what the shell has read, if that is new. */
  run(): void {
    const { table, own, context } = this.#parts;
    if (this.#ranges === context.ranges) return;
    this.#ranges = context.ranges;
    for (const peer of table.all()) {
      for (const contact of [...peer.contacts]) {
        if (own.isListed(contact.address)) this.note(contact);
      }
    }
    // Only now, as the address under which we were seen before had to be asked first.
    own.noteRefreshed();
  }

  /** Two machines may have swapped addresses: the other one may be where we were seen before. */
  #askAtFormerAddress(): void {
    const { table, candidates, own } = this.#parts;
    const { seenAs } = own;
    if (seenAs === undefined || table.contactOf(seenAs) !== undefined) return;
    candidates.add(seenAs, { hasSpoken: false });
  }
}
