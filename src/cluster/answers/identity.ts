/**
 * Which machine an answer comes from. The id of a machine stays; its incarnation is new at
 * each start. An incarnation is adopted only through an answer to a question of ours, and retires the one
 * before. If the retired one goes on answering all the same, two daemons share the id: they are clones,
 * and shown apart.
 */
import { quoted } from "../../base/printable.ts";
import { putNewest } from "../../base/put-newest.ts";
import type { Answer } from "../../protocol/message.ts";
import type { ListPuller } from "../discovery/list-puller.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import {
  CLONE_PROOFS,
  MAX_CLONES,
  MAX_FORMER_AT_ADDRESS,
  MAX_MET_AT_ADDRESS,
  MAX_RETIRED_INCARNATIONS,
  MAX_SOURCES,
  MIN_MET_MS,
} from "../limits.ts";
import { type Contact, cloneId, isQuiet, type OpenQuestion, Peer, stayMs } from "../peers/peer.ts";
import { describePeer } from "../peers/peer-states.ts";
import { isSameMachine } from "../peers/v1-reports.ts";
import type { Polling } from "../polling/polling.ts";

export type Recognised =
  | { readonly kind: "peer"; readonly peer: Peer }
  | { readonly kind: "refused"; readonly reason: CoreDropReason };

export class Identity {
  readonly #parts: Polling & { readonly listPuller: ListPuller };
  /**
   * When the newest machines were met at each address; the address where the last one was met comes last. An
   * address may pass to another machine, and a machine may be set up anew; an address that is another
   * machine with each answer lies, or is broken.
   */
  readonly #metMs = new Map<string, readonly number[]>();

  constructor(parts: Polling & { readonly listPuller: ListPuller }) {
    this.#parts = parts;
  }

  sizes() {
    return { meetings: this.#metMs.size };
  }

  /**
   * The machine that gave this answer, with its incarnation adopted and the address made its own; or
   * "self" if the answer is our own.
   */
  recognise(
    contact: Contact,
    answer: Answer,
    question: OpenQuestion,
  ): Recognised | { readonly kind: "self" } {
    if (answer.incarnation === this.#parts.context.self.incarnation) return { kind: "self" };
    const group = this.#parts.table.group(answer.id);
    const known = group.find(({ incarnation }) => incarnation === answer.incarnation);
    if (known !== undefined) return this.#bindAddress(contact, known, answer.name);
    const past = group.find((one) => retiredIncarnation(one, answer.incarnation) !== undefined);
    if (past !== undefined) return this.#recogniseRetired(past, { contact, answer, question });
    const restarted = this.#restarted(group, contact);
    if (restarted === undefined) return this.#addOrUpgrade(contact, answer);
    this.#adoptIncarnation(restarted, contact, answer.incarnation);
    return this.#bindAddress(contact, restarted, answer.name);
  }

  /** The machine that gave this protocol-1 answer: its id is its address. */
  recogniseV1(contact: Contact): Recognised {
    const { address } = contact;
    const known = this.#parts.table.get(address);
    if (known !== undefined) return this.#bindAddress(contact, known);
    // Until its first report it has the name of the machine whose place it has taken, if any.
    const name = contact.peer?.name ?? address;
    return this.#addNewcomer({ contact, id: address, protocol: 1, name });
  }

  /** The machine has lost one of its addresses to us or to another machine. */
  noteLostAddress(former: Peer): void {
    // A machine that never gave a report and has no address left is not worth keeping.
    const isNobody = former.contacts.length === 0 && former.report === undefined;
    if (isNobody) this.#parts.states.forget(former);
    else this.#parts.states.noteChange(former, { remember: true });
  }

  /** The address belongs to this machine from now on. */
  #bindAddress(contact: Contact, peer: Peer, name = peer.name): Recognised {
    peer.name = name;
    const former = contact.peer;
    const isNewAddress = former !== peer;
    this.#parts.table.assignAddress(contact, peer);
    if (isNewAddress) this.#parts.states.noteChange(peer, { remember: true });
    if (former !== undefined && isNewAddress) {
      this.#lostAddressTo(peer, former);
      // Two machines may have swapped addresses: probe the old addresses of the one that moved here.
      for (const other of peer.contacts.slice(1)) this.#parts.probes.startRested(other);
    }
    return { kind: "peer", peer };
  }

  #lostAddressTo(owner: Peer, former: Peer): void {
    const isUpgrade = former.protocol === 1 && owner.protocol === 2;
    if (!isUpgrade || !isSameMachine(former, owner.name)) {
      // A protocol-1 machine without its address cannot be asked, and it may be silent for a long time
      // before it is called down.
      if (former.protocol === 1) this.#parts.schedule.setSilent(former, 0);
      this.noteLostAddress(former);
      this.#capFormerPeers(owner.address);
      return;
    }
    // The protocol-1 machine at this address is the same machine: it has an id of its own by now.
    this.#parts.context.emit({ kind: "rename", fromId: former.id, toId: owner.id });
    this.#parts.states.forget(former);
  }

