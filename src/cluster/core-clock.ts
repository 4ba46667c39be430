/**
 * The two clocks of the core. Ages include the time that this machine was suspended; deadlines do not:
 * after an hour's sleep every deadline is as far away as before, so that a machine that wakes up calls
 * none down for its own absence.
 */
import type { Moment } from "../base/units.ts";
import { SUSPENSION_MS, TICK_PROMISE_MS } from "./limits.ts";

export class CoreClock {
  #elapsedMs: number;
  #wallMs: number;
  #lastTickMs: number;
  #gapMs = 0;

  constructor(now: Moment) {
    this.#elapsedMs = now.elapsedMs;
    this.#wallMs = now.wallMs;
    this.#lastTickMs = now.elapsedMs;
  }

  /**
   * Takes the time of a call, and returns whether this machine was suspended before it. A packet that
   * waited in the socket is delivered before the first tick after a suspension, so each call is checked.
   */
  observe(now: Moment, options: { readonly isTick: boolean }): boolean {
    this.#elapsedMs = Math.max(this.#elapsedMs, now.elapsedMs);
    this.#wallMs = now.wallMs;
    const lateMs = this.#elapsedMs - this.#lastTickMs - TICK_PROMISE_MS;
    const wasSuspended = lateMs > SUSPENSION_MS;
    if (wasSuspended) this.#gapMs += lateMs;
    if (wasSuspended || options.isTick) this.#lastTickMs = this.#elapsedMs;
    return wasSuspended;
  }

  /** The clock of ages: ms, suspended time included. */
  get ageMs(): number {
    return this.#elapsedMs;
  }

  /** The clock of deadlines: ms, suspended time left out. */
  get deadlineMs(): number {
    return this.#elapsedMs - this.#gapMs;
  }

  get wallMs(): number {
    return this.#wallMs;
  }

  /** The wall time of an instant of the age clock, reckoned from what the wall clock shows now. */
  wallAt(ageMs: number): number {
    return this.#wallMs - (this.#elapsedMs - ageMs);
  }

  /** The `Moment.elapsedMs` at which the deadline clock will show this. */
  elapsedAt(deadlineMs: number): number {
    return deadlineMs + this.#gapMs;
  }
}
