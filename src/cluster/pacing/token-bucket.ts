/** How often something may happen: tokens that come back at a steady rate, up to a burst. */

export class TokenBucket {
  #burst: number;
  #perMs: number;
  #tokens: number;
  #atMs: number;

  constructor(options: { readonly burst: number; readonly perSecond: number; nowMs: number }) {
    this.#burst = options.burst;
    this.#perMs = options.perSecond / 1000;
    this.#tokens = options.burst;
    this.#atMs = options.nowMs;
  }

  /** Another rate from now on; what is saved up beyond the new burst is lost. */
  setRate(options: { readonly burst: number; readonly perSecond: number; nowMs: number }): void {
    this.#refill(options.nowMs);
    this.#burst = options.burst;
    this.#perMs = options.perSecond / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens);
  }

  take(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** When the next token is there, at the earliest now. */
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

/**
 * Never more than `perSecond` within any second: a tenth of it in one go (ticks come every
 * 100 ms or less), the other nine tenths as the refill.
 */
export function steadyBucket(perSecond: number, nowMs: number): TokenBucket {
  return new TokenBucket(steadyRate(perSecond, nowMs));
}

export function steadyRate(perSecond: number, nowMs: number) {
  return { burst: perSecond * 0.1, perSecond: perSecond * 0.9, nowMs };
}
