/**
 * Quiet machines, which are silent, stopped or down, are asked no more often than docs/protocol.md
 * allows: at most 20 questions a second in all; each machine at most every 10 s for 5 min and then
 * every minute, starting over when a packet comes from it. Removal requests allow another 20
 * questions a second. The numbers are repeated here, so that a change by mistake is noticed.
 *
 * The owner of an address is the machine that is remembered there. Addresses that two machines have
 * had, or that a machine has given up, are left out, because a machine that has lost its address is
 * still shown under it.
 */

import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";
import { bodyOf } from "../world/packet-kind.ts";
import { type Invariant, type Received, type Sent, type Subject, Violation } from "./invariant.ts";
import { NAME, RateWindow } from "./rates.ts";

const MAX_QUIET = 20;
const MAX_REMOVAL = 20;
const FIRST_PAUSE_MS = 10_000;
const FIRST_FOR_MS = 300_000;
const LATER_PAUSE_MS = 60_000;
/** Pauses have a jitter of 5 %. */
const LEAST_SHARE = 0.945;
/** After a packet from a machine, its address may be asked three times, a second apart. */
const SPOKEN_MS = 6000;
/** A removal is over after this: an interval, 11 s until the machine is silent, and the test of it. */
const REMOVAL_MS = 900_000;

const NEVER = Number.NEGATIVE_INFINITY;

interface Quiet {
  readonly id: string;
  state: KnownMachine["state"];
  /** When it became quiet, on this machine's clock like the other times; unknown before the start. */
  readonly sinceMs: number;
  /** The world time at which it became quiet. */
  readonly notedMs: number;
  hasOneAddress: boolean;
  askedMs: number;
  spokeMs: number;
  /** Whether a packet has come from it since it was last asked. */
  isNudged: boolean;
  message: Uint8Array | undefined;
}

export class QuietRates implements Invariant {
  readonly #subject: Subject;
  readonly #nowMs: () => number;
  readonly #worldMs: () => number;
  readonly #quiet = new Map<string, Quiet>();
  readonly #ownerOf = new Map<string, string>();
  readonly #addressesOf = new Map<string, readonly string[]>();
  readonly #contested = new Set<string>();
  readonly #removalRequestedMs = new Map<string, number>();
  #windows = newWindows();

  constructor(subject: Subject, world: { readonly nowMs: number }) {
    this.#subject = subject;
    this.#worldMs = () => world.nowMs;
    this.#nowMs = () => subject.now().elapsedMs;
  }

  start(known: readonly KnownMachine[]): void {
    this.#quiet.clear();
    this.#ownerOf.clear();
    this.#addressesOf.clear();
    this.#contested.clear();
    this.#removalRequestedMs.clear();
    this.#windows = newWindows();
    for (const machine of known) this.#note(machine, { isOld: true });
  }

  output(output: Output): void {
    if (output.kind === "forget") this.#quiet.delete(output.id);
    if (output.kind === "rename") this.#quiet.delete(output.fromId);
    if (output.kind === "remember") this.#note(output.machine, { isOld: false });
  }

