/** This machine as the others see it: its newest report, in the forms in which it is sent. */
import { encodeAnswer, encodeReportV1Packet } from "../protocol/encode.ts";
import { fitReport } from "../protocol/fit-report.ts";
import { MAX_ANSWER_BYTES } from "../protocol/limits.ts";
import type { Answer, Question } from "../protocol/message.ts";
import type { Report } from "../protocol/report.ts";
import type { Desk } from "./desk.ts";
import type { KnownMachine, Machine } from "./machine.ts";

/** Beyond the head's longest form: an IPv6 address and the largest numbers. */
const HEAD_ROOM_BYTES = 100;

export class OwnReport {
  readonly #desk: Desk;
  readonly #startedWallMs: number;
  #report: Report | undefined;
  /** The report cut to what an answer holds, so that it is not cut anew for each. */
  #wireReport: Report | undefined;
  #packetV1: Uint8Array | undefined;
  /** The one before, which may still be on its way. */
  #lastPacketV1: Uint8Array | undefined;
  #sequence = 0;
  #madeMs = 0;
  #madeWallMs = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#startedWallMs = desk.clock.wallMs;
  }

  /** Numbers our reports within this boot; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  publish(report: Report): void {
    const { clock } = this.#desk;
    this.#report = report;
    this.#sequence++;
    this.#madeMs = clock.ageMs;
    this.#madeWallMs = clock.wallMs;
    this.#lastPacketV1 = this.#packetV1;
    this.#packetV1 = undefined;
    const head = encodeAnswer(this.#desk.signature, this.#answerHead(0));
    this.#wireReport = fitReport(report, MAX_ANSWER_BYTES - head.length - HEAD_ROOM_BYTES);
  }

  /** The report, or that there is nothing newer than what the asker holds. */
  answerTo(question: Question, you: string): Uint8Array {
    const isHeld =
      question.boot === this.#desk.self.boot && (question.sequence ?? -1) >= this.#sequence;
    const report = isHeld ? undefined : this.#wireReport;
    return encodeAnswer(this.#desk.signature, {
      ...this.#answerHead(question.question),
      you,
      ...(report !== undefined && { report }),
    });
  }

  /** `undefined` before the first report. */
  packetV1(): Uint8Array | undefined {
    if (this.#report === undefined) return undefined;
    this.#packetV1 ??= encodeReportV1Packet(this.#desk.signature, this.#report, {
      wallSeconds: Math.floor(this.#madeWallMs / 1000),
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
    const { self, clock } = this.#desk;
    const address = self.address ?? seenAs ?? "";
    const others = ownAddresses.filter((one) => one !== address);
    return {
      id: self.id,
      name: this.#name(),
      address,
      addresses: address === "" ? others : [address, ...others],
      state: this.#report === undefined ? "new" : "up",
      stateSinceWallMs: this.#startedWallMs,
      isSelf: true,
      protocol: 2,
      tags: this.#report?.tags ?? [],
      boot: self.boot,
      sequence: this.#sequence,
      lastHeardSeconds: 0,
      unanswered: 0,
      isClone: false,
      ...(this.#report?.httpPort !== undefined && { httpPort: this.#report.httpPort }),
      ...(this.#report !== undefined && {
        report: this.#report,
        reportAgeSeconds: Math.max(0, clock.ageMs - this.#madeMs) / 1000,
      }),
    };
  }

  known(): KnownMachine {
    const { self, clock } = this.#desk;
    return {
      id: self.id,
      name: this.#name(),
      addresses: self.address === undefined ? [] : [self.address],
      protocol: 2,
      state: "up",
      stateSinceWallMs: this.#startedWallMs,
      lastHeardWallMs: clock.wallMs,
      boot: self.boot,
      sequence: this.#sequence,
      ...(this.#report?.httpPort !== undefined && { httpPort: this.#report.httpPort }),
      ...(this.#report !== undefined && { report: this.#report, reportAtWallMs: this.#madeWallMs }),
    };
  }

  #name(): string {
    return this.#report?.name ?? this.#desk.self.name;
  }

  #answerHead(number: number): Omit<Answer, "kind"> {
    const { self, clock, intervalMs } = this.#desk;
    const ageMs = this.#sequence === 0 ? 0 : clock.ageMs - this.#madeMs;
    return {
      answer: number,
      id: self.id,
      boot: self.boot,
      sequence: this.#sequence,
      intervalSeconds: intervalMs / 1000,
      ageSeconds: Math.max(0, Math.round(ageMs)) / 1000,
      wallMs: Math.round(clock.wallMs),
      name: this.#name(),
    };
  }
}
