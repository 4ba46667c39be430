/**
 * Addresses heard of that have not answered a question yet. They are asked a few times with
 * growing pauses and then forgotten; they are neither shown nor passed on. Anybody may name
 * addresses, so the number is capped, and who goes is left to chance: a flood of invented ones
 * cannot push a true one out for sure. Those who have spoken and those that somebody named are asked
 * in turns, most of them for the former's first question: else lists of thousands would hold up
 * newcomers for minutes, or newcomers without end everybody else.
 */
import { isUsablePeerAddress } from "../../net/address.ts";
import type { CoreContext } from "../core-context.ts";
import { CANDIDATE_PAUSES_MS, MAX_CANDIDATES, NUDGE_PAUSE_MS } from "../limits.ts";
import type { Budget } from "../pacing/budget.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import { SampleMap } from "../pacing/sample-map.ts";
import { type Contact, newContact } from "../peers/peer.ts";
import type { Questions } from "../polling/questions.ts";
import type { OwnAddresses } from "./own-addresses.ts";

/** Where an eighth of all have spoken, one of them goes in one of 500 cases. */
const EVICTION_DRAWS = 3;

interface Parts {
  readonly context: CoreContext;
  readonly budget: Budget;
  readonly questions: Questions;
  readonly own: OwnAddresses;
}

export class CandidatePool {
  readonly #context: CoreContext;
  readonly #budget: Budget;
  readonly #questions: Questions;
  readonly #own: OwnAddresses;
  readonly #contacts = new SampleMap<string, Contact>();
  /** Those who have spoken and were not asked yet, those who were, and those who were only named. */
  readonly #fresh = new DeadlineQueue<Contact>();
  readonly #spoken = new DeadlineQueue<Contact>();
  readonly #named = new DeadlineQueue<Contact>();
  readonly #turns = [
    ...[this.#fresh, this.#fresh, this.#spoken],
    ...[this.#fresh, this.#fresh, this.#named],
  ];
  #turn = 0;

  constructor(parts: Parts) {
    this.#context = parts.context;
    this.#budget = parts.budget;
    this.#questions = parts.questions;
    this.#own = parts.own;
  }

  get size(): number {
    return this.#contacts.size;
  }

  sizes() {
    return {
      candidates: this.size,
      plannedCandidates: this.#fresh.size + this.#spoken.size + this.#named.size,
    };
  }

  get(address: string): Contact | undefined {
    return this.#contacts.get(address);
  }

  /** An address that is not a known machine's was named, or has sent a message itself. */
  add(address: string, options: { readonly hasSpoken: boolean }): void {
    const known = this.#contacts.get(address);
    if (known !== undefined) {
      const isRested = this.#questions.msSinceAsked(known) >= NUDGE_PAUSE_MS;
      if (options.hasSpoken && isRested) this.#noteSpoke(known);
      return;
    }
    if (!isUsablePeerAddress(address) || this.#own.has(address)) return;
    if (!this.#context.ranges.allow(address)) return;
    if (this.#contacts.size >= MAX_CANDIDATES) this.#evictAny();
    const contact = newContact(address);
    this.#contacts.set(address, contact);
    if (options.hasSpoken) this.#noteSpoke(contact);
    else this.#named.set(contact, this.#context.clock.deadlineMs);
  }

  /** It is a machine now, or this machine itself. */
  remove(contact: Contact): void {
    if (this.#contacts.get(contact.address) !== contact) return;
    this.#contacts.delete(contact.address);
    this.#drop(contact);
  }

  /** The allowed ranges have changed. */
  removeForbidden(): void {
    for (const contact of this.#contacts.values()) {
      if (!this.#context.ranges.allow(contact.address)) this.remove(contact);
    }
  }

  run(): void {
    const nowMs = this.#context.clock.deadlineMs;
    const { candidates, questions } = this.#budget;
    for (;;) {
      const turn = this.#nextTurn(nowMs);
      const contact = this.#turns[turn]?.peekDue(nowMs);
      if (contact === undefined) return;
      const pauseMs = CANDIDATE_PAUSES_MS[contact.asked];
      if (pauseMs === undefined) {
        this.remove(contact);
        continue;
      }
      if (candidates.readyMs(nowMs) > nowMs || !questions.take(nowMs)) return;
      candidates.take(nowMs);
      this.#turn = (turn + 1) % this.#turns.length;
      // One number for all repeats, so that a late answer to the first still counts.
      this.#questions.ask(contact, contact.question?.number ?? this.#context.requestNumber());
      this.#moveTo(contact.hasSpoken ? this.#spoken : this.#named, contact, nowMs + pauseMs);
    }
  }

  nextMs(): number {
    const nowMs = this.#context.clock.deadlineMs;
    const { candidates, questions } = this.#budget;
    const dueMs = Math.min(this.#fresh.nextMs(), this.#spoken.nextMs(), this.#named.nextMs());
    return Math.max(dueMs, candidates.readyMs(nowMs), questions.readyMs(nowMs));
  }

  /** It keeps its place among those that wait, however often it speaks. */
  #noteSpoke(contact: Contact): void {
    const queue = contact.asked === 0 ? this.#fresh : this.#spoken;
    const waitsFromMs = queue.atMs(contact);
    contact.hasSpoken = true;
    this.#moveTo(queue, contact, Math.min(waitsFromMs, this.#context.clock.deadlineMs));
  }

  #moveTo(queue: DeadlineQueue<Contact>, contact: Contact, atMs: number): void {
    if (!queue.has(contact)) this.#drop(contact);
    queue.set(contact, atMs);
  }

  /** It is in one of them at most. */
  #drop(contact: Contact): void {
    this.#fresh.delete(contact);
    this.#spoken.delete(contact);
    this.#named.delete(contact);
  }

  /** A queue in which nobody is due misses its turn. */
  #nextTurn(nowMs: number): number {
    const turns = this.#turns.length;
    for (let turn = this.#turn; turn < this.#turn + turns; turn++) {
      const isDue = (this.#turns[turn % turns]?.nextMs() ?? nowMs) <= nowMs;
      if (isDue) return turn % turns;
    }
    return this.#turn;
  }

  #evictAny(): void {
    let victim = this.#contacts.pick(this.#context.random());
    for (let draw = 1; draw < EVICTION_DRAWS && victim?.hasSpoken === true; draw++) {
      victim = this.#contacts.pick(this.#context.random());
    }
    if (victim !== undefined) this.remove(victim);
  }
}
