/**
 * Which addresses are worth a question, judging by the messages that come: addresses that others name,
 * senders that are not known, known machines that may have restarted or moved. Nothing is believed here;
 * all that follows is a question.
 */
import { isLoopback } from "../../net/address.ts";
import type { Endpoint } from "../../net/endpoint.ts";
import type { Message } from "../../protocol/message.ts";
import type { RingDetector } from "../detection/ring-detector.ts";
import { CONFIRMED_MS, RESTART_CHECK_PAUSE_MS } from "../limits.ts";
import type { Contact, Peer } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import type { AddressScan } from "./address-scan.ts";
import type { CandidatePool } from "./candidate-pool.ts";
import type { OwnAddresses } from "./own-addresses.ts";

interface Parts extends Polling {
  readonly candidates: CandidatePool;
  readonly own: OwnAddresses;
  readonly scan: AddressScan;
  readonly ring: RingDetector;
}

export class Discovery {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** An address list came: it adds what is new and changes nothing else. */
  learnFromList(addresses: readonly string[], sender: string): void {
    const { table, candidates, scan } = this.#parts;
    scan.noteList();
    for (const address of addresses) {
      // The loopback addresses of another machine are not ours.
      if (isLoopback(address) && !isLoopback(sender)) continue;
      const contact = table.contactOf(address);
      if (contact?.peer === undefined) candidates.add(address, { hasSpoken: false });
      else this.#probeSecondAddress(contact, contact.peer);
    }
  }

  /** A valid message came: its sender is there, and is asked at the peers' port. */
  learnFromSender(from: Endpoint, message: Message): void {
    const { context, table, candidates, own, schedule, probes, ring } = this.#parts;
    const contact = table.contactOf(from.address);
    const peer = contact?.peer;
    if (contact === undefined || peer === undefined) {
      const isFromOther = message.kind === "question" && message.id !== context.self.id;
      if (isFromOther) own.unlearn(from.address);
      candidates.add(from.address, { hasSpoken: true });
      noteAsked(candidates.get(from.address), message);
      return;
    }
    ring.noteHeard();
    if (from.port !== context.port || message.kind === "goodbye") return;
    // An answer to our own question is not a reason to ask more often.
    const isV1Answer = message.kind === "report-v1" || message.kind === "alive";
    if (!isV1Answer) schedule.nudge(peer);
    if (this.#mayHaveMoved(contact, peer, message)) probes.start(contact);
    else if (this.#mayHaveRestarted(contact, peer, message)) {
      schedule.notePossibleRestart(peer, { isQuery: message.kind === "initial-query" });
    }
    noteAsked(contact, message);
  }

  /**
   * Another machine names an address that we take for a further address of this one: two machines may
   * have swapped theirs. Once an interval we ask who is there.
   */
  #probeSecondAddress(contact: Contact, peer: Peer): void {
    const { context, questions, probes } = this.#parts;
    const isRested = questions.msSinceAsked(contact) >= context.intervalMs;
    if (peer.contacts[0] !== contact && isRested) probes.start(contact);
  }

  /**
   * Whether the address may be another machine's by now. Two machines that have swapped addresses would
   * otherwise be asked forever where the other one is. A further address of a machine is asked too
   * seldom to find out. And a machine taken for one of protocol 1, since the question was lost and only
   * the bare request was answered, would pass for that until its next report.
   */
  #mayHaveMoved(contact: Contact, peer: Peer, message: Message): boolean {
    if (message.kind !== "question") return false;
    const isAsExpected = message.id === peer.announcedId && peer.contacts[0] === contact;
    return !isAsExpected && this.#parts.questions.msSinceAsked(contact) >= RESTART_CHECK_PAUSE_MS;
  }

  /**
   * Whether the machine asks as if it knew nothing of us. Its very first question does so without a
   * restart: a machine that answers us learns of us by that, and asks in turn.
   */
  #mayHaveRestarted(contact: Contact, peer: Peer, message: Message): boolean {
    const isV1 = peer.protocol === 1;
    const sinceHeardMs = this.#parts.context.clock.deadlineMs - peer.heardDeadlineMs;
    // A machine that has said goodbye and asks is back, however recently it answered.
    const isConfirmed = sinceHeardMs < CONFIRMED_MS && peer.goodbye === undefined;
    if (message.kind === "initial-query") return isV1 || !isConfirmed;
    if (message.kind !== "question") return false;
    return isV1 || (message.incarnation === undefined && (contact.hasAsked || !isConfirmed));
  }
}

function noteAsked(contact: Contact | undefined, message: Message): void {
  if (contact !== undefined && message.kind === "question") contact.hasAsked = true;
}
