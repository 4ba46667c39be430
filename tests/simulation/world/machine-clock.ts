/**
 * The clocks of a simulated machine, read by the daemon's own code (runtime/clock.ts): a monotonic
 * clock that runs a little fast or slow and stops while the machine is suspended, /proc/uptime, which
 * goes on during suspension, and a wall clock that is wrong, drifts and may be set.
 */

import type { Moment } from "../../../src/base/units.ts";
import { createClock } from "../../../src/runtime/clock.ts";

export const START_WALL_MS = 1.7e12;

export interface ClockErrors {
  /** Seconds that the monotonic clock counts per second; 1 is right. */
  readonly rate: number;
  /** How far the wall clock is ahead at the start, ms. */
  readonly wallOffsetMs: number;
}

export class MachineClock {
  readonly #world: { readonly nowMs: number };
  readonly #rate: number;
  #wallOffsetMs: number;
  #suspendedMs = 0;
  #suspendedFromMs: number | undefined;

  constructor(world: { readonly nowMs: number }, errors: ClockErrors) {
    this.#world = world;
    this.#rate = errors.rate;
    this.#wallOffsetMs = errors.wallOffsetMs;
  }

  get rate(): number {
    return this.#rate;
  }

  suspend(): void {
    this.#suspendedFromMs ??= this.#world.nowMs;
  }

  wake(): void {
    if (this.#suspendedFromMs === undefined) return;
    this.#suspendedMs += this.#world.nowMs - this.#suspendedFromMs;
    this.#suspendedFromMs = undefined;
  }

  step(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** The clock as a program that starts now reads it. */
  open(): () => Moment {
    return createClock("/", {
      monotonicMs: () => (this.#world.nowMs - this.#suspendedMs) * this.#rate,
      wallMs: () => START_WALL_MS + this.#world.nowMs * this.#rate + this.#wallOffsetMs,
      uptimeSeconds: () => Number(((this.#world.nowMs * this.#rate) / 1000).toFixed(2)),
    });
  }
}
