/** This machine as the others see it: its newest report, in the forms in which it is sent. */
import { withoutUndefined } from "../../base/without-undefined.ts";
import { encodeAnswer } from "../../protocol/encode.ts";
import { fitReport } from "../../protocol/fit-report.ts";
import { MAX_ANSWER_BYTES } from "../../protocol/limits.ts";
import type { Answer, Question } from "../../protocol/message.ts";
import type { Report } from "../../protocol/report.ts";
import type { FiguresV1 } from "../../protocol/v1/figures.ts";
import { encodeReportV1Packet } from "../../protocol/v1/messages.ts";
import type { MachineInfo } from "../../store/history-types.ts";
import type { CoreContext } from "../core-context.ts";
import { LIVE_COST_FACTOR, LIVE_SHARED_MS } from "../limits.ts";
import type { Machine } from "../machine.ts";
import { isFresh, type LiveReport, shownReport, withMessagesOf } from "../peers/live-report.ts";

/** What the head of an answer may grow by after it is measured: an IPv6 address and large numbers. */
const HEAD_ROOM_BYTES = 100;
/** A higher number is a lie; below 2⁵³ that leaves room for all reports that will ever be made. */
const MOST_HELD = 2 ** 52;

export class OwnReport {
  readonly #context: CoreContext;
  readonly #startedWallMs: number;
  #report: Report | undefined;
  #figuresV1: FiguresV1 = {};
  /** The report cut once to what an answer holds, instead of for each answer. */
  #wireReport: Report | undefined;
  #packetV1: Uint8Array | undefined;
  /** The packet before, which may still be under way. */
  #lastPacketV1: Uint8Array | undefined;
  #sequence = 0;
  #madeMs = 0;
  #madeWallMs = 0;
  /** The highest numbers of this incarnation that others say they hold. See `#noteHeld`. */
  #heldElsewhere = { sequence: 0, liveSequence: 0 };
  #live: LiveReport | undefined;
  #wireLive: Report | undefined;
  #liveTakenMs = Number.NEGATIVE_INFINITY;
  #nextLiveMs = Number.NEGATIVE_INFINITY;

  constructor(context: CoreContext) {
    this.#context = context;
    this.#startedWallMs = context.clock.wallMs;
  }

  /** The number of the newest report within this incarnation; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** When the last live report was published (clock of deadlines). */
  get liveTakenMs(): number {
    return this.#liveTakenMs;
  }

  /** The earliest time for the next live report (clock of deadlines). */
  get nextLiveMs(): number {
    return this.#report === undefined ? Number.POSITIVE_INFINITY : this.#nextLiveMs;
  }

