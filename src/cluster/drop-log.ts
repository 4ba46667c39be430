/** Packets that are not taken: counted by reason, and one line a minute for each kind. */
import type { DropReason } from "../protocol/message.ts";
import type { Desk } from "./desk.ts";
import { MINUTE } from "./limits.ts";
import type { DropCounts } from "./machine.ts";
import { quoteBytes } from "./quote.ts";

/** Few and constant: the page shows the counts, and no packet can make them grow in number. */
export type CoreDropReason =
  | DropReason
  | "outside the allowed ranges"
  | "too many packets from one source"
  | "too many answers in all"
  | "not from the peers' port"
  | "answer to no open question"
  | "report of an old boot"
  | "protocol 1 from a protocol-2 machine"
  | "too many machines under one id"
  | "table of machines full";

/** What any stranger's program on the network causes: dropped in silence (design 6.1). */
const SILENT: ReadonlySet<CoreDropReason> = new Set([
  "outside the allowed ranges",
  "wrong signature",
]);

export class DropLog {
  readonly #desk: Desk;
  readonly #counts = new Map<CoreDropReason, number>();
  readonly #loggedMs = new Map<CoreDropReason, number>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  count(reason: CoreDropReason, address: string, bytes: Uint8Array): void {
    const count = (this.#counts.get(reason) ?? 0) + 1;
    this.#counts.set(reason, count);
    const loggedMs = this.#loggedMs.get(reason);
    const nowMs = this.#desk.clock.ageMs;
    if (loggedMs !== undefined && nowMs - loggedMs < MINUTE) return;
    this.#loggedMs.set(reason, nowMs);
    const level = SILENT.has(reason) ? "debug" : "info";
    const text = `dropped a packet from ${address}: ${reason} (${count} so far): ${quoteBytes(bytes)}`;
    this.#desk.log(level, text);
  }

  counts(): DropCounts {
    return Object.fromEntries(this.#counts);
  }
}
