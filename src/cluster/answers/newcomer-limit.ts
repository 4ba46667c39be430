/**
 * How many machines have been met at one address lately. An address may change hands, and a
 * machine may be set up anew; one that is somebody else with each answer is a liar, or broken.
 */
import { MAX_MET_AT_ADDRESS, MAX_SOURCES } from "../limits.ts";

export class NewcomerLimit {
  /** When, in the order of time; the address where somebody was met last comes last. */
  readonly #metMs = new Map<string, readonly number[]>();

  get size(): number {
    return this.#metMs.size;
  }

  /** Whether as many as are believed have been met there since then. */
  isReached(address: string, sinceMs: number): boolean {
    const met = this.#metMs.get(address) ?? [];
    return met.filter((atMs) => atMs > sinceMs).length >= MAX_MET_AT_ADDRESS;
  }

  note(address: string, nowMs: number): void {
    const met = [...(this.#metMs.get(address) ?? []), nowMs].slice(-MAX_MET_AT_ADDRESS);
    this.#metMs.delete(address);
    this.#metMs.set(address, met);
    if (this.#metMs.size <= MAX_SOURCES) return;
    for (const oldest of this.#metMs.keys()) {
      this.#metMs.delete(oldest);
      return;
    }
  }
}
