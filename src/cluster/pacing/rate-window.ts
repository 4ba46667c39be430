/**
 * How often something may happen, counted one by one: at most so many within any second, and all of them at
 * once if they come so. A token bucket with that promise could grant only half as many at once, as its burst
 * and its refill may fall into the same second.
 */
const WINDOW_MS = 1000;

export class RateWindow {
  /** Times of the newest ones, as many as fit a second; overwritten in turn from the oldest. */
  readonly #takenMs: Float64Array;
  #oldest = 0;

  constructor(most: number) {
    this.#takenMs = new Float64Array(most).fill(Number.NEGATIVE_INFINITY);
  }

  take(nowMs: number): boolean {
    const oldestMs = this.#takenMs[this.#oldest];
    if (oldestMs === undefined || nowMs - oldestMs < WINDOW_MS) return false;
    this.#takenMs[this.#oldest] = nowMs;
    this.#oldest = (this.#oldest + 1) % this.#takenMs.length;
    return true;
  }
}