  publishLive(report: Report, costMs: number): void {
    const { clock } = this.#context;
    const sequence = Math.max(this.#live?.sequence ?? 0, this.#heldElsewhere.liveSequence) + 1;
    this.#live = { sequence, report: withMessagesOf(report, this.#report), madeMs: clock.ageMs };
    this.#wireLive = this.#fit(report);
    this.#liveTakenMs = clock.deadlineMs;
    const pauseMs = Math.max(LIVE_SHARED_MS, LIVE_COST_FACTOR * costMs);
    this.#nextLiveMs = clock.deadlineMs + pauseMs;
  }

  publish(report: Report, figuresV1: FiguresV1): void {
    const { clock } = this.#context;
    this.#report = report;
    this.#figuresV1 = figuresV1;
    this.#sequence = Math.max(this.#sequence, this.#heldElsewhere.sequence) + 1;
    this.#madeMs = clock.ageMs;
    this.#madeWallMs = clock.wallMs;
    this.#lastPacketV1 = this.#packetV1;
    this.#packetV1 = undefined;
    this.#wireReport = this.#fit(report);
    if (this.#live !== undefined) {
      this.#live = { ...this.#live, report: withMessagesOf(this.#live.report, report) };
    }
  }

  /**
   * The interval report, if the asker does not hold it; else, for a watcher, the live report; else the
   * word that there is nothing newer.
   */
  answerTo(question: Question, you: string): Uint8Array {
    this.#noteHeld(question);
    const head = { ...this.#answerHead(question.question), you };
    const isHeld =
      question.incarnation === this.#context.self.incarnation &&
      (question.sequence ?? -1) >= this.#sequence;
    if (isHeld && question.watching) return this.#answerLive(question, head);
    const report = this.#wireReport;
    const hasNews = !isHeld && report !== undefined;
    return encodeAnswer(this.#context.signature, hasNews ? { ...head, report } : head);
  }

  /**
   * A virtual machine that was set back to an earlier state of its memory would number its reports from
   * there once more, and all of them would pass for old until it has caught up. A lie does no harm, as the
   * numbers need only grow.
   */
  #noteHeld({ incarnation, sequence = 0, liveSequence = 0 }: Question): void {
    if (incarnation !== this.#context.self.incarnation) return;
    const held = this.#heldElsewhere;
    if (sequence < MOST_HELD) held.sequence = Math.max(held.sequence, sequence);
    if (liveSequence < MOST_HELD) held.liveSequence = Math.max(held.liveSequence, liveSequence);
  }

  #answerLive(question: Question, head: Omit<Answer, "kind">): Uint8Array {
    const { signature, clock } = this.#context;
    const live = this.#live;
    const isNews =
      live !== undefined &&
      live.sequence > (question.liveSequence ?? 0) &&
      isFresh(live, clock.ageMs);
    if (!isNews || this.#wireLive === undefined) return encodeAnswer(signature, head);
    return encodeAnswer(signature, {
      ...head,
      liveSequence: live.sequence,
      ageSeconds: ageSeconds(clock.ageMs - live.madeMs),
      report: this.#wireLive,
    });
  }

  #fit(report: Report): Report {
    const head = encodeAnswer(this.#context.signature, this.#answerHead(0));
    return fitReport(report, MAX_ANSWER_BYTES - head.length - HEAD_ROOM_BYTES);
  }

  /** `undefined` before the first report. */
  packetV1(): Uint8Array | undefined {
    if (this.#report === undefined) return undefined;
    this.#packetV1 ??= encodeReportV1Packet(this.#context.signature, this.#report, {
      wallSeconds: Math.floor(this.#madeWallMs / 1000),
      figures: this.#figuresV1,
    });
    return this.#packetV1;
  }

  /** Whether this is our protocol-1 report, or the one before it, come back to us. */
  isPacketV1(bytes: Uint8Array): boolean {
    const ours = [this.#packetV1, this.#lastPacketV1];
    return ours.some((packet) => packet !== undefined && Buffer.compare(bytes, packet) === 0);
  }

  /** `seenAs`: the address that others told us last. */
  view(seenAs: string | undefined, ownAddresses: readonly string[]): Machine {
    const { self, clock } = this.#context;
    const address = self.address ?? seenAs ?? "";
    const others = ownAddresses.filter((one) => one !== address);
    const shown = this.#shown();
    const shownAgeMs = shown && Math.max(0, clock.ageMs - shown.madeMs);
    return withoutUndefined({
      id: self.id,
      name: this.#name(),
      address,
      addresses: address === "" ? others : [address, ...others],
      state: this.#report === undefined ? ("new" as const) : ("up" as const),
      stateSinceWallMs: this.#startedWallMs,
      isSelf: true,
      protocol: 2 as const,
      tags: this.#report?.tags ?? [],
      incarnation: self.incarnation,
      sequence: this.#sequence,
      lastHeardSeconds: 0,
      unanswered: 0,
      isClone: false,
      httpPort: this.#report?.httpPort,
      report: shown?.report,
      reportAgeSeconds: shownAgeMs && shownAgeMs / 1000,
      isLive: shown?.isLive ? (true as const) : undefined,
    });
  }

  #shown() {
    if (this.#report === undefined) return undefined;
    return shownReport({
      interval: { report: this.#report, madeMs: this.#madeMs },
      live: this.#live,
      nowMs: this.#context.clock.ageMs,
      isQuiet: false,
    });
  }

  known(): MachineInfo {
    const { self, clock } = this.#context;
    return withoutUndefined({
      id: self.id,
      name: this.#name(),
      addresses: self.address === undefined ? [] : [self.address],
      protocol: 2 as const,
      state: "up" as const,
      stateSinceWallMs: this.#startedWallMs,
      lastHeardWallMs: clock.wallMs,
      incarnation: self.incarnation,
      sequence: this.#sequence,
      httpPort: this.#report?.httpPort,
      reportAtWallMs: this.#report && this.#madeWallMs,
    });
  }

  #name(): string {
    return this.#report?.name ?? this.#context.self.name;
  }

  #answerHead(number: number): Omit<Answer, "kind"> {
    const { self, clock, intervalMs } = this.#context;
    const ageMs = this.#sequence === 0 ? 0 : clock.ageMs - this.#madeMs;
    return {
      answer: number,
      id: self.id,
      incarnation: self.incarnation,
      sequence: this.#sequence,
      intervalSeconds: intervalMs / 1000,
      ageSeconds: ageSeconds(ageMs),
      wallMs: Math.round(clock.wallMs),
      name: this.#name(),
      ring: true,
    };
  }
}

function ageSeconds(ageMs: number): number {
  return Math.max(0, Math.round(ageMs)) / 1000;
}
