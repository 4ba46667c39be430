/**
 * Removal a machine that was scrapped, here and on the others. Anybody may send such a message,
 * so nobody believes it: who hears that a machine is gone asks it, and drops it only if it is
 * silent, stopped or down here too and leaves all of those questions unanswered. Then the message
 * is passed on, and so it goes no further than where it is found to be true.
 *
 * Who passes it on holds the machine no longer, and does not listen to the message any more: that
 * is what ends it. Lists name live machines alone, so nobody brings the machine back.
 */
import { encodeForget } from "../../protocol/encode.ts";
import type { Forget } from "../../protocol/message.ts";
import type { CoreContext } from "../core-context.ts";
import {
  MAX_REMOVALS,
  REMOVAL_NOTICE_PAUSES_MS,
  REMOVAL_NOTICE_RECIPIENTS,
  REMOVAL_QUESTIONS,
  REMOVAL_REST_MS,
  REMOVAL_WAIT_MS,
  SECOND,
} from "../limits.ts";
import type { Budget } from "../pacing/budget.ts";
import { DeadlineQueue } from "../pacing/deadline-queue.ts";
import { isQuiet, type Peer } from "../peers/peer.ts";
import { describePeer, type PeerStates } from "../peers/peer-states.ts";
import type { PeerTable } from "../peers/peer-table.ts";
import type { Questions } from "../polling/questions.ts";
import type { Schedule } from "../polling/schedule.ts";

interface Parts {
  readonly context: CoreContext;
  readonly budget: Budget;
  readonly table: PeerTable;
  readonly questions: Questions;
  readonly states: PeerStates;
  readonly schedule: Schedule;
}

/** Somebody says that this machine is gone. */
interface RemovalRequest {
  readonly peer: Peer;
  /** Clock of deadlines; an answer after that makes an end of it. */
  readonly sinceMs: number;
  /** All questions of the test have it, so that any answer counts. */
  readonly number: number;
  asked: number;
}

/** A message that others are to get, in rounds. */
interface RemovalNotice {
  readonly bytes: Uint8Array;
  /** At most so many of the others, at random; all without it. */
  readonly most?: number;
  /** Of this round, still to be told. */
  addresses: string[];
  /** From the end of one round to the next, ms. */
  pausesMs: readonly number[];
}

export class Removal {
  readonly #parts: Parts;
  readonly #requests = new Map<Peer, RemovalRequest>();
  readonly #tests = new DeadlineQueue<RemovalRequest>();
  readonly #notices = new DeadlineQueue<RemovalNotice>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  sizes() {
    return { removalTests: this.#requests.size, removalNotices: this.#notices.size };
  }

  /** Our own user says so, of a machine that is silent, stopped or down: it is gone at once. */
  removeForUser(peer: Peer): void {
    this.#drop(peer, { pausesMs: REMOVAL_NOTICE_PAUSES_MS });
  }

