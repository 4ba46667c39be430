/**
 * Decides when this machine takes a live sample: when somebody who watches asks for one, here or on another
 * machine, and the last one is old. All who ask within that time share it.
 */
import { LIVE_WARM_MS, WATCHING_PERIOD_MS } from "../limits.ts";
import type { Polling } from "../polling/polling.ts";
import type { OwnReport } from "./own-report.ts";

type Parts = Polling & { readonly ownReport: OwnReport };

export class LiveDemand {
  readonly #parts: Parts;
  /** When the shell was asked for the sample that it has not published yet. */
  #requestedMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A watcher has asked. Returns whether its answer may wait, as a live report will be there in a moment. */
  noteQuestion(): boolean {
    const { context, ownReport } = this.#parts;
    const nowMs = context.clock.deadlineMs;
    if (nowMs < ownReport.nextLiveMs) return false;
    this.#request(nowMs);
    // The first live report takes longer, as its rates need a time to be measured over.
    return nowMs - ownReport.liveTakenMs <= LIVE_WARM_MS;
  }

  notePublished(): void {
    this.#requestedMs = Number.NEGATIVE_INFINITY;
  }

  run(): void {
    const nowMs = this.#parts.context.clock.deadlineMs;
    if (nowMs >= this.nextMs()) this.#request(nowMs);
  }

  nextMs(): number {
    const { questions, ownReport } = this.#parts;
    if (!questions.watching) return Number.POSITIVE_INFINITY;
    return Math.max(ownReport.nextLiveMs, this.#requestedMs + WATCHING_PERIOD_MS);
  }

  #request(nowMs: number): void {
    if (nowMs < this.#requestedMs + WATCHING_PERIOD_MS) return;
    this.#requestedMs = nowMs;
    this.#parts.context.emit({ kind: "live-wanted" });
  }
}
