/**
 * How many new machines are believed at one address within a time. An address may pass to another machine,
 * and a machine may be set up anew; an address that is another machine with each answer lies, or is broken.
 */

import { putNewest } from "../../base/put-newest.ts";
import { MAX_MET_AT_ADDRESS, MAX_SOURCES } from "../limits.ts";

export class NewcomerLimit {
  /** Times of the newest ones by address; the address where the last one was met comes last. */
  readonly #metMs = new Map<string, readonly number[]>();

  get size(): number {
    return this.#metMs.size;
  }

  /** Whether as many as are believed have been met at this address since then. */
  isReached(address: string, sinceMs: number): boolean {
    const met = this.#metMs.get(address) ?? [];
    return met.filter((atMs) => atMs > sinceMs).length >= MAX_MET_AT_ADDRESS;
  }

  note(address: string, nowMs: number): void {
    const met = [...(this.#metMs.get(address) ?? []), nowMs].slice(-MAX_MET_AT_ADDRESS);
    putNewest(this.#metMs, address, met, MAX_SOURCES);
  }
}
