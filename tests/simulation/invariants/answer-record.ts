/**
 * Who has really answered this machine, by what was sent and delivered. As the protocol has it
 * (docs/protocol.md, "What counts as an answer"): JSON or a quick answer counts if it has the number
 * of the last question to that very address, once; protocol 1 while a question there is young.
 */
import type { KnownMachine } from "../../../src/store/kept.ts";
import type { Truth } from "../world/ground-truth.ts";
import { ANSWERS, bodyOf, type Kind, START } from "../world/packet-kind.ts";
import type { Received, Sent } from "./invariant.ts";

/** A little less than the 10 s and 0.27 s of the protocol, for clocks that run fast. */
const OPEN_MS = 9800;
const QUICK_MS = 260;
const NEVER = Number.NEGATIVE_INFINITY;

interface Open {
  /** None of a bare request, of which nobody outside knows it. */
  readonly number: string | undefined;
  readonly atMs: number;
}

export class Answered {
  readonly #truth: Truth;
  readonly #world: { readonly nowMs: number };
  /** By address, until they are answered or `expire`. */
  readonly #open = new Map<string, Open>();
  readonly #openQuick = new Map<string, Open>();
  /** By the number of the run (there are many machines that see as many). */
  #slowMs: number[] = [];
  #quickMs: number[] = [];
  readonly #quickFrom = new Map<number, string>();
  /** By address. */
  readonly #oldMs = new Map<string, number>();

  constructor(truth: Truth, world: { readonly nowMs: number }) {
    this.#truth = truth;
    this.#world = world;
  }

  /** A new run judges nobody by what was before. */
  start(): void {
    this.#open.clear();
    this.#openQuick.clear();
    this.#oldMs.clear();
    this.#slowMs = [];
    this.#quickMs = [];
    this.#quickFrom.clear();
  }

  asked({ to, kind, message }: Sent): void {
    const open = kind === "ring-question" ? this.#openQuick : this.#open;
    open.set(to, { number: numberIn(message, kind), atMs: this.#world.nowMs });
  }

  /** The question of that time to this address is too old to be answered. */
  expire(to: string, atMs: number): void {
    for (const open of [this.#open, this.#openQuick]) {
      if (open.get(to)?.atMs === atMs) open.delete(to);
    }
  }

  received(
    { from, kind, message, origin, isOpened }: Received,
    { isCounted }: { readonly isCounted: boolean },
  ): void {
    if (!isOpened || !ANSWERS.has(kind)) return;
    const { nowMs } = this.#world;
    const isQuick = kind === "ring-answer";
    const all = isQuick ? this.#openQuick : this.#open;
    const open = all.get(from);
    if (open === undefined || nowMs - open.atMs >= (isQuick ? QUICK_MS : OPEN_MS)) return;
    if (kind === "alive" || kind === "report-v1") {
      if (origin === "machine") this.#oldMs.set(from, nowMs);
      return;
    }
    if (open.number === undefined || open.number !== numberIn(message, kind)) return;
    all.delete(from);
    if (!isCounted) return;
    if (isQuick) this.#noteQuick(from, bodyOf(message).slice(QUICK_CHARACTERS));
    else {
      const run = this.#truth.runOf(incarnationIn(message));
      if (run !== undefined) this.#slowMs[run.index] = nowMs;
    }
  }

  /** It tells no more than the beginning of an incarnation: under another's address it shows a restart. */
  #noteQuick(from: string, incarnation: string): void {
    const run = this.#truth.runStarting(incarnation);
    if (run === undefined) return;
    this.#quickMs[run.index] = this.#world.nowMs;
    this.#quickFrom.set(run.index, from);
  }

  /** When this machine last answered an ordinary question, and any. */
  lastMs({ addresses, protocol, incarnation }: KnownMachine): { slow: number; any: number } {
    if (protocol === 1) {
      const slow = Math.max(...addresses.map((address) => this.#oldMs.get(address) ?? NEVER));
      return { slow, any: slow };
    }
    const index = this.#truth.runOf(incarnation)?.index ?? -1;
    const slow = this.#slowMs[index] ?? NEVER;
    const isFromThere = addresses.includes(this.#quickFrom.get(index) ?? "");
    const quick = isFromThere ? (this.#quickMs[index] ?? NEVER) : NEVER;
    return { slow, any: Math.max(slow, quick) };
  }
}

const BEFORE_NUMBER: Partial<Record<Kind, number>> = {
  question: '{"question":'.length,
  answer: '{"answer":'.length,
};
/** Quick ones have eight characters of it and nothing before. */
const QUICK_CHARACTERS = 8;
const MOST_DIGITS = 15;

function numberIn(message: Uint8Array, kind: Kind): string | undefined {
  if (kind === "request") return undefined;
  const before = BEFORE_NUMBER[kind];
  if (before === undefined) return textOf(message, START + 1, QUICK_CHARACTERS);
  const from = START + 1 + before;
  let end = from;
  while (end - from < MOST_DIGITS && isDigit(message[end])) end++;
  return textOf(message, from, end - from);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function textOf(message: Uint8Array, from: number, length: number): string | undefined {
  if (length === 0 || from + length > message.length) return undefined;
  return Buffer.from(message.buffer, message.byteOffset + from, length).toString("latin1");
}

/** It stands behind the number and the id, within the first so many characters. */
const HEAD = 160;

function incarnationIn(message: Uint8Array): string | undefined {
  const head = textOf(message, START + 1, Math.min(HEAD, message.length - START - 1));
  return head === undefined ? undefined : /"boot":"([^"]*)"/.exec(head)?.[1];
}
