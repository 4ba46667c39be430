/**
 * How often something may happen, counted one by one: never more than so many within any second,
 * all at once if they come so, and as many again in each further second. A bucket of tokens would
 * have to hold back a half, as its burst and its refill may fall into the same second.
 */
const WINDOW_MS = 1000;

export class RateWindow {
  /** When the last so many were taken, in a ring. */
  readonly #takenMs: Float64Array;
  #oldest = 0;

  constructor(options: { readonly most: number }) {
    this.#takenMs = new Float64Array(options.most).fill(Number.NEGATIVE_INFINITY);
  }

  take(nowMs: number): boolean {
    const oldestMs = this.#takenMs[this.#oldest];
    if (oldestMs === undefined || nowMs - oldestMs < WINDOW_MS) return false;
    this.#takenMs[this.#oldest] = nowMs;
    this.#oldest = (this.#oldest + 1) % this.#takenMs.length;
    return true;
  }
}
