/**
 * Removes machines that were scrapped, here and on the others. A user removes a machine here at once; the
 * others are told. Anybody may send such a request, so nobody believes it: a machine that gets one asks
 * the machine in question, and removes it only if it is silent, stopped or down here too and leaves all
 * questions unanswered. Then it passes the request on, which so spreads no further than where it is true.
 *
 * A machine that has passed a request on holds the removed machine no longer and ignores the request from
 * then on, which ends it. Address lists name only machines that answer, so none brings it back.
 */
import { withoutUndefined } from "../../base/without-undefined.ts";
import { encodeRemovalRequest } from "../../protocol/encode.ts";
import type { RemovalRequest } from "../../protocol/message.ts";
import {
  MAX_REMOVALS,
  REMOVAL_NOTICE_PAUSES_MS,
  REMOVAL_NOTICE_RECIPIENTS,
  REMOVAL_QUESTIONS,
  REMOVAL_REST_MS,
  REMOVAL_WAIT_MS,
  SECOND,
} from "../limits.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import { isDownOrStopped, isQuiet, type Peer } from "../peers/peer.ts";
import { describePeer } from "../peers/peer-states.ts";
import type { Polling } from "../polling/polling.ts";

/** A request of another machine that is being tested. */
interface RemovalTest {
  readonly peer: Peer;
  /** An answer of the machine after this ends the test (clock of deadlines). */
  readonly sinceMs: number;
  /** All questions of the test have this number, so that any answer counts. */
  readonly number: number;
  asked: number;
}

/** A request that others are to get, in rounds. */
interface RemovalNotice {
  readonly bytes: Uint8Array;
  /** How many others get it, at random; undefined: all. */
  readonly most?: number;
  /** Those that have still to get it in this round. */
  addresses: string[];
  /** From now to the next round, and from the end of each round to the next, ms. */
  pausesMs: readonly number[];
}

export class Removal {
  readonly #parts: Polling;
  readonly #requests = new Map<Peer, RemovalTest>();
  readonly #tests = new DeadlineQueue<RemovalTest>();
  readonly #notices = new DeadlineQueue<RemovalNotice>();

  constructor(parts: Polling) {
    this.#parts = parts;
  }

