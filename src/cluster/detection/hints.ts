/**
 * Tells all others to ask machines that have left quick questions unanswered: twice, as packets
 * get lost, but the second time only about those that have not answered meanwhile.
 */
import { encodeHints } from "../../protocol/encode.ts";
import { HINT_AGAIN_MS, MAX_HINTS_UNDER_WAY } from "../limits.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import type { Peer } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import { isInRing } from "./ring-turns.ts";

/** The machines that are named together, and who has still to be told in this round. */
interface HintBroadcast {
  readonly about: readonly Peer[];
  readonly isStillMissed: (peer: Peer) => boolean;
  recipients: string[];
  packets: readonly Uint8Array[];
  roundsLeft: number;
}

const ROUNDS = 2;

export class Hints {
  readonly #parts: Polling;
  readonly #broadcasts = new DeadlineQueue<HintBroadcast>();

  constructor(parts: Polling) {
    this.#parts = parts;
  }

  sizes() {
    return { hints: this.#broadcasts.size };
  }

  /** Names these machines to all others, as far as the caps allow. */
  tell(missed: readonly Peer[], isStillMissed: (peer: Peer) => boolean): void {
    const nowMs = this.#parts.context.clock.deadlineMs;
    if (this.#broadcasts.size >= MAX_HINTS_UNDER_WAY) return;
    const about = missed.filter(() => this.#parts.budget.hinted.take(nowMs));
    if (about.length === 0) return;
    const broadcast = { about, isStillMissed, recipients: [], packets: [], roundsLeft: ROUNDS };
    this.#broadcasts.set(broadcast, nowMs);
  }

  /** This machine was suspended: the answers that it missed say nothing. */
  clear(): void {
    this.#broadcasts.clear();
  }

  run(): void {
    const { context, budget } = this.#parts;
    const nowMs = context.clock.deadlineMs;
    for (const broadcast of this.#broadcasts.due(nowMs)) {
      if (broadcast.recipients.length === 0) this.#beginRound(broadcast);
      while (broadcast.recipients.length > 0) {
        if (!budget.hints.take(nowMs)) return;
        const recipient = broadcast.recipients.pop();
        if (recipient === undefined) break;
        for (const packet of broadcast.packets) context.sendToPeer(recipient, packet);
      }
      broadcast.roundsLeft--;
      if (broadcast.roundsLeft > 0) this.#broadcasts.set(broadcast, nowMs + HINT_AGAIN_MS);
      else this.#broadcasts.delete(broadcast);
    }
  }

  nextMs(): number {
    const { budget, context } = this.#parts;
    const readyMs = budget.hints.readyMs(context.clock.deadlineMs);
    return Math.max(this.#broadcasts.nextMs(), readyMs);
  }

  #beginRound(broadcast: HintBroadcast): void {
    const about = broadcast.about.filter(broadcast.isStillMissed);
    // All addresses of each machine, as others may know it by another one.
    const addresses = about.flatMap(({ contacts }) => contacts.map(({ address }) => address));
    broadcast.packets = encodeHints(this.#parts.context.signature, addresses);
    if (about.length === 0) return;
    for (const peer of this.#parts.table.all()) {
      if (isInRing(peer) && !about.includes(peer)) broadcast.recipients.push(peer.address);
    }
  }
}
