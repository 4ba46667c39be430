/**
 * The machines that this one knows, by key, by id and by address. An address belongs to the
 * machine that last answered from it; this machine itself is never in the table.
 */

import type { MachineState } from "../../store/kept.ts";
import { MAX_ADDRESSES } from "../limits.ts";
import { type Contact, isQuiet, newContact, type Peer, stayMs } from "./peer.ts";

export class PeerTable {
  readonly #maxPeers: number;
  readonly #peers = new Map<string, Peer>();
  /** More than one machine under an id: clones. */
  readonly #groups = new Map<string, Peer[]>();
  readonly #contacts = new Map<string, Contact>();
  /** Changes whenever the list of live machines or their addresses may have changed. */
  #revision = 0;
  #answering = 0;
  #answeringInThisRun = 0;

  constructor(maxPeers: number) {
    this.#maxPeers = maxPeers;
  }

  get size(): number {
    return this.#peers.size;
  }

  get isFull(): boolean {
    return this.size >= this.#maxPeers;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Machines that are up or new. */
  get answeringCount(): number {
    return this.#answering;
  }

  /** Of them those that have answered in this run: the others may be gone by now. */
  get heardInThisRunCount(): number {
    return this.#answeringInThisRun;
  }

  all(): IterableIterator<Peer> {
    return this.#peers.values();
  }

  get(key: string): Peer | undefined {
    return this.#peers.get(key);
  }

  group(id: string): readonly Peer[] {
    return this.#groups.get(id) ?? [];
  }

  contactOf(address: string): Contact | undefined {
    return this.#contacts.get(address);
  }

  /** States change here alone, so that those that are live need not be counted for each packet. */
  setState(peer: Peer, state: MachineState): void {
    this.#tally(peer, -1);
    peer.state = state;
    this.#tally(peer, 1);
    this.#revision++;
  }

  /** It has answered in this run; so that is kept here, too. */
  setHeard(peer: Peer): void {
    if (!peer.isRecalled) return;
    this.#tally(peer, -1);
    peer.isRecalled = false;
    this.#tally(peer, 1);
  }

  /** There is room (`isFull`), and the key is not taken: both are the caller's to see to. */
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

  /** A protocol-1 machine has turned out to be this one: it keeps all but its name in the table. */
  changeId(peer: Peer, id: string, key: string): void {
    this.#peers.delete(peer.id);
    this.#leaveGroup(peer);
    peer.announcedId = id;
    peer.id = key;
    this.#peers.set(key, peer);
    this.#groups.set(id, [...this.group(id), peer]);
    this.#revision++;
  }

  /** The machine has answered from this address: it is its own now, and its first. */
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

  /** An address that a machine of an earlier run had; only if it is nobody else's. */
  addFormerAddress(peer: Peer, address: string): void {
    if (this.#contacts.has(address) || peer.contacts.length >= MAX_ADDRESSES) return;
    const contact = newContact(address);
    contact.peer = peer;
    peer.contacts.push(contact);
    this.#contacts.set(address, contact);
  }

  /** The address is no longer that of the machine that had it. */
  releaseAddress(contact: Contact): void {
    const owner = contact.peer;
    if (owner === undefined) return;
    owner.contacts = owner.contacts.filter((one) => one !== contact);
    owner.address = owner.contacts[0]?.address ?? owner.address;
    this.#forgetContact(contact);
    this.#revision++;
  }

  /**
   * Who would have to go for a new machine: one that never gave a report; else one that has lost
   * its address, of these the one that was here for the shortest time; else the one longest gone.
   */
  leastMissed(): Peer | undefined {
    let found: Peer | undefined;
    for (const peer of this.#peers.values()) {
      if (!isGone(peer) && peer.contacts.length > 0) continue;
      if (found === undefined || isLessMissed(peer, found)) found = peer;
    }
    return found;
  }

  /** Machines whose last address was this one, which has become another's. */
  formerlyAt(address: string): Peer[] {
    const isFormer = (peer: Peer) => peer.contacts.length === 0 && peer.address === address;
    return [...this.#peers.values()].filter(isFormer);
  }

  #tally(peer: Peer, by: 1 | -1): void {
    if (isQuiet(peer) || this.#peers.get(peer.id) !== peer) return;
    this.#answering += by;
    if (!peer.isRecalled) this.#answeringInThisRun += by;
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

function isGone({ state }: Peer): boolean {
  return state === "down" || state === "stopped";
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
