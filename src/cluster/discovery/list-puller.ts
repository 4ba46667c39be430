/**
 * Asks machines for their lists while there may be more to learn. Machines that start together
 * each stop scanning at the first answer, and their lists of that moment are short; without this
 * they would meet at the next broadcast, three intervals later. The same way two halves of a
 * network that were cut apart grow together as soon as two of their machines have met. For that
 * they ask at random, too: of sixty that start together, a few often know none but each other.
 */
import { encodeInitialQuery } from "../../protocol/encode.ts";
import type { CoreContext } from "../core-context.ts";
import { LIST_PULL_PAUSES_MS, LIST_PULLS_OF_NEWCOMER, YOUNG_MS } from "../limits.ts";
import { isQuiet, type Peer } from "../peers/peer.ts";
import type { PeerTable } from "../peers/peer-table.ts";
import type { AddressScan } from "./address-scan.ts";

export class ListPuller {
  readonly #context: CoreContext;
  readonly #table: PeerTable;
  readonly #scan: AddressScan;
  readonly #query: Uint8Array;
  readonly #youngUntilMs: number;
  #nextMs = Number.POSITIVE_INFINITY;
  #step = 0;
  /** Who is to be asked next; none: anybody. */
  #newcomer: Peer | undefined;

  constructor(context: CoreContext, table: PeerTable, scan: AddressScan) {
    this.#context = context;
    this.#table = table;
    this.#scan = scan;
    this.#query = encodeInitialQuery(context.signature);
    this.#youngUntilMs = context.clock.deadlineMs + YOUNG_MS;
  }

  /**
   * A machine was met for the first time. Those that have been here longer do not all ask the
   * newcomer, or it would send its whole list to each of a thousand.
   */
  noteNewPeer(peer: Peer): void {
    const share = LIST_PULLS_OF_NEWCOMER / Math.max(1, this.#table.answeringCount);
    if (!this.#isYoung && this.#context.random() >= share) return;
    this.#newcomer = peer;
    this.#step = 0;
    this.#plan();
  }

  run(): void {
    if (this.#context.clock.deadlineMs < this.#nextMs) return;
    this.#nextMs = Number.POSITIVE_INFINITY;
    const peer = this.#target();
    this.#newcomer = undefined;
    if (peer !== undefined) this.#context.sendToPeer(peer.address, this.#query);
    if (!this.#isYoung) return;
    // As long as somebody new is met all the time, lists lead further.
    if (this.#step > 0) this.#scan.askRandom();
    this.#step++;
    this.#plan();
  }

  nextMs(): number {
    return this.#nextMs;
  }

  get #isYoung(): boolean {
    return this.#context.clock.deadlineMs < this.#youngUntilMs;
  }

  /** Never later than what is planned: a stream of newcomers does not put the question off. */
  #plan(): void {
    const pauseMs = LIST_PULL_PAUSES_MS[this.#step];
    if (pauseMs === undefined) return;
    const atMs = this.#context.clock.deadlineMs + pauseMs * (0.5 + this.#context.random());
    this.#nextMs = Math.min(this.#nextMs, atMs);
  }

  #target(): Peer | undefined {
    const { answeringCount: liveCount } = this.#table;
    if (this.#newcomer !== undefined && !isQuiet(this.#newcomer) && !this.#isYoung) {
      return this.#newcomer;
    }
    // Anybody rather than the newest: whoever was met last tends to know what we know.
    let place = Math.floor(this.#context.random() * liveCount);
    for (const peer of this.#table.all()) {
      if (!isQuiet(peer) && place-- === 0) return peer;
    }
    return undefined;
  }
}
