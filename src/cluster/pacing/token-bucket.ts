/**
 * How often something may happen, granted in small portions: never more than `perSecond` times within any
 * second. A tenth of the rate may be taken in one go, as ticks come every 100 ms or less, but always one
 * whole token. The refill is nine tenths of the rate, so that burst and refill of a second together stay
 * below `perSecond` + 1.
 */
export class TokenBucket {
  #burst = Number.POSITIVE_INFINITY;
  #perMs = 0;
  #tokens = Number.POSITIVE_INFINITY;
  #atMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#atMs = nowMs;
    this.setRate(perSecond, nowMs);
  }

  /** Another rate from now on; what is saved up beyond the new burst is lost. */
  setRate(perSecond: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#burst = Math.max(1, perSecond * 0.1);
    this.#perMs = (perSecond * 0.9) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens);
  }

  take(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** When the next token is there: now, or later. */
  readyMs(nowMs: number): number {
    this.#refill(nowMs);
    return this.#tokens >= 1 ? nowMs : nowMs + Math.ceil((1 - this.#tokens) / this.#perMs);
  }

  #refill(nowMs: number): void {
    const gained = Math.max(0, nowMs - this.#atMs) * this.#perMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#atMs = Math.max(this.#atMs, nowMs);
  }
}