  sizes() {
    return { removalTests: this.#requests.size, removalNotices: this.#notices.size };
  }

  /** Our own user removes a machine, which is silent, stopped or down: it is removed at once. */
  removeForUser(peer: Peer): void {
    this.#remove(peer, { pausesMs: REMOVAL_NOTICE_PAUSES_MS });
  }

  /** Another machine asks for a removal: the machine is tested, now or once it is silent here. */
  noteRequest(message: RemovalRequest): void {
    const { context, schedule } = this.#parts;
    const peer = this.#peerOf(message);
    if (peer === undefined || this.#requests.has(peer)) return;
    const nowMs = context.clock.deadlineMs;
    const isRested = nowMs - peer.heardDeadlineMs >= REMOVAL_REST_MS;
    if (!isRested || this.#requests.size >= MAX_REMOVALS) return;
    const request = { peer, sinceMs: nowMs, number: context.requestNumber(), asked: 0 };
    this.#requests.set(peer, request);
    this.#tests.set(request, nowMs);
    schedule.notePossibleRestart(peer);
  }

  /** This machine was suspended: questions from before then prove nothing. */
  reset(): void {
    for (const request of this.#requests.values()) request.asked = 0;
  }

  run(): void {
    const nowMs = this.#parts.context.clock.deadlineMs;
    this.#runTests(nowMs);
    this.#sendNotices(nowMs);
  }

  nextMs(): number {
    const { context, budget } = this.#parts;
    const nowMs = context.clock.deadlineMs;
    const { questions, removal, lists } = budget;
    return Math.min(
      Math.max(this.#tests.nextMs(), questions.readyMs(nowMs), removal.readyMs(nowMs)),
      Math.max(this.#notices.nextMs(), lists.readyMs(nowMs)),
    );
  }

  /**
   * The machine that the request is about, if it is known here. The incarnation tells clones apart. Of a
   * machine without clones it may differ, since this machine may have missed the last restart.
   */
  #peerOf({ id, incarnation }: RemovalRequest): Peer | undefined {
    const { context, table } = this.#parts;
    const group = table.group(id);
    const isOneOfClones = group.length > 1 || id === context.self.id;
    return isOneOfClones ? group.find((peer) => peer.incarnation === incarnation) : group[0];
  }

  #runTests(nowMs: number): void {
    const { table, budget } = this.#parts;
    for (const request of this.#tests.due(nowMs)) {
      const { peer } = request;
      const isHeard = peer.heardDeadlineMs > request.sinceMs;
      if (isHeard || table.get(peer.id) !== peer) this.#end(request);
      // The ordinary questions decide whether it falls silent; only then does the test begin.
      else if (!isQuiet(peer)) this.#tests.set(request, nowMs + SECOND);
      else if (request.asked >= REMOVAL_QUESTIONS) this.#conclude(request);
      else if (budget.removal.readyMs(nowMs) > nowMs || !budget.questions.take(nowMs)) return;
      else {
        budget.removal.take(nowMs);
        this.#ask(request, nowMs);
      }
    }
  }

  #ask(request: RemovalTest, nowMs: number): void {
    const { contacts } = request.peer;
    const contact = contacts[request.asked % Math.max(1, contacts.length)];
    if (contact !== undefined) this.#parts.questions.ask(contact, request.number);
    request.asked++;
    const isLast = request.asked >= REMOVAL_QUESTIONS;
    this.#tests.set(request, nowMs + (isLast ? REMOVAL_WAIT_MS : SECOND));
  }

  #end(request: RemovalTest): void {
    this.#tests.delete(request);
    this.#requests.delete(request.peer);
  }

  #conclude(request: RemovalTest): void {
    this.#end(request);
    const isRoom = this.#notices.size < MAX_REMOVALS;
    this.#remove(
      request.peer,
      isRoom ? { pausesMs: [0], most: REMOVAL_NOTICE_RECIPIENTS } : { pausesMs: [] },
    );
  }

  #remove(peer: Peer, notice: Pick<RemovalNotice, "pausesMs" | "most">): void {
    const { context, states } = this.#parts;
    const { announcedId: id, incarnation } = peer;
    const bytes = encodeRemovalRequest(context.signature, withoutUndefined({ id, incarnation }));
    context.log("info", `removed ${describePeer(peer)}, as requested`);
    states.forget(peer);
    this.#planRound({ ...notice, bytes, addresses: [] });
  }

  #planRound(notice: RemovalNotice): void {
    const [pauseMs, ...later] = notice.pausesMs;
    notice.pausesMs = later;
    if (pauseMs === undefined) this.#notices.delete(notice);
    else this.#notices.set(notice, this.#parts.context.clock.deadlineMs + pauseMs);
  }

  #sendNotices(nowMs: number): void {
    const { context, budget } = this.#parts;
    for (const notice of this.#notices.due(nowMs)) {
      if (notice.addresses.length === 0) notice.addresses = this.#recipients(notice.most);
      while (notice.addresses.length > 0) {
        if (!budget.lists.take(nowMs)) return;
        const address = notice.addresses.pop();
        if (address !== undefined) context.sendToPeer(address, notice.bytes);
      }
      this.#planRound(notice);
    }
  }

  /** Protocol-2 machines that answer or have only just fallen silent. */
  #recipients(most = Number.POSITIVE_INFINITY): string[] {
    const { context, table } = this.#parts;
    const addresses: string[] = [];
    for (const peer of table.all()) {
      if (peer.protocol === 2 && !isDownOrStopped(peer)) addresses.push(peer.address);
    }
    while (addresses.length > most) {
      const [last] = addresses.splice(-1);
      const place = Math.floor(context.random() * (addresses.length + 1));
      if (last !== undefined && place < addresses.length) addresses[place] = last;
    }
    return addresses;
  }
}
