/**
 * Which machine an answer comes from (design 6.2). An id stays, an incarnation is new at each start; a
 * incarnation is adopted only through an answer to a question of ours, and then the one before is over.
 * If that one goes on answering all the same, two daemons share the id: clones, shown apart.
 */
import type { Answer } from "../../protocol/message.ts";
import type { CoreContext } from "../core-context.ts";
import type { ListPuller } from "../discovery/list-puller.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import {
  CLONE_PROOFS,
  MAX_CLONES,
  MAX_FORMER_AT_ADDRESS,
  MAX_RETIRED_INCARNATIONS,
  MIN_MET_MS,
} from "../limits.ts";
import {
  type Contact,
  cloneId,
  isQuiet,
  newPeer,
  type OpenQuestion,
  type Peer,
  stayMs,
} from "../peers/peer.ts";
import { describePeer, type PeerStates } from "../peers/peer-states.ts";
import type { PeerTable } from "../peers/peer-table.ts";
import { isSameMachine } from "../peers/v1-reports.ts";
import type { Schedule } from "../polling/schedule.ts";
import { quote } from "../serving/quote.ts";
import { NewcomerLimit } from "./newcomer-limit.ts";

export type Recognised =
  | { readonly kind: "self" }
  | { readonly kind: "peer"; readonly peer: Peer }
  | { readonly kind: "refused"; readonly reason: CoreDropReason };

interface Parts {
  readonly context: CoreContext;
  readonly table: PeerTable;
  readonly states: PeerStates;
  readonly schedule: Schedule;
  readonly listPuller: ListPuller;
}

export class Identity {
  readonly #context: CoreContext;
  readonly #table: PeerTable;
  readonly #states: PeerStates;
  readonly #schedule: Schedule;
  readonly #listPuller: ListPuller;
  readonly #newcomerLimit = new NewcomerLimit();

  constructor(parts: Parts) {
    this.#context = parts.context;
    this.#table = parts.table;
    this.#states = parts.states;
    this.#schedule = parts.schedule;
    this.#listPuller = parts.listPuller;
  }

  /** Addresses where somebody was met lately. */
  get meetings(): number {
    return this.#newcomerLimit.size;
  }

  /** The machine that gave this answer, its incarnation adopted and the address made its own. */
  recognise(contact: Contact, answer: Answer, question: OpenQuestion): Recognised {
    if (answer.incarnation === this.#context.self.incarnation) return { kind: "self" };
    const group = this.#table.group(answer.id);
    const known = group.find(({ incarnation }) => incarnation === answer.incarnation);
    if (known !== undefined) return this.#bindAddress(contact, known, answer.name);
    const past = group.find((one) => retiredIncarnation(one, answer.incarnation) !== undefined);
    if (past !== undefined) return this.#recogniseRetired(past, { contact, answer, question });
    const restarted = this.#restarted(group, contact);
    if (restarted === undefined) return this.#addOrUpgrade(contact, answer);
    this.#adoptIncarnation(restarted, contact, answer.incarnation);
    return this.#bindAddress(contact, restarted, answer.name);
  }

  /** This machine has lost one of its addresses to us or to another. */
  noteLostAddress(former: Peer): void {
    // One that never gave a report and cannot be asked any more was nobody.
    const isNobody = former.contacts.length === 0 && former.report === undefined;
    if (isNobody) this.#states.forget(former);
    else this.#states.noteChange(former, { remember: true });
  }

  /** A machine that speaks protocol 1 is its address. */
  recogniseV1(contact: Contact): Recognised {
    const { address } = contact;
    const known = this.#table.get(address);
    if (known !== undefined) return this.#bindAddress(contact, known);
    return this.#addNewcomer({ contact, id: address, key: address, protocol: 1 });
  }

  #bindAddress(contact: Contact, peer: Peer, name = peer.name): Recognised {
    peer.name = name;
    const former = contact.peer;
    const isNewAddress = former !== peer;
    this.#table.assignAddress(contact, peer);
    if (isNewAddress) this.#states.noteChange(peer, { remember: true });
    if (former !== undefined && isNewAddress) {
      this.#lostAddressTo(peer, former);
      this.#probeOtherAddresses(peer);
    }
    return { kind: "peer", peer };
  }