  /** Another machine says so: this one is asked, now or as soon as it is silent here. */
  noteRequest(message: Forget): void {
    const { context, schedule } = this.#parts;
    const peer = this.#meant(message);
    if (peer === undefined || this.#requests.has(peer)) return;
    const nowMs = context.clock.deadlineMs;
    const isRested = nowMs - peer.heardDeadlineMs >= REMOVAL_REST_MS;
    if (!isRested || this.#requests.size >= MAX_REMOVALS) return;
    const request = { peer, sinceMs: nowMs, number: context.requestNumber(), asked: 0 };
    this.#requests.set(peer, request);
    this.#tests.set(request, nowMs);
    schedule.notePossibleRestart(peer);
  }

  /** This machine was suspended: questions of before then prove nothing. */
  reset(): void {
    for (const request of this.#requests.values()) request.asked = 0;
  }

  run(): void {
    const nowMs = this.#parts.context.clock.deadlineMs;
    this.#runTests(nowMs);
    this.#runTellings(nowMs);
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
   * The machine that the message is about, if it is known here. The incarnation tells clones apart; else
   * it may be another one here, since not everybody was there to see the last restart.
   */
  #meant({ id, incarnation }: Forget): Peer | undefined {
    const { context, table } = this.#parts;
    const group = table.group(id);
    const isOneOfClones = group.length > 1 || id === context.self.id;
    return isOneOfClones ? group.find((peer) => peer.incarnation === incarnation) : group[0];
  }

  #runTests(nowMs: number): void {
    const { table, budget, questions } = this.#parts;
    for (;;) {
      const request = this.#tests.peekDue(nowMs);
      if (request === undefined) return;
      const { peer, number } = request;
      const isHeard = peer.heardDeadlineMs > request.sinceMs;
      if (isHeard || table.get(peer.id) !== peer) this.#end(request);
      // By the ordinary rules it answers in time, or is silent; the test begins then.
      else if (!isQuiet(peer)) this.#tests.set(request, nowMs + SECOND);
      else if (request.asked >= REMOVAL_QUESTIONS) this.#conclude(request);
      else if (budget.removal.readyMs(nowMs) > nowMs || !budget.questions.take(nowMs)) return;
      else {
        budget.removal.take(nowMs);
        const contact = peer.contacts[request.asked % Math.max(1, peer.contacts.length)];
        if (contact !== undefined) questions.ask(contact, number);
        request.asked++;
        const isLast = request.asked >= REMOVAL_QUESTIONS;
        this.#tests.set(request, nowMs + (isLast ? REMOVAL_WAIT_MS : SECOND));
      }
    }
  }

  #end(request: RemovalRequest): void {
    this.#tests.delete(request);
    this.#requests.delete(request.peer);
  }

  #conclude(request: RemovalRequest): void {
    this.#end(request);
    const isRoom = this.#notices.size < MAX_REMOVALS;
    this.#drop(
      request.peer,
      isRoom ? { pausesMs: [0], most: REMOVAL_NOTICE_RECIPIENTS } : { pausesMs: [] },
    );
  }

  #drop(peer: Peer, tell: Pick<RemovalNotice, "pausesMs" | "most">): void {
    const { context, states } = this.#parts;
    const { announcedId: id, incarnation } = peer;
    const bytes = encodeForget(context.signature, {
      id,
      ...(incarnation !== undefined && { incarnation }),
    });
    context.log("info", `${describePeer(peer)} is forgotten, as somebody asked`);
    states.forget(peer);
    this.#plan({ ...tell, bytes, addresses: [] });
  }

  #plan(telling: RemovalNotice): void {
    const [pauseMs, ...later] = telling.pausesMs;
    telling.pausesMs = later;
    if (pauseMs === undefined) this.#notices.delete(telling);
    else this.#notices.set(telling, this.#parts.context.clock.deadlineMs + pauseMs);
  }

  #runTellings(nowMs: number): void {
    const { context, budget } = this.#parts;
    for (;;) {
      const telling = this.#notices.peekDue(nowMs);
      if (telling === undefined) return;
      if (telling.addresses.length === 0) telling.addresses = this.#readers(telling.most);
      while (telling.addresses.length > 0) {
        if (!budget.lists.take(nowMs)) return;
        const address = telling.addresses.pop();
        if (address !== undefined) context.sendToPeer(address, telling.bytes);
      }
      this.#plan(telling);
    }
  }

  /** Those that understand it and may be there. */
  #readers(most = Number.POSITIVE_INFINITY): string[] {
    const { context, table } = this.#parts;
    const addresses: string[] = [];
    for (const peer of table.all()) {
      const isThere = !isQuiet(peer) || peer.state === "silent";
      if (peer.protocol === 2 && isThere) addresses.push(peer.address);
    }
    while (addresses.length > most) {
      const [last] = addresses.splice(-1);
      const place = Math.floor(context.random() * (addresses.length + 1));
      if (last !== undefined && place < addresses.length) addresses[place] = last;
    }
    return addresses;
  }
}
