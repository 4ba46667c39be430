/** What this machine answers when it is asked; nothing that it holds changes by it. */
import type { Question } from "../protocol/message.ts";
import type { AddressLists } from "./address-lists.ts";
import type { Admission } from "./admission.ts";
import type { Budget } from "./budget.ts";
import type { Desk } from "./desk.ts";
import type { Endpoint } from "./output.ts";
import type { OwnReport } from "./own-report.ts";

interface Parts {
  readonly desk: Desk;
  readonly budget: Budget;
  readonly admission: Admission;
  readonly lists: AddressLists;
  readonly ownReport: OwnReport;
}

export class Replies {
  readonly #desk: Desk;
  readonly #budget: Budget;
  readonly #admission: Admission;
  readonly #lists: AddressLists;
  readonly #ownReport: OwnReport;

  constructor(parts: Parts) {
    this.#desk = parts.desk;
    this.#budget = parts.budget;
    this.#admission = parts.admission;
    this.#lists = parts.lists;
    this.#ownReport = parts.ownReport;
  }

  /**
   * The list of live machines. The question paid for one packet; each further one costs the
   * asker a token, so that a small packet with a forged sender brings nobody a flood.
   */
  toInitialQuery(from: Endpoint, isKnown: boolean): boolean {
    const nowMs = this.#desk.clock.deadlineMs;
    for (const [index, packet] of this.#lists.packetsFor(from.address).entries()) {
      const isPaid = index === 0 || this.#admission.admit(from.address, { isKnown, nowMs });
      if (!isPaid) return true;
      if (!this.#reply(from, packet)) return false;
    }
    return true;
  }

  toQuestion(from: Endpoint, question: Question): boolean {
    return this.#reply(from, this.#ownReport.answerTo(question, from.address));
  }

  /** The report, if it has been updated since this sender last asked; else nothing (6.1). */
  toRequest(from: Endpoint): boolean {
    const packet = this.#ownReport.packetV1();
    if (packet === undefined) return true;
    const isNews = this.#admission.serveOnce(from.address, {
      sequence: this.#ownReport.sequence,
      isPeerPort: from.port === this.#desk.port,
    });
    return !isNews || this.#reply(from, packet);
  }

  /** False: too many answers in all. */
  #reply(to: Endpoint, bytes: Uint8Array): boolean {
    if (!this.#budget.answers.take(this.#desk.clock.deadlineMs)) return false;
    this.#desk.send(to, bytes);
    return true;
  }
}