  /** Forgets one machine when too many had this address: the one that had it for the shortest time. */
  #capFormerPeers(address: string): void {
    const former = this.#parts.table.formerlyAt(address);
    if (former.length <= MAX_FORMER_AT_ADDRESS) return;
    const shortest = former.reduce((a, b) => (stayMs(b) < stayMs(a) ? b : a));
    this.#parts.states.forget(shortest);
  }

  /** The machine with this id that may have restarted under a new incarnation. */
  #restarted(group: readonly Peer[], contact: Contact): Peer | undefined {
    const here = group.find((one) => one === contact.peer);
    if (here !== undefined || group.length === 1) return here ?? group[0];
    return group.find(isQuiet);
  }

  #adoptIncarnation(peer: Peer, contact: Contact, incarnation: string): void {
    if (peer.incarnation !== undefined) {
      const atMs = this.#parts.context.clock.deadlineMs;
      const retired = { incarnation: peer.incarnation, atMs, proofs: 0 };
      const all = [...peer.retiredIncarnations, retired];
      peer.retiredIncarnations = all.slice(-MAX_RETIRED_INCARNATIONS);
    }
    peer.incarnation = incarnation;
    peer.sequence = undefined;
    peer.live = undefined;
    this.#parts.states.noteChange(peer, { remember: true });
    // If this is a clone and no restart under another address, the old address still answers.
    const former = peer.contacts[0];
    if (former !== undefined && former !== contact) this.#parts.probes.start(former);
  }

  /** A retired incarnation answers: late, or, if the question was asked after its end, as a clone. */
  #recogniseRetired(
    peer: Peer,
    evidence: { contact: Contact; answer: Answer; question: OpenQuestion },
  ): Recognised {
    const { contact, answer, question } = evidence;
    const retired = retiredIncarnation(peer, answer.incarnation);
    const isLate = retired === undefined || question.firstSentMs < retired.atMs;
    if (isLate) return refuse("report of an old boot");
    retired.proofs++;
    if (retired.proofs < CLONE_PROOFS) {
      this.#parts.probes.start(contact);
      return refuse("report of an old boot");
    }
    peer.retiredIncarnations = peer.retiredIncarnations.filter((one) => one !== retired);
    return this.#addOrUpgrade(contact, answer);
  }

  /** The machine is not in the table: it is new, or one more under this id, or speaks protocol 2 by now. */
  #addOrUpgrade(contact: Contact, answer: Answer): Recognised {
    const { id: announcedId, incarnation, name } = answer;
    const group = this.#parts.table.group(announcedId);
    const others = group.length + (announcedId === this.#parts.context.self.id ? 1 : 0);
    if (others >= MAX_CLONES) return refuse("too many machines under one id");
    if (others > 0) this.#warnOfClones(name, contact, group);
    const id = others === 0 ? announcedId : cloneId(announcedId, incarnation);
    const former = contact.peer;
    const isUpgrade = former?.protocol === 1 && others === 0 && isSameMachine(former, name);
    if (!isUpgrade) return this.#addNewcomer({ contact, id, protocol: 2, incarnation, name });
    this.#upgrade(former, answer);
    return this.#bindAddress(contact, former, name);
  }

  /** The protocol-1 machine at this address speaks protocol 2 now, and has an id of its own. */
  #upgrade(peer: Peer, to: Answer): void {
    const { context, table, states } = this.#parts;
    context.emit({ kind: "rename", fromId: peer.id, toId: to.id });
    context.emit({ kind: "changed", id: peer.id });
    table.changeId(peer, to.id);
    peer.protocol = 2;
    peer.incarnation = to.incarnation;
    peer.sequence = undefined;
    peer.spacing = undefined;
    states.noteChange(peer, { remember: true });
  }

  #addNewcomer(newcomer: {
    readonly contact: Contact;
    readonly id: string;
    readonly protocol: 1 | 2;
    readonly incarnation?: string;
    readonly name: string;
  }): Recognised {
    const { contact, id, protocol } = newcomer;
    const { address } = contact;
    const { context, table, states, listPuller } = this.#parts;
    const { clock, intervalMs } = context;
    if (table.get(id) !== undefined) return refuse("too many machines under one id");
    const sinceMs = clock.deadlineMs - Math.max(intervalMs, MIN_MET_MS);
    const metMs = this.#metMs.get(address) ?? [];
    if (metMs.filter((atMs) => atMs > sinceMs).length >= MAX_MET_AT_ADDRESS) {
      return refuse("too many machines at one address");
    }
    if (!this.#makeRoom()) return refuse("table of machines full");
    const newestMs = [...metMs, clock.deadlineMs].slice(-MAX_MET_AT_ADDRESS);
    putNewest(this.#metMs, address, newestMs, MAX_SOURCES);
    const peer = new Peer({ id, protocol, address, clock });
    peer.incarnation = newcomer.incarnation;
    states.add(peer);
    listPuller.noteNewPeer(peer);
    return this.#bindAddress(contact, peer, newcomer.name);
  }

  /**
   * In a full table a machine that is down or stopped, or has lost its address, makes room. Its history
   * stays, or anybody could delete it by claiming to be one more machine; unless it never gave a report,
   * or only passed through an address within an interval.
   */
  #makeRoom(): boolean {
    const { context, table, states } = this.#parts;
    if (!table.isFull) return true;
    const leaving = table.leastMissed();
    if (leaving === undefined) return false;
    context.log("info", `${describePeer(leaving)} makes room: the table of machines is full`);
    const hasPassed = leaving.contacts.length === 0 && stayMs(leaving) < context.intervalMs;
    if (leaving.report === undefined || hasPassed) states.forget(leaving);
    else states.evict(leaving);
    return true;
  }

  #warnOfClones(name: string, contact: Contact, group: readonly Peer[]): void {
    const other = group[0] === undefined ? "this machine" : describePeer(group[0]);
    const text =
      `machine ${quoted(name)} at ${contact.address} has the same id as ${other}: they are shown ` +
      "apart; give one of them a machine-id of its own (systemd-machine-id-setup)";
    this.#parts.context.log("warn", text);
  }
}

function refuse(reason: CoreDropReason): Recognised {
  return { kind: "refused", reason };
}

function retiredIncarnation(peer: Peer, incarnation: string) {
  return peer.retiredIncarnations.find((one) => one.incarnation === incarnation);
}