  /** Who answers where another was has moved: that one may be where it was itself. */
  #probeOtherAddresses({ contacts }: Peer): void {
    for (const contact of contacts.slice(1)) this.#schedule.probeSoon(contact);
  }

  #lostAddressTo(owner: Peer, former: Peer): void {
    const isOther = former.protocol === 2 || owner.protocol === 1;
    if (isOther || !isSameMachine(former, owner.name)) {
      // Without its address one of protocol 1 cannot be asked, and it has a long time to say nothing.
      if (former.protocol === 1) this.#schedule.setSilent(former, 0);
      this.noteLostAddress(former);
      this.#capFormerPeers(owner.address);
      return;
    }
    // A protocol-1 machine was its address: it is the other machine by another id.
    this.#context.emit({ kind: "rename", fromId: former.id, toId: owner.id });
    this.#states.forget(former);
  }

  /** Of too many that had an address, the one that was there for the shortest time was no loss. */
  #capFormerPeers(address: string): void {
    const former = this.#table.formerlyAt(address);
    if (former.length <= MAX_FORMER_AT_ADDRESS) return;
    const shortest = former.reduce((a, b) => (stayMs(b) < stayMs(a) ? b : a));
    this.#states.forget(shortest);
  }

  /** Whose new incarnation it may be, of those that have this id. */
  #restarted(group: readonly Peer[], contact: Contact): Peer | undefined {
    const here = group.find((one) => one === contact.peer);
    if (here !== undefined || group.length === 1) return here ?? group[0];
    return group.find(isQuiet);
  }

  #adoptIncarnation(peer: Peer, contact: Contact, incarnation: string): void {
    if (peer.incarnation !== undefined) {
      const retired = {
        incarnation: peer.incarnation,
        atMs: this.#context.clock.deadlineMs,
        proofs: 0,
      };
      peer.retiredIncarnations = [...peer.retiredIncarnations, retired].slice(
        -MAX_RETIRED_INCARNATIONS,
      );
    }
    peer.incarnation = incarnation;
    peer.sequence = undefined;
    peer.live = undefined;
    this.#states.noteChange(peer, { remember: true });
    // Restarted under another address, or a clone? Then the old address still answers.
    const former = peer.contacts[0];
    if (former !== undefined && former !== contact) this.#schedule.probe(former);
  }

  /** An incarnation that is over answers a question asked after its end. */
  #recogniseRetired(
    peer: Peer,
    evidence: { contact: Contact; answer: Answer; question: OpenQuestion },
  ): Recognised {
    const { contact, answer, question } = evidence;
    const retired = retiredIncarnation(peer, answer.incarnation);
    const isLate = retired === undefined || question.firstSentMs < retired.atMs;
    if (isLate) return { kind: "refused", reason: "report of an old boot" };
    retired.proofs++;
    if (retired.proofs < CLONE_PROOFS) {
      this.#schedule.probe(contact);
      return { kind: "refused", reason: "report of an old boot" };
    }
    peer.retiredIncarnations = peer.retiredIncarnations.filter((one) => one !== retired);
    return this.#addOrUpgrade(contact, answer);
  }

  /** A machine that is not in the table: a new one, or one more under an id. */
  #addOrUpgrade(contact: Contact, answer: Answer): Recognised {
    const { id, incarnation, name } = answer;
    const group = this.#table.group(id);
    const others = group.length + (id === this.#context.self.id ? 1 : 0);
    if (others >= MAX_CLONES) {
      return { kind: "refused", reason: "too many machines under one id" };
    }
    if (others > 0) this.#warnOfClones(name, contact, group);
    const key = others === 0 ? id : cloneId(id, incarnation);
    const former = contact.peer;
    const isUpgrade = former?.protocol === 1 && others === 0 && isSameMachine(former, name);
    if (!isUpgrade) return this.#addNewcomer({ contact, id, key, protocol: 2, incarnation, name });
    this.#upgrade(former, answer);
    return this.#bindAddress(contact, former, name);
  }

  /** The protocol-1 machine at this address speaks protocol 2 now, and has an id of its own. */
  #upgrade(peer: Peer, to: Answer): void {
    this.#context.emit({ kind: "rename", fromId: peer.id, toId: to.id });
    this.#context.emit({ kind: "changed", id: peer.id });
    this.#table.changeId(peer, to.id, to.id);
    peer.protocol = 2;
    peer.incarnation = to.incarnation;
    peer.sequence = undefined;
    peer.spacing = undefined;
    this.#states.noteChange(peer, { remember: true });
  }

  #addNewcomer(newcomer: {
    readonly contact: Contact;
    readonly id: string;
    readonly key: string;
    readonly protocol: 1 | 2;
    readonly incarnation?: string;
    readonly name?: string;
  }): Recognised {
    const { contact, id, key, protocol } = newcomer;
    if (this.#table.get(key) !== undefined) {
      return { kind: "refused", reason: "too many machines under one id" };
    }
    const { clock, intervalMs } = this.#context;
    const sinceMs = clock.deadlineMs - Math.max(intervalMs, MIN_MET_MS);
    if (this.#newcomerLimit.isReached(contact.address, sinceMs)) {
      return { kind: "refused", reason: "too many machines at one address" };
    }
    if (!this.#makeRoom()) return { kind: "refused", reason: "table of machines full" };
    this.#newcomerLimit.note(contact.address, clock.deadlineMs);
    const peer = newPeer({ id, key, protocol, address: contact.address, clock });
    peer.incarnation = newcomer.incarnation;
    this.#states.add(peer);
    this.#listPuller.noteNewPeer(peer);
    return this.#bindAddress(contact, peer, newcomer.name);
  }

  /**
   * In a full table one that is gone makes room, if there is one. A history is nothing that
   * somebody may delete by claiming to be one more machine; who never gave a report, or passed
   * through an address within an interval, has none.
   */
  #makeRoom(): boolean {
    if (!this.#table.isFull) return true;
    const gone = this.#table.leastMissed();
    if (gone === undefined) return false;
    this.#context.log("info", `${describePeer(gone)} makes room: the table of machines is full`);
    const hasPassed = gone.contacts.length === 0 && stayMs(gone) < this.#context.intervalMs;
    if (gone.report === undefined || hasPassed) {
      this.#states.forget(gone);
      return true;
    }
    this.#states.evict(gone);
    return true;
  }

  #warnOfClones(name: string, contact: Contact, group: readonly Peer[]): void {
    const other = group[0] === undefined ? "this machine" : describePeer(group[0]);
    const text =
      `machine ${quote(name)} at ${contact.address} has the same id as ${other}: they are shown ` +
      "apart; give one of them a machine-id of its own (systemd-machine-id-setup)";
    this.#context.log("warn", text);
  }
}

function retiredIncarnation(peer: Peer, incarnation: string) {
  return peer.retiredIncarnations.find((one) => one.incarnation === incarnation);
}
