/**
 * Tells all others to ask a machine that has left quick questions unanswered (design 6.6): twice,
 * as packets get lost, but not again when it has answered meanwhile.
 */
import { encodeHints } from "../../protocol/encode.ts";
import type { CoreContext } from "../core-context.ts";
import { HINT_AGAIN_MS, MAX_HINTS_UNDER_WAY } from "../limits.ts";
import type { Budget } from "../pacing/budget.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import type { Peer } from "../peers/peer.ts";
import type { PeerTable } from "../peers/peer-table.ts";
import { isInRing } from "./ring-order.ts";

/** The machines named together, and whom they have still to be named to in this round. */
interface HintBroadcast {
  readonly about: readonly Peer[];
  readonly isStillMissed: (peer: Peer) => boolean;
  recipients: string[];
  packets: readonly Uint8Array[];
  roundsLeft: number;
}

const ROUNDS = 2;

export class Hints {
  readonly #context: CoreContext;
  readonly #budget: Budget;
  readonly #table: PeerTable;
  readonly #broadcasts = new DeadlineQueue<HintBroadcast>();

  constructor(parts: {
    readonly context: CoreContext;
    readonly budget: Budget;
    readonly table: PeerTable;
  }) {
    this.#context = parts.context;
    this.#budget = parts.budget;
    this.#table = parts.table;
  }

  get size(): number {
    return this.#broadcasts.size;
  }

  /** Names these machines to all others, as far as the caps allow. */
  tell(missed: readonly Peer[], isStillMissed: (peer: Peer) => boolean): void {
    const nowMs = this.#context.clock.deadlineMs;
    if (this.#broadcasts.size >= MAX_HINTS_UNDER_WAY) return;
    const about = missed.filter(() => this.#budget.hinted.take(nowMs));
    if (about.length === 0) return;
    const telling = { about, isStillMissed, recipients: [], packets: [], roundsLeft: ROUNDS };
    this.#broadcasts.set(telling, nowMs);
  }

  /** This machine was suspended, or is cut off: what it has missed says nothing. */
  clear(): void {
    for (;;) {
      const telling = this.#broadcasts.popDue(Number.POSITIVE_INFINITY);
      if (telling === undefined) return;
    }
  }

  run(): void {
    const nowMs = this.#context.clock.deadlineMs;
    for (;;) {
      const telling = this.#broadcasts.peekDue(nowMs);
      if (telling === undefined) return;
      if (telling.recipients.length === 0) this.#beginRound(telling);
      while (telling.recipients.length > 0) {
        if (!this.#budget.hints.take(nowMs)) return;
        const reader = telling.recipients.pop();
        if (reader === undefined) break;
        for (const packet of telling.packets) this.#context.sendToPeer(reader, packet);
      }
      telling.roundsLeft--;
      if (telling.roundsLeft > 0) this.#broadcasts.set(telling, nowMs + HINT_AGAIN_MS);
      else this.#broadcasts.delete(telling);
    }
  }

  nextMs(): number {
    const readyMs = this.#budget.hints.readyMs(this.#context.clock.deadlineMs);
    return Math.max(this.#broadcasts.nextMs(), readyMs);
  }

  #beginRound(telling: HintBroadcast): void {
    const about = telling.about.filter(telling.isStillMissed);
    // Others may know it by another of its addresses.
    const addresses = about.flatMap(({ contacts }) => contacts.map(({ address }) => address));
    telling.packets = encodeHints(this.#context.signature, addresses);
    if (about.length === 0) return;
    for (const peer of this.#table.all()) {
      if (isInRing(peer) && !about.includes(peer)) telling.recipients.push(peer.address);
    }
  }
}
