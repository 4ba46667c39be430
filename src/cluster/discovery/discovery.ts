/**
 * What follows from a message besides what it says: whose address is worth a question now. Nothing
 * is believed here; each lead ends in a question, or in nothing.
 */
import { isLoopback } from "../../net/address.ts";
import type { Endpoint } from "../../net/endpoint.ts";
import type { Message } from "../../protocol/message.ts";
import type { CoreContext } from "../core-context.ts";
import type { RingDetector } from "../detection/ring-detector.ts";
import { CONFIRMED_MS, RESTART_CHECK_PAUSE_MS } from "../limits.ts";
import type { Contact, Peer } from "../peers/peer.ts";
import type { PeerTable } from "../peers/peer-table.ts";
import type { Questions } from "../polling/questions.ts";
import type { Schedule } from "../polling/schedule.ts";
import type { AddressScan } from "./address-scan.ts";
import type { CandidatePool } from "./candidate-pool.ts";
import type { OwnAddresses } from "./own-addresses.ts";

interface Parts {
  readonly context: CoreContext;
  readonly table: PeerTable;
  readonly candidates: CandidatePool;
  readonly own: OwnAddresses;
  readonly questions: Questions;
  readonly schedule: Schedule;
  readonly scan: AddressScan;
  readonly ring: RingDetector;
}

export class Discovery {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A list adds what is new; it changes nothing else (6.1). */
  learnFromList(addresses: readonly string[], sender: string): void {
    const { table, candidates, scan } = this.#parts;
    scan.noteList();
    for (const address of addresses) {
      // Somebody else's loopback is not ours.
      if (isLoopback(address) && !isLoopback(sender)) continue;
      const contact = table.contactOf(address);
      if (contact?.peer === undefined) candidates.add(address, { hasSpoken: false });
      else this.#probeSecondAddress(contact, contact.peer);
    }
  }

  /** A valid message makes its sender's address known: it is asked, at the peers' port. */
  learnFromSender(from: Endpoint, message: Message): void {
    const { context, table, candidates, own, schedule, ring } = this.#parts;
    const contact = table.contactOf(from.address);
    const peer = contact?.peer;
    if (contact === undefined || peer === undefined) {
      const isOthers = message.kind === "question" && message.id !== context.self.id;
      if (isOthers) own.unlearn(from.address);
      candidates.add(from.address, { hasSpoken: true });
      noteAsked(candidates.get(from.address), message);
      return;
    }
    ring.noteHeard();
    if (from.port !== context.port || message.kind === "goodbye") return;
    schedule.nudge(peer);
    if (this.#mayHaveMoved(contact, peer, message)) schedule.probe(contact);
    else if (this.#mayHaveRestarted(contact, peer, message)) schedule.notePossibleRestart(peer);
    noteAsked(contact, message);
  }

  /**
   * Somebody reaches a machine at an address that we take for the second one of another: after two
   * have swapped, say. Once an interval it is asked who it is.
   */
  #probeSecondAddress(contact: Contact, peer: Peer): void {
    const { context, questions, schedule } = this.#parts;
    const isRested = questions.msSinceAsked(contact) >= context.intervalMs;
    if (peer.contacts[0] !== contact && isRested) schedule.probe(contact);
  }

  /**
   * Whether the address may be another machine's by now: two that have swapped theirs would else be
   * asked for ever each where the other is. An address that is not a machine's first is asked too
   * seldom to find out; and one taken for a machine of 2005 that answers our bare request, when the
   * question before it was lost, would pass for one until its next report.
   */
  #mayHaveMoved(contact: Contact, peer: Peer, message: Message): boolean {
    if (message.kind !== "question") return false;
    const isAsExpected = message.id === peer.announcedId && peer.contacts[0] === contact;
    return !isAsExpected && this.#parts.questions.msSinceAsked(contact) >= RESTART_CHECK_PAUSE_MS;
  }

  /**
   * Whether it asks as one does who knows nothing of us. Its first question does so without a new
   * start: whoever has answered us learns of us by that, and asks in turn.
   */
  #mayHaveRestarted(contact: Contact, peer: Peer, message: Message): boolean {
    const isOld = peer.protocol === 1;
    const sinceHeardMs = this.#parts.context.clock.deadlineMs - peer.heardDeadlineMs;
    // Who has said goodbye and asks is back, however lately it had answered.
    const isConfirmed = sinceHeardMs < CONFIRMED_MS && peer.goodbye === undefined;
    if (message.kind === "initial-query") return isOld || !isConfirmed;
    if (message.kind !== "question") return false;
    return isOld || (message.incarnation === undefined && (contact.hasAsked || !isConfirmed));
  }
}

function noteAsked(contact: Contact | undefined, message: Message): void {
  if (contact !== undefined && message.kind === "question") contact.hasAsked = true;
}
