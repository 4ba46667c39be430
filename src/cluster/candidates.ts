/**
 * Addresses heard of that have not answered a question yet. They are asked a few times with
 * growing pauses and then forgotten; they are neither shown nor passed on. Anybody may name
 * addresses, so the number is capped, and who goes is left to chance: a flood of invented ones
 * cannot push a true one out for sure.
 */
import { isUsablePeerAddress } from "../protocol/address.ts";
import type { Budget } from "./budget.ts";
import { type Contact, newContact } from "./contact.ts";
import { DeadlineQueue } from "./deadline-queue.ts";
import type { Desk } from "./desk.ts";
import { CANDIDATE_PAUSES_MS, MAX_CANDIDATES, NUDGE_PAUSE_MS } from "./limits.ts";
import type { OwnAddresses } from "./own-addresses.ts";
import type { Questions } from "./questions.ts";
import { SampleMap } from "./sample-map.ts";

interface Parts {
  readonly desk: Desk;
  readonly budget: Budget;
  readonly questions: Questions;
  readonly own: OwnAddresses;
}

export class Candidates {
  readonly #desk: Desk;
  readonly #budget: Budget;
  readonly #questions: Questions;
  readonly #own: OwnAddresses;
  readonly #contacts = new SampleMap<string, Contact>();
  readonly #queue = new DeadlineQueue<Contact>();

  constructor(parts: Parts) {
    this.#desk = parts.desk;
    this.#budget = parts.budget;
    this.#questions = parts.questions;
    this.#own = parts.own;
  }

  get size(): number {
    return this.#contacts.size;
  }

  get(address: string): Contact | undefined {
    return this.#contacts.get(address);
  }

  /** An address that is not a known machine's was named, or has sent a message itself. */
  offer(address: string, options: { readonly hasSpoken: boolean }): void {
    const known = this.#contacts.get(address);
    if (known !== undefined) {
      const isRested = this.#questions.msSinceAsked(known) >= NUDGE_PAUSE_MS;
      if (options.hasSpoken && isRested) this.#queue.set(known, this.#desk.clock.deadlineMs);
      return;
    }
    if (!isUsablePeerAddress(address) || this.#own.has(address)) return;
    if (!this.#desk.ranges.allow(address)) return;
    if (this.#contacts.size >= MAX_CANDIDATES) this.#evictAny();
    const contact = newContact(address);
    this.#contacts.set(address, contact);
    this.#queue.set(contact, this.#desk.clock.deadlineMs);
  }

  /** It is a machine now, or this machine itself. */
  remove(contact: Contact): void {
    if (this.#contacts.get(contact.address) !== contact) return;
    this.#contacts.delete(contact.address);
    this.#queue.delete(contact);
  }

  /** The allowed ranges have changed. */
  removeForbidden(): void {
    for (const contact of this.#contacts.values()) {
      if (!this.#desk.ranges.allow(contact.address)) this.remove(contact);
    }
  }

  run(): void {
    const nowMs = this.#desk.clock.deadlineMs;
    const { candidates, questions } = this.#budget;
    for (;;) {
      const contact = this.#queue.peekDue(nowMs);
      if (contact === undefined) return;
      const pauseMs = CANDIDATE_PAUSES_MS[contact.asked];
      if (pauseMs === undefined) {
        this.remove(contact);
        continue;
      }
      if (candidates.readyMs(nowMs) > nowMs || !questions.take(nowMs)) return;
      candidates.take(nowMs);
      // One number for all repeats, so that a late answer to the first still counts.
      this.#questions.ask(contact, contact.question?.number ?? this.#desk.requestNumber());
      this.#queue.set(contact, nowMs + pauseMs);
    }
  }

  nextMs(): number {
    const nowMs = this.#desk.clock.deadlineMs;
    const { candidates, questions } = this.#budget;
    return Math.max(this.#queue.nextMs(), candidates.readyMs(nowMs), questions.readyMs(nowMs));
  }

  #evictAny(): void {
    const victim = this.#contacts.pick(this.#desk.random());
    if (victim !== undefined) this.remove(victim);
  }
}
