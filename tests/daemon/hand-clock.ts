/** A clock with timers whose time passes only when a test says so. */
import type { After } from "../../src/base/after.ts";

export class HandClock {
  nowMs = 0;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  readonly after: After = (ms, run) => {
    const timer = { atMs: this.nowMs + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  readonly clock = () => ({ elapsedMs: this.nowMs, wallMs: 0 });

  get pending(): number {
    return this.#timers.length;
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }
}
