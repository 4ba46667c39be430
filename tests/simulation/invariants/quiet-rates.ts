/**
 * Machines that are silent, stopped or down are asked at most 20 times a second together, each every
 * 10 s for 5 min and then every minute at most, anew when something comes from it; and 20 times a second
 * more because somebody calls them scrapped (design 6.3). The numbers stand here once more.
 *
 * Whose an address is, is told by what is remembered; one that two machines have had, or one has given
 * up, is left out, as who has lost his address is still shown under it.
 */

import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";
import { bodyOf } from "../world/packet-kind.ts";
import { type Invariant, type Received, type Sent, type Subject, Violation } from "./invariant.ts";
import { NAME, RateWindow } from "./rates.ts";

const MOST_QUIET = 20;
const MOST_FORGETTING = 20;
const FIRST_PAUSE_MS = 10_000;
const FIRST_FOR_MS = 300_000;
const LATER_PAUSE_MS = 60_000;
/** 5 % of jitter. */
const LEAST_SHARE = 0.945;
/** Whoever speaks may have its address asked three times, a second apart. */
const SPOKEN_MS = 6000;
/** A wish to forget is over by then: an interval, 11 s until it is silent, and the test of it. */
const WISH_MS = 900_000;

const NEVER = Number.NEGATIVE_INFINITY;

interface Quiet {
  readonly id: string;
  state: KnownMachine["state"];
  /** On this machine's clock, as the other times; before the start it is not known. */
  readonly sinceMs: number;
  /** World time. */
  readonly notedMs: number;
  hasOneAddress: boolean;
  askedMs: number;
  spokeMs: number;
  /** It has not been asked since it spoke. */
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
  readonly #wishedMs = new Map<string, number>();
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
    this.#wishedMs.clear();
    this.#windows = newWindows();
    for (const machine of known) this.#note(machine, { isOld: true });
  }

  told(output: Output): void {
    if (output.kind === "forget") this.#quiet.delete(output.id);
    if (output.kind === "rename") this.#quiet.delete(output.fromId);
    if (output.kind === "remember") this.#note(output.machine, { isOld: false });
  }

  received({ from, kind, message }: Received): void {
    if (kind === "forget") {
      const id = /"id":"([^"]*)"/.exec(bodyOf(message))?.[1];
      if (id !== undefined) this.#wishedMs.set(id, this.#nowMs());
    }
    // It has met itself where another was: that one cannot be asked there any more.
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
    const { quiet: own, forgetting, both } = this.#windows;
    if (both.add(nowMs)) this.#breach("questions to quiet and scrapped machines");
    if (!this.#isWished(quiet)) {
      if (own.add(nowMs)) this.#breach("questions to quiet machines");
      this.#checkPace(quiet);
    } else if (isRepeat(message, quiet.message) && forgetting.add(nowMs)) {
      // The questions of such a test have one number; others never have that of the one before.
      this.#breach("questions to machines that somebody calls scrapped");
    }
    quiet.message = message;
    // Of several because it spoke, which sets the pace is not seen from here.
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

  #isWished({ id }: Quiet): boolean {
    const wishedMs = this.#wishedMs.get(id.split("~")[0] ?? id);
    return wishedMs !== undefined && this.#nowMs() - wishedMs < WISH_MS;
  }

  /** Just now, or just before it was silent, or before a pause: what is owed for it is asked after it. */
  #hasSpoken({ spokeMs, sinceMs }: Quiet): boolean {
    if (this.#worldMs() - this.#subject.troubledMs < SPOKEN_MS) return true;
    return this.#nowMs() - Math.max(spokeMs, sinceMs) < SPOKEN_MS;
  }

  #checkPace(quiet: Quiet): void {
    const nowMs = this.#nowMs();
    const { sinceMs, askedMs, spokeMs, state } = quiet;
    // One with two addresses is asked on the other when somebody names that.
    if (quiet.isNudged || this.#hasSpoken(quiet) || !quiet.hasOneAddress) return;
    const isKnown = quiet.notedMs > this.#subject.troubledMs;
    const isLate =
      (state === "stopped" && spokeMs < sinceMs) ||
      askedMs - Math.max(sinceMs, spokeMs) >= FIRST_FOR_MS;
    const pauseMs = isKnown && isLate ? LATER_PAUSE_MS : FIRST_PAUSE_MS;
    if (nowMs - askedMs >= pauseMs * LEAST_SHARE) return;
    const seconds = ((nowMs - askedMs) / 1000).toFixed(1);
    const { machine } = this.#subject;
    throw new Violation(NAME, `${machine} asked ${quiet.id}, ${state}, again after ${seconds} s`);
  }

  #breach(what: string): never {
    throw new Violation(NAME, `${this.#subject.machine} sent too many ${what} within a second`);
  }
}

function newWindows() {
  return {
    quiet: new RateWindow(MOST_QUIET),
    forgetting: new RateWindow(MOST_FORGETTING),
    both: new RateWindow(MOST_QUIET + MOST_FORGETTING),
  };
}

function isRepeat(message: Uint8Array, before: Uint8Array | undefined): boolean {
  return before !== undefined && bodyOf(message) === bodyOf(before) && bodyOf(message) !== "";
}
