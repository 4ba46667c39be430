/**
 * Looks for other machines where no list has led: through the scan range in order until another
 * machine has answered, then, as long as none is known to be up, slowly round and round. What an
 * earlier run knew to be up holds nothing back: it may be gone, or stand elsewhere by now.
 */
import { encodeInitialQuery } from "../protocol/encode.ts";
import type { Budget } from "./budget.ts";
import type { Desk } from "./desk.ts";
import { RESCAN_SAMPLE, SLOW_SCAN_MS } from "./limits.ts";
import type { ScanProgress, ScanRange } from "./options.ts";
import type { OwnAddresses } from "./own-addresses.ts";
import type { PeerTable } from "./peer-table.ts";

interface Parts {
  readonly desk: Desk;
  readonly budget: Budget;
  readonly table: PeerTable;
  readonly own: OwnAddresses;
}

export class Scan {
  readonly #desk: Desk;
  readonly #budget: Budget;
  readonly #table: PeerTable;
  readonly #own: OwnAddresses;
  readonly #query: Uint8Array;
  #asked = 0;
  #slowMs = 0;

  constructor(parts: Parts) {
    this.#desk = parts.desk;
    this.#budget = parts.budget;
    this.#table = parts.table;
    this.#own = parts.own;
    this.#query = encodeInitialQuery(parts.desk.signature);
  }

  progress(): ScanProgress {
    return { size: this.#desk.ranges.scan.size, asked: this.#asked };
  }

  /** Another range is scanned from its beginning. */
  startOver(): void {
    this.#asked = 0;
  }

  run(): void {
    const nowMs = this.#desk.clock.deadlineMs;
    const { size } = this.#desk.ranges.scan;
    if (size === 0 || this.#table.heardCount > 0) return;
    while (this.#asked < size && this.#budget.scans.take(nowMs)) this.#askNext(nowMs);
    if (this.#asked >= size && nowMs >= this.#slowMs) this.#askNext(nowMs);
  }

  nextMs(): number {
    const { size } = this.#desk.ranges.scan;
    if (size === 0 || this.#table.heardCount > 0) return Number.POSITIVE_INFINITY;
    if (this.#asked >= size) return this.#slowMs;
    return this.#budget.scans.readyMs(this.#desk.clock.deadlineMs);
  }

  /** A few anywhere in the range, so that two halves of a network that never met do meet. */
  askSome(): void {
    const { size } = this.#desk.ranges.scan;
    for (let i = 0; i < Math.min(RESCAN_SAMPLE, size); i++) {
      this.#ask(Math.floor(this.#desk.random() * size));
    }
  }

  #askNext(nowMs: number): void {
    this.#ask(this.#asked % this.#desk.ranges.scan.size);
    this.#asked++;
    this.#slowMs = nowMs + SLOW_SCAN_MS;
  }

  #ask(index: number): void {
    const address = this.#desk.ranges.scan.at(index);
    if (address !== undefined && !this.#own.has(address))
      this.#desk.sendToPeer(address, this.#query);
  }
}

/** Places of a scan range that are compared: enough to see any change of networks. */
const COMPARED_PLACES = 16;

/** By its size and some of its addresses; a scan range may have 65,536. */
export function isSameRange(a: ScanRange, b: ScanRange): boolean {
  if (a.size !== b.size) return false;
  for (let i = 0; i < Math.min(COMPARED_PLACES, a.size); i++) {
    const place = Math.floor((i * (a.size - 1)) / Math.max(1, COMPARED_PLACES - 1));
    if (a.at(place) !== b.at(place)) return false;
  }
  return true;
}
