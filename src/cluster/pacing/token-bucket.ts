/** How often something may happen: tokens come back at a steady rate, up to a burst. */

interface BucketRate {
  /** Tokens that can be saved up; with fewer than 1 none would ever be granted. */
  readonly burst: number;
  readonly perSecond: number;
  readonly nowMs: number;
}

export class TokenBucket {
  #burst: number;
  #perMs: number;
  #tokens: number;
  #atMs: number;

  constructor({ burst, perSecond, nowMs }: BucketRate) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Another rate from now on; what is saved up beyond the new burst is lost. */
  setRate({ burst, perSecond, nowMs }: BucketRate): void {
    this.#refill(nowMs);
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
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

/** A bucket that never grants more than `perSecond` tokens within any second. */
export function steadyBucket(perSecond: number, nowMs: number): TokenBucket {
  return new TokenBucket(steadyRate(perSecond, nowMs));
}

/**
 * A tenth of the rate may be taken in one go, as ticks come every 100 ms or less, but always one whole
 * token. The refill is nine tenths of the rate, so that burst and refill of a second together stay below
 * `perSecond` + 1.
 */
export function steadyRate(perSecond: number, nowMs: number): BucketRate {
  return { burst: Math.max(1, perSecond * 0.1), perSecond: perSecond * 0.9, nowMs };
}
