/**
 * Looks for other machines that no list names: goes through the scan range in order until another machine
 * has answered, and then, while none is up, slowly round and round. Machines of an earlier run do not hold
 * the scan back before they have answered: they may be down, or have moved.
 */
import { encodeInitialQuery } from "../../protocol/v1/messages.ts";
import { RESCAN_SAMPLE, SCAN_HOLD_MS, SLOW_SCAN_MS } from "../limits.ts";
import type { ScanRange } from "../options.ts";
import { isQuiet } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import type { OwnAddresses } from "./own-addresses.ts";

export class AddressScan {
  readonly #parts: Polling & { readonly own: OwnAddresses };
  readonly #query: Uint8Array;
  #asked = 0;
  #slowMs = 0;
  /** When the scan may resume; undefined until the first list arrives. */
  #heldUntilMs: number | undefined;

  constructor(parts: Polling & { readonly own: OwnAddresses }) {
    this.#parts = parts;
    this.#query = encodeInitialQuery(parts.context.signature);
  }

  /**
   * The size of the scan range, and how many addresses were asked since the start: from `size` on, the
   * scan goes round slowly.
   */
  progress() {
    return { size: this.#parts.context.ranges.scan.size, asked: this.#asked };
  }

  /** The scan range has changed, and is scanned from its beginning. */
  restart(): void {
    this.#asked = 0;
  }

  /**
   * A list came: if its sender answers a question, no more addresses need be asked. The scan waits for that
   * once, since the sender may never answer.
   */
  noteList(): void {
    this.#heldUntilMs ??= this.#parts.context.clock.deadlineMs + SCAN_HOLD_MS;
  }

  run(): void {
    const nowMs = this.#parts.context.clock.deadlineMs;
    const { size } = this.#parts.context.ranges.scan;
    if (size === 0 || this.#parts.table.heardInThisRunCount > 0) return;
    if (nowMs < (this.#heldUntilMs ?? 0)) return;
    while (this.#asked < size && this.#parts.budget.scans.take(nowMs)) this.#askNext(nowMs);
    if (this.#asked >= size && nowMs >= this.#slowMs) this.#askNext(nowMs);
  }

  nextMs(): number {
    const { context, budget, table } = this.#parts;
    const { size } = context.ranges.scan;
    if (size === 0 || table.heardInThisRunCount > 0) return Number.POSITIVE_INFINITY;
    const paceMs =
      this.#asked >= size ? this.#slowMs : budget.scans.readyMs(context.clock.deadlineMs);
    return Math.max(paceMs, this.#heldUntilMs ?? 0);
  }

  /**
   * Queries a few random addresses of the range that are not known to be up, so that two halves of a
   * network that never met do meet.
   */
  askRandom(): void {
    const { random, ranges } = this.#parts.context;
    const { size } = ranges.scan;
    for (let i = 0; i < Math.min(RESCAN_SAMPLE, size); i++) {
      const index = Math.floor(random() * size);
      const peer = this.#parts.table.contactOf(ranges.scan.at(index) ?? "")?.peer;
      if (peer === undefined || isQuiet(peer)) this.#ask(index);
    }
  }

  #askNext(nowMs: number): void {
    this.#ask(this.#asked % this.#parts.context.ranges.scan.size);
    this.#asked++;
    this.#slowMs = nowMs + SLOW_SCAN_MS;
  }

  #ask(index: number): void {
    const address = this.#parts.context.ranges.scan.at(index);
    if (address !== undefined && !this.#parts.own.has(address))
      this.#parts.context.sendToPeer(address, this.#query);
  }
}

/** Places of a scan range that are compared: enough to see any change of networks. */
const COMPARED_PLACES = 16;

/** Compares the sizes and some of the addresses, as a scan range may have 65,536. */
export function isSameRange(a: ScanRange, b: ScanRange): boolean {
  if (a.size !== b.size) return false;
  for (let i = 0; i < Math.min(COMPARED_PLACES, a.size); i++) {
    const place = Math.floor((i * (a.size - 1)) / Math.max(1, COMPARED_PLACES - 1));
    if (a.at(place) !== b.at(place)) return false;
  }
  return true;
}
