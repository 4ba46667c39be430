/**
 * The machines that this one knows, by id, by announced id and by address. An address belongs to the
 * machine that last answered from it. This machine itself is never in the table.
 */
import type { MachineState } from "../../store/history-types.ts";
import { MAX_ADDRESSES } from "../limits.ts";
import { Contact, isDownOrStopped, isQuiet, type Peer, stayMs } from "./peer.ts";
import { isSameMachine } from "./v1-reports.ts";

export class PeerTable {
  readonly #maxPeers: number;
  readonly #peers = new Map<string, Peer>();
  /** By announced id. Clones are the machines that share one. */
  readonly #groups = new Map<string, Peer[]>();
  readonly #contacts = new Map<string, Contact>();
  /** Changes whenever the addresses of the machines that answer may have changed. */
  #revision = 0;
  #answering = 0;
  #heardInThisRun = 0;

  constructor(maxPeers: number) {
    this.#maxPeers = maxPeers;
  }

  get isFull(): boolean {
    return this.#peers.size >= this.#maxPeers;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Machines that are up or new. */
  get answeringCount(): number {
    return this.#answering;
  }

  /** Machines that are up or new and have answered in this run; one of an earlier run may be down by now. */
  get heardInThisRunCount(): number {
    return this.#heardInThisRun;
  }

  /** Of the whole table, and the most of one machine, id or address. */
  sizes() {
    let [addresses, addressesOfOne, retiredIncarnationsOfOne, machinesOfOneId] = [0, 0, 0, 0];
    const former = new Map<string, number>();
    for (const peer of this.#peers.values()) {
      const { contacts, retiredIncarnations, address } = peer;
      addresses += contacts.length;
      addressesOfOne = Math.max(addressesOfOne, contacts.length);
      retiredIncarnationsOfOne = Math.max(retiredIncarnationsOfOne, retiredIncarnations.length);
      machinesOfOneId = Math.max(machinesOfOneId, this.group(peer.announcedId).length);
      if (contacts.length === 0) former.set(address, (former.get(address) ?? 0) + 1);
    }
    return {
      machines: this.#peers.size,
      addresses,
      addressesOfOne,
      retiredIncarnationsOfOne,
      machinesOfOneId,
      formerAtOneAddress: Math.max(0, ...former.values()),
    };
  }

  all(): IterableIterator<Peer> {
    return this.#peers.values();
  }

  get(id: string): Peer | undefined {
    return this.#peers.get(id);
  }

  /** All machines that announce this id: one, or several clones. */
  group(announcedId: string): readonly Peer[] {
    return this.#groups.get(announcedId) ?? [];
  }

  contactOf(address: string): Contact | undefined {
    return this.#contacts.get(address);
  }

  /** The only place where a state changes, so that machines are counted here and not for each packet. */
  setState(peer: Peer, state: MachineState): void {
    this.#tally(peer, -1);
    peer.state = state;
    this.#tally(peer, 1);
    this.#revision++;
  }

  /** The machine has answered in this run. The only place where `isRecalled` changes. */
  setHeard(peer: Peer): void {
    if (!peer.isRecalled) return;
    this.#tally(peer, -1);
    peer.isRecalled = false;
    this.#tally(peer, 1);
  }

  /** The caller has made sure that there is room (`isFull`) and that the id is not taken. */
  add(peer: Peer): void {
    if (this.isFull || this.#peers.has(peer.id)) throw new Error(`no place for ${peer.id}`);
    this.#peers.set(peer.id, peer);
    this.#groups.set(peer.announcedId, [...this.group(peer.announcedId), peer]);
    this.#tally(peer, 1);
    this.#revision++;
  }

  remove(peer: Peer): void {
    this.#tally(peer, -1);
    this.#peers.delete(peer.id);
    this.#leaveGroup(peer);
    for (const contact of peer.contacts) this.#contacts.delete(contact.address);
    for (const contact of peer.contacts) contact.peer = undefined;
    peer.contacts = [];
    this.#revision++;
  }

  /** A protocol-1 machine speaks protocol 2 by now and has announced an id; all else stays. */
  changeId(peer: Peer, announcedId: string): void {
    this.#peers.delete(peer.id);
    this.#leaveGroup(peer);
    peer.announcedId = announcedId;
    peer.id = announcedId;
    this.#peers.set(announcedId, peer);
    this.#groups.set(announcedId, [...this.group(announcedId), peer]);
    this.#revision++;
  }

  /** The machine has answered from this address, which becomes its own, and the first that it has. */
  assignAddress(contact: Contact, peer: Peer): void {
    if (contact.peer === peer && peer.contacts[0] === contact) return;
    this.releaseAddress(contact);
    contact.peer = peer;
    this.#contacts.set(contact.address, contact);
    peer.contacts.unshift(contact);
    for (const dropped of peer.contacts.splice(MAX_ADDRESSES)) this.#forgetContact(dropped);
    peer.address = contact.address;
    this.#revision++;
  }

  /** An address that a machine of an earlier run had; it stays with any other machine that has it now. */
  addFormerAddress(peer: Peer, address: string): void {
    if (this.#contacts.has(address) || peer.contacts.length >= MAX_ADDRESSES) return;
    const contact = new Contact(address);
    contact.peer = peer;
    peer.contacts.push(contact);
    this.#contacts.set(address, contact);
  }

  /** The address no longer belongs to the machine that had it. */
  releaseAddress(contact: Contact): void {
    const owner = contact.peer;
    if (owner === undefined) return;
    owner.contacts = owner.contacts.filter((one) => one !== contact);
    owner.address = owner.contacts[0]?.address ?? owner.address;
    this.#forgetContact(contact);
    this.#revision++;
  }

  /**
   * The machine that would make room for a new one: one that never gave a report; else one that has lost
   * its address, of these the one that was here for the shortest time; else the one that has been down or
   * stopped for the longest time. `undefined` if all machines are up, new or silent.
   */
  leastMissed(): Peer | undefined {
    let found: Peer | undefined;
    for (const peer of this.#peers.values()) {
      if (!isDownOrStopped(peer) && peer.contacts.length > 0) continue;
      if (found === undefined || isLessMissed(peer, found)) found = peer;
    }
    return found;
  }

  /** Machines whose last address was this one, which is another machine's now. */
  formerlyAt(address: string): Peer[] {
    const isFormer = (peer: Peer) => peer.contacts.length === 0 && peer.address === address;
    return [...this.#peers.values()].filter(isFormer);
  }

  /**
   * The program of protocol 1 that answers at the address of this machine since its end: on the
   * same host, as the name tells.
   */
  successorOf(peer: Peer): Peer | undefined {
    if (peer.contacts.length > 0 || !isQuiet(peer) || peer.protocol === 1) return undefined;
    const owner = this.#contacts.get(peer.address)?.peer;
    return owner?.protocol === 1 && isSameMachine(owner, peer.name) ? owner : undefined;
  }

  #tally(peer: Peer, by: 1 | -1): void {
    if (isQuiet(peer) || this.#peers.get(peer.id) !== peer) return;
    this.#answering += by;
    if (!peer.isRecalled) this.#heardInThisRun += by;
  }

  #leaveGroup(peer: Peer): void {
    const rest = this.group(peer.announcedId).filter((one) => one !== peer);
    if (rest.length > 0) this.#groups.set(peer.announcedId, rest);
    else this.#groups.delete(peer.announcedId);
  }

  #forgetContact(contact: Contact): void {
    contact.peer = undefined;
    this.#contacts.delete(contact.address);
  }
}

function isLessMissed(one: Peer, other: Peer): boolean {
  const worth = worthOf(one);
  if (worth !== worthOf(other)) return worth < worthOf(other);
  if (worth === 1) return stayMs(one) < stayMs(other);
  return one.heardDeadlineMs < other.heardDeadlineMs;
}

function worthOf(peer: Peer): 0 | 1 | 2 {
  if (peer.report === undefined) return 0;
  return peer.contacts.length === 0 ? 1 : 2;
}
