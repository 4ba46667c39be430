/**
 * Asks machines for their address lists while there may be more to learn. Machines that start together each
 * stop scanning at the first answer, when all lists are still short; without this they would all meet only
 * at the next broadcast, three intervals later. In the same way two halves of a network that were cut apart
 * grow together once two of their machines have met. While this machine is young it queries random addresses
 * as well: of sixty machines that start together, a few often know only each other.
 */
import { encodeInitialQuery } from "../../protocol/v1/messages.ts";
import { LIST_PULL_PAUSES_MS, LIST_PULLS_OF_NEWCOMER, YOUNG_MS } from "../limits.ts";
import { isQuiet, type Peer } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import type { AddressScan } from "./address-scan.ts";

export class ListPuller {
  readonly #parts: Polling & { readonly scan: AddressScan };
  readonly #query: Uint8Array;
  readonly #youngUntilMs: number;
  #nextMs = Number.POSITIVE_INFINITY;
  #step = 0;
  /** The peer to ask next; undefined: any peer. */
  #newcomer: Peer | undefined;

  constructor(parts: Polling & { readonly scan: AddressScan }) {
    this.#parts = parts;
    this.#query = encodeInitialQuery(parts.context.signature);
    this.#youngUntilMs = parts.context.clock.deadlineMs + YOUNG_MS;
  }

  /**
   * A machine was met for the first time. Of the older machines only a few ask the newcomer; otherwise it
   * would send its whole list to each of a thousand.
   */
  noteNewPeer(peer: Peer): void {
    const share = LIST_PULLS_OF_NEWCOMER / Math.max(1, this.#parts.table.answeringCount);
    if (!this.#isYoung && this.#parts.context.random() >= share) return;
    this.#newcomer = peer;
    this.#step = 0;
    this.#plan();
  }

  run(): void {
    if (this.#parts.context.clock.deadlineMs < this.#nextMs) return;
    this.#nextMs = Number.POSITIVE_INFINITY;
    const peer = this.#target();
    this.#newcomer = undefined;
    if (peer !== undefined) this.#parts.context.sendToPeer(peer.address, this.#query);
    if (!this.#isYoung) return;
    // While new machines keep appearing, address lists find the rest faster than scanning does.
    if (this.#step > 0) this.#parts.scan.askRandom();
    this.#step++;
    this.#plan();
  }

  nextMs(): number {
    return this.#nextMs;
  }

  get #isYoung(): boolean {
    return this.#parts.context.clock.deadlineMs < this.#youngUntilMs;
  }

  /** A query that is planned is never put off, or a stream of newcomers could put it off forever. */
  #plan(): void {
    const pauseMs = LIST_PULL_PAUSES_MS[this.#step];
    if (pauseMs === undefined) return;
    const atMs =
      this.#parts.context.clock.deadlineMs + pauseMs * (0.5 + this.#parts.context.random());
    this.#nextMs = Math.min(this.#nextMs, atMs);
  }

  #target(): Peer | undefined {
    const newcomer = this.#newcomer;
    if (newcomer !== undefined && !isQuiet(newcomer) && !this.#isYoung) return newcomer;
    // Any peer rather than the newest, which tends to know what we know.
    let place = Math.floor(this.#parts.context.random() * this.#parts.table.answeringCount);
    for (const peer of this.#parts.table.all()) {
      if (!isQuiet(peer) && place-- === 0) return peer;
    }
    return undefined;
  }
}
