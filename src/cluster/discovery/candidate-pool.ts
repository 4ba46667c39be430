/**
 * Candidates: addresses heard of that have not answered a question yet. Each is asked a few times with
 * growing pauses and then dropped; candidates are neither shown nor passed on. Anybody may name addresses,
 * so their number is capped, and chance decides which one goes: a flood of invented addresses cannot push
 * out a real one for sure.
 *
 * Three groups wait: candidates that have spoken and were not asked yet, those that have spoken and were
 * asked, and those that others have only named. They are asked round-robin, so that neither long lists nor
 * a flood of newcomers starves the others; the first group, in which real newcomers are, gets most turns.
 */
import { isUsablePeerAddress } from "../../net/address.ts";
import { CANDIDATE_PAUSES_MS, MAX_CANDIDATES, NUDGE_PAUSE_MS } from "../limits.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import { SampleMap } from "../pacing/sample-map.ts";
import { Contact, type Peer } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import type { OwnAddresses } from "./own-addresses.ts";

/** If an eighth of all have spoken, one of those goes in 1 of 500 cases. */
const EVICTION_DRAWS = 3;

export class CandidatePool {
  readonly #parts: Polling & { readonly own: OwnAddresses };
  readonly #contacts = new SampleMap<string, Contact>();
  readonly #fresh = new DeadlineQueue<Contact>();
  readonly #spoken = new DeadlineQueue<Contact>();
  readonly #named = new DeadlineQueue<Contact>();
  readonly #turns = [this.#fresh, this.#fresh, this.#spoken, this.#fresh, this.#fresh, this.#named];
  #turn = 0;

  constructor(parts: Polling & { readonly own: OwnAddresses }) {
    this.#parts = parts;
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

  /** Adds an address of no known machine, which others have named or which has sent a message. */
  add(address: string, options: { readonly hasSpoken: boolean }): void {
    const known = this.#contacts.get(address);
    if (known !== undefined) {
      const isRested = this.#parts.questions.msSinceAsked(known) >= NUDGE_PAUSE_MS;
      if (options.hasSpoken && isRested) this.#noteSpoke(known);
      return;
    }
    if (!isUsablePeerAddress(address) || this.#parts.own.has(address)) return;
    if (!this.#parts.context.ranges.allow(address)) return;
    if (this.#contacts.size >= MAX_CANDIDATES) this.#evictAny();
    const contact = new Contact(address);
    this.#contacts.set(address, contact);
    if (options.hasSpoken) this.#noteSpoke(contact);
    else this.#named.set(contact, this.#parts.context.clock.deadlineMs);
  }

  /** The machine has answered from this address, which is no candidate any more. */
  confirm(contact: Contact, peer: Peer): void {
    this.remove(contact);
    this.#parts.probes.end(contact);
    if (peer.report === undefined) this.#parts.states.noteChange(peer, { remember: true });
  }

  /** The address turned out to be a machine's, or our own. */
  remove(contact: Contact): void {
    if (this.#contacts.get(contact.address) !== contact) return;
    this.#contacts.delete(contact.address);
    this.#drop(contact);
  }

  /** The allowed ranges have changed: drops the candidates outside. */
  removeForbidden(): void {
    for (const contact of this.#contacts.values()) {
      if (!this.#parts.context.ranges.allow(contact.address)) this.remove(contact);
    }
  }

  run(): void {
    const nowMs = this.#parts.context.clock.deadlineMs;
    const { candidates, questions } = this.#parts.budget;
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
      // All repeats have one number, so that a late answer to the first still counts. One that was
      // answered is over, though the answer was refused.
      const open = contact.question?.isAnswered === false ? contact.question : undefined;
      this.#parts.questions.ask(contact, open?.number ?? this.#parts.context.requestNumber());
      this.#moveTo(contact.hasSpoken ? this.#spoken : this.#named, contact, nowMs + pauseMs);
    }
  }

  nextMs(): number {
    const nowMs = this.#parts.context.clock.deadlineMs;
    const { candidates, questions } = this.#parts.budget;
    const dueMs = Math.min(this.#fresh.nextMs(), this.#spoken.nextMs(), this.#named.nextMs());
    return Math.max(dueMs, candidates.readyMs(nowMs), questions.readyMs(nowMs));
  }

  /** A candidate that waits keeps its place, however often it speaks. */
  #noteSpoke(contact: Contact): void {
    const queue = contact.asked === 0 ? this.#fresh : this.#spoken;
    const waitsFromMs = queue.atMs(contact);
    contact.hasSpoken = true;
    this.#moveTo(queue, contact, Math.min(waitsFromMs, this.#parts.context.clock.deadlineMs));
  }

  #moveTo(queue: DeadlineQueue<Contact>, contact: Contact, atMs: number): void {
    if (!queue.has(contact)) this.#drop(contact);
    queue.set(contact, atMs);
  }

  /** It waits in one of the groups at most. */
  #drop(contact: Contact): void {
    this.#fresh.delete(contact);
    this.#spoken.delete(contact);
    this.#named.delete(contact);
  }

  /** A group in which none is due misses its turn. */
  #nextTurn(nowMs: number): number {
    const turns = this.#turns.length;
    for (let turn = this.#turn; turn < this.#turn + turns; turn++) {
      const isDue = (this.#turns[turn % turns]?.nextMs() ?? nowMs) <= nowMs;
      if (isDue) return turn % turns;
    }
    return this.#turn;
  }

  #evictAny(): void {
    let victim = this.#contacts.pick(this.#parts.context.random());
    for (let draw = 1; draw < EVICTION_DRAWS && victim?.hasSpoken === true; draw++) {
      victim = this.#contacts.pick(this.#parts.context.random());
    }
    if (victim !== undefined) this.remove(victim);
  }
}
