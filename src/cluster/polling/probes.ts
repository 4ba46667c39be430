/**
 * Questions to single addresses of machines, apart from the rounds of the schedule: does another
 * incarnation, or another machine, answer at this address by now? An address is asked up to three
 * times, a second apart. Probes of quiet machines wait apart, as the schedule gives them a share of the
 * small budget for quiet machines.
 */
import type { CoreContext } from "../core-context.ts";
import { NUDGE_PAUSE_MS, PROBES, SECOND } from "../limits.ts";
import type { Budget } from "../pacing/budget.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import { type Contact, isQuiet, type Peer } from "../peers/peer.ts";
import type { Questions } from "./questions.ts";

interface Parts {
  readonly context: CoreContext;
  readonly budget: Budget;
  readonly questions: Questions;
}

export class Probes {
  readonly #parts: Parts;
  readonly #answering = new DeadlineQueue<Contact>();
  readonly #quiet = new DeadlineQueue<Contact>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  sizes() {
    return { probes: this.#answering.size + this.#quiet.size };
  }

  start(contact: Contact, afterMs = 0): void {
    contact.probesLeft = PROBES;
    const atMs = this.#parts.context.clock.deadlineMs + afterMs;
    if (!this.#quiet.has(contact)) this.#answering.set(contact, atMs);
  }

  /** Starts a second after the last question to this address, whatever kind that was. */
  startRested(contact: Contact): void {
    const restMs = NUDGE_PAUSE_MS - this.#parts.questions.msSinceAsked(contact);
    this.start(contact, Math.max(0, restMs));
  }

  end(contact: Contact): void {
    contact.probesLeft = 0;
    this.#drop(contact);
  }

  /** The machine leaves the table. */
  dropAllOf(peer: Peer): void {
    for (const contact of peer.contacts) this.#drop(contact);
  }

  /** Asks the addresses of machines that answer; those of quiet ones are set aside for `askQuiet`. */
  run(nowMs: number): void {
    for (const contact of this.#answering.due(nowMs)) {
      if (contact.peer !== undefined && isQuiet(contact.peer)) {
        this.#answering.delete(contact);
        this.#quiet.set(contact, nowMs);
      } else if (!this.#parts.budget.questions.take(nowMs)) return;
      else this.#ask(contact, this.#answering);
    }
  }

  nextMs(): number {
    return this.#answering.nextMs();
  }

  /** The address of a quiet machine that is due, if there is one. */
  peekQuiet(nowMs: number): Contact | undefined {
    return this.#quiet.peekDue(nowMs);
  }

  askQuiet(contact: Contact): void {
    this.#ask(contact, this.#quiet);
  }

  nextQuietMs(): number {
    return this.#quiet.nextMs();
  }

  #ask(contact: Contact, queue: DeadlineQueue<Contact>): void {
    contact.probesLeft--;
    this.#parts.questions.ask(contact, this.#parts.context.requestNumber());
    if (contact.probesLeft > 0) queue.set(contact, this.#parts.context.clock.deadlineMs + SECOND);
    else queue.delete(contact);
  }

  #drop(contact: Contact): void {
    this.#answering.delete(contact);
    this.#quiet.delete(contact);
  }
}