  received({ from, kind, message }: Received): void {
    if (kind === "forget") {
      const id = /"id":"([^"]*)"/.exec(bodyOf(message))?.[1];
      if (id !== undefined) this.#removalRequestedMs.set(id, this.#nowMs());
    }
    // This machine now has an address where another was, which cannot be asked there any more.
    if (this.#subject.addresses.includes(from)) this.#contested.add(from);
    if (this.#quiet.size === 0) return;
    const quiet = this.#at(from);
    if (quiet === undefined) return;
    quiet.spokeMs = this.#nowMs();
    quiet.isNudged = true;
  }

  sent({ to, kind, message }: Sent): void {
    if (this.#quiet.size === 0 || (kind !== "question" && kind !== "request")) return;
    const quiet = this.#at(to);
    if (quiet === undefined || this.#contested.has(to)) return;
    const nowMs = this.#nowMs();
    const { quiet: own, removals, both } = this.#windows;
    if (both.add(nowMs)) this.#breach("questions to quiet machines, removal tests included");
    if (!this.#isRemovalRequested(quiet)) {
      if (own.add(nowMs)) this.#breach("questions to quiet machines");
      this.#checkPace(quiet);
    } else if (isRepeat(message, quiet.message) && removals.add(nowMs)) {
      // All questions of a removal test have the same number, ordinary questions have different ones.
      this.#breach("questions to machines that are being removed");
    }
    quiet.message = message;
    // Which of several questions after a packet from the machine sets the pace is not visible here.
    if (!this.#hasSpoken(quiet)) quiet.askedMs = nowMs;
    quiet.isNudged = false;
  }

  #note({ id, state, addresses }: KnownMachine, { isOld }: { readonly isOld: boolean }): void {
    this.#noteAddresses(id, addresses);
    if (state === "up" || state === "new") {
      this.#quiet.delete(id);
      return;
    }
    const hasOneAddress = addresses.length === 1;
    const quiet = this.#quiet.get(id);
    if (quiet !== undefined) {
      quiet.state = state;
      quiet.hasOneAddress &&= hasOneAddress;
      return;
    }
    const [sinceMs, notedMs] = isOld ? [NEVER, NEVER] : [this.#nowMs(), this.#worldMs()];
    this.#quiet.set(id, {
      ...{ id, state, hasOneAddress, sinceMs, notedMs },
      ...{ askedMs: NEVER, spokeMs: NEVER, isNudged: false, message: undefined },
    });
  }

  #noteAddresses(id: string, addresses: readonly string[]): void {
    for (const address of addresses) {
      const owner = this.#ownerOf.get(address);
      if (owner === undefined) this.#ownerOf.set(address, id);
      else if (owner !== id) this.#contested.add(address);
    }
    for (const address of this.#addressesOf.get(id) ?? []) {
      if (!addresses.includes(address)) this.#contested.add(address);
    }
    this.#addressesOf.set(id, addresses);
  }

  #at(address: string): Quiet | undefined {
    const owner = this.#ownerOf.get(address);
    return owner === undefined ? undefined : this.#quiet.get(owner);
  }

  #isRemovalRequested({ id }: Quiet): boolean {
    const removalRequestedMs = this.#removalRequestedMs.get(id.split("~")[0] ?? id);
    return removalRequestedMs !== undefined && this.#nowMs() - removalRequestedMs < REMOVAL_MS;
  }

  /**
   * Whether a packet has come from it a short time ago, or shortly before it became quiet, or before a
   * pause of this machine: the questions that such a packet causes may still be outstanding.
   */
  #hasSpoken({ spokeMs, sinceMs }: Quiet): boolean {
    if (this.#worldMs() - this.#subject.disturbedMs < SPOKEN_MS) return true;
    return this.#nowMs() - Math.max(spokeMs, sinceMs) < SPOKEN_MS;
  }

  #checkPace(quiet: Quiet): void {
    const nowMs = this.#nowMs();
    const { sinceMs, askedMs, spokeMs, state } = quiet;
    // A machine with two addresses is also asked at one when a list names that one.
    if (quiet.isNudged || this.#hasSpoken(quiet) || !quiet.hasOneAddress) return;
    const isKnown = quiet.notedMs > this.#subject.disturbedMs;
    const isLate =
      (state === "stopped" && spokeMs < sinceMs) ||
      askedMs - Math.max(sinceMs, spokeMs) >= FIRST_FOR_MS;
    const pauseMs = isKnown && isLate ? LATER_PAUSE_MS : FIRST_PAUSE_MS;
    if (nowMs - askedMs >= pauseMs * LEAST_SHARE) return;
    const seconds = ((nowMs - askedMs) / 1000).toFixed(1);
    const { machine } = this.#subject;
    throw new Violation(NAME, `${machine} asked ${quiet.id} (${state}) again after ${seconds} s`);
  }

  #breach(what: string): never {
    throw new Violation(NAME, `${this.#subject.machine} sent too many ${what} within a second`);
  }
}

function newWindows() {
  return {
    quiet: new RateWindow(MAX_QUIET),
    removals: new RateWindow(MAX_REMOVAL),
    both: new RateWindow(MAX_QUIET + MAX_REMOVAL),
  };
}

function isRepeat(message: Uint8Array, before: Uint8Array | undefined): boolean {
  return before !== undefined && bodyOf(message) === bodyOf(before) && bodyOf(message) !== "";
}
