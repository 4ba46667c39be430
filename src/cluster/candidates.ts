/**
 * Addresses heard of that have not answered a question yet. They are asked a few times with
 * growing pauses and then forgotten; they are neither shown nor passed on. Anybody may name
 * addresses, so the number is capped, and who goes is left to chance: a flood of invented ones
 * cannot push a true one out for sure. Who has spoken is asked before those who were only named,
 * and stays rather than they: to name thousands takes one packet, to speak for them thousands.
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

/** Where an eighth of all have spoken, one of them goes in one of 500 cases. */
const EVICTION_DRAWS = 3;

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
  /** Those of them who have spoken and were not asked yet. */
  readonly #spoken = new DeadlineQueue<Contact>();

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
      if (options.hasSpoken) this.#noteSpoken(known);
      return;
    }
    if (!isUsablePeerAddress(address) || this.#own.has(address)) return;
    if (!this.#desk.ranges.allow(address)) return;
    if (this.#contacts.size >= MAX_CANDIDATES) this.#evictAny();
    const contact = newContact(address);
    this.#contacts.set(address, contact);
    if (options.hasSpoken) this.#noteSpoken(contact);
    else this.#queue.set(contact, this.#desk.clock.deadlineMs);
  }

  /** It is a machine now, or this machine itself. */
  remove(contact: Contact): void {
    if (this.#contacts.get(contact.address) !== contact) return;
    this.#contacts.delete(contact.address);
    this.#queue.delete(contact);
    this.#spoken.delete(contact);
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
      const contact = this.#spoken.peekDue(nowMs) ?? this.#queue.peekDue(nowMs);
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
      this.#spoken.delete(contact);
      this.#queue.set(contact, nowMs + pauseMs);
    }
  }

  nextMs(): number {
    const nowMs = this.#desk.clock.deadlineMs;
    const { candidates, questions } = this.#budget;
    const nextMs = Math.min(this.#spoken.nextMs(), this.#queue.nextMs());
    return Math.max(nextMs, candidates.readyMs(nowMs), questions.readyMs(nowMs));
  }

  /** Asked at once, if it was not asked just now. */
  #noteSpoken(contact: Contact): void {
    const nowMs = this.#desk.clock.deadlineMs;
    contact.hasSpoken = true;
    if (contact.asked > 0) {
      const isRested = this.#questions.msSinceAsked(contact) >= NUDGE_PAUSE_MS;
      if (isRested) this.#queue.set(contact, nowMs);
      return;
    }
    this.#queue.delete(contact);
    // Who goes on speaking keeps its turn.
    if (!this.#spoken.has(contact)) this.#spoken.set(contact, nowMs);
  }

  #evictAny(): void {
    let victim = this.#contacts.pick(this.#desk.random());
    for (let draw = 1; draw < EVICTION_DRAWS && victim?.hasSpoken === true; draw++) {
      victim = this.#contacts.pick(this.#desk.random());
    }
    if (victim !== undefined) this.remove(victim);
  }
}
