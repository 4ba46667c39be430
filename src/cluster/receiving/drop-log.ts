/** Dropped packets: counted by reason, and logged with one line a minute for each reason. */
import { quoted } from "../../base/printable.ts";
import type { CoreContext } from "../core-context.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import { MAX_NAMED_SENDERS, MINUTE } from "../limits.ts";
import type { DropCounts } from "../machine.ts";

/**
 * Reasons that are no trouble, logged at the debug level: a packet of a program that is no peer (dropped in
 * silence), one that the network has doubled or sent back, one of a machine that has just
 * started, or one of a machine that was stopped (by a debugger, say) and now answers all that waited.
 */
const HARMLESS: ReadonlySet<CoreDropReason> = new Set([
  "outside the allowed ranges",
  "wrong signature",
  "seen before",
  "our own, sent back",
  "sender's start not confirmed yet",
  "late answer",
]);

/** Reasons that somebody has to mend at the sender, which is named instead of quoting its bytes. */
const REMEDIES: Readonly<Partial<Record<CoreDropReason, (context: CoreContext) => string>>> = {
  "sealed with another key": () => "could not be opened: another key?",
  "not sealed": () => "came unsealed: is there no key? (a program of 2005 cannot be sealed)",
  "not protocol 1": () => "came in protocol 2, which this network's signature rules out",
  sealed: () => "came sealed, and this machine has no key: is --key-file missing here?",
  "not from the peers' port": ({ port }) =>
    `did not come from UDP port ${port}, from which peers send: does a NAT in between change the port?`,
};

/** More than `quoted` shows, so that it marks the cut. */
const QUOTED_BYTES = 100;

/** Stands for all senders beyond the cap. */
const ELSEWHERE = "other addresses";

export class DropLog {
  readonly #context: CoreContext;
  readonly #counts = new Map<CoreDropReason, number>();
  readonly #loggedMs = new Map<CoreDropReason, number>();
  /** Packets by sender since the last line, for reasons that name the sender. */
  readonly #senders = new Map<CoreDropReason, Map<string, number>>();

  constructor(context: CoreContext) {
    this.#context = context;
  }

  count(reason: CoreDropReason, address: string, bytes: Uint8Array): void {
    const count = (this.#counts.get(reason) ?? 0) + 1;
    this.#counts.set(reason, count);
    const remedy = REMEDIES[reason]?.(this.#context);
    if (remedy !== undefined) this.#countSender(reason, address);
    const loggedMs = this.#loggedMs.get(reason);
    const nowMs = this.#context.clock.ageMs;
    if (loggedMs !== undefined && nowMs - loggedMs < MINUTE) return;
    this.#loggedMs.set(reason, nowMs);
    if (remedy !== undefined) {
      this.#context.log("warn", `${this.#takeSenders(reason)} ${remedy}`);
      return;
    }
    const level = HARMLESS.has(reason) ? "debug" : "info";
    const text = `dropped a packet from ${address}: ${reason} (${count} so far): ${quoteBytes(bytes)}`;
    this.#context.log(level, text);
  }

  /** The number of senders named under one reason: the largest of all reasons. */
  sizes() {
    return { namedSenders: Math.max(0, ...[...this.#senders.values()].map(({ size }) => size)) };
  }

  counts(): DropCounts {
    return Object.fromEntries(this.#counts);
  }

  #countSender(reason: CoreDropReason, address: string): void {
    const senders = this.#senders.get(reason) ?? new Map<string, number>();
    this.#senders.set(reason, senders);
    const isNamed = senders.has(address) || senders.size < MAX_NAMED_SENDERS;
    const name = isNamed ? address : ELSEWHERE;
    senders.set(name, (senders.get(name) ?? 0) + 1);
  }

  /**
   * Names the busiest sender since the last line, as in `12 packets from 192.168.1.7 (and 3 from
   * elsewhere)`, and starts counting anew.
   */
  #takeSenders(reason: CoreDropReason): string {
    const senders = [...(this.#senders.get(reason) ?? [])];
    this.#senders.delete(reason);
    const [[address, count] = [ELSEWHERE, 0], ...rest] = senders.sort(([, a], [, b]) => b - a);
    const others = rest.reduce((sum, [, more]) => sum + more, 0);
    const more = others === 0 ? "" : ` (and ${others} from elsewhere)`;
    return `${count} ${count === 1 ? "packet" : "packets"} from ${address}${more}`;
  }
}

/** The beginning of a packet, fit for a line of the log. */
function quoteBytes(bytes: Uint8Array): string {
  return quoted(Buffer.from(bytes.subarray(0, QUOTED_BYTES)).toString("latin1"));
}
