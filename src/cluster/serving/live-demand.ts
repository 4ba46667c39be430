/**
 * Decides when this machine takes a live sample: when somebody who watches asks for one, here or on another
 * machine, and the last one is old. All who ask within that time share it.
 */
import type { CoreContext } from "../core-context.ts";
import { LIVE_WARM_MS, WATCHING_PERIOD_MS } from "../limits.ts";
import type { OwnReport } from "./own-report.ts";

export class LiveDemand {
  readonly #context: CoreContext;
  readonly #ownReport: OwnReport;
  /** Whether a person is watching on this machine. */
  isWatchedHere = false;
  /** When the shell was asked for the sample that it has not published yet. */
  #requestedMs = Number.NEGATIVE_INFINITY;

  constructor(context: CoreContext, ownReport: OwnReport) {
    this.#context = context;
    this.#ownReport = ownReport;
  }

  /** A watcher has asked. Returns whether its answer may wait, as a live report will be there in a moment. */
  noteQuestion(): boolean {
    const nowMs = this.#context.clock.deadlineMs;
    if (nowMs < this.#ownReport.nextLiveMs) return false;
    this.#request(nowMs);
    // The first live report takes longer, as its rates need a time to be measured over.
    return nowMs - this.#ownReport.liveTakenMs <= LIVE_WARM_MS;
  }

  notePublished(): void {
    this.#requestedMs = Number.NEGATIVE_INFINITY;
  }

  run(): void {
    const nowMs = this.#context.clock.deadlineMs;
    if (nowMs >= this.nextMs()) this.#request(nowMs);
  }

  nextMs(): number {
    if (!this.isWatchedHere) return Number.POSITIVE_INFINITY;
    return Math.max(this.#ownReport.nextLiveMs, this.#requestedMs + WATCHING_PERIOD_MS);
  }

  #request(nowMs: number): void {
    if (nowMs < this.#requestedMs + WATCHING_PERIOD_MS) return;
    this.#requestedMs = nowMs;
    this.#context.emit({ kind: "live-wanted" });
  }
}
