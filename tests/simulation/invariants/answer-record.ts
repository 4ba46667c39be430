/**
 * Which machines have really answered this one, judged by the packets that were sent and delivered.
 * By docs/protocol.md, "What counts as an answer", a JSON answer or a quick answer counts once, if it
 * has the number of the last question to the very address that it comes from. A protocol-1 answer
 * counts while a question to its address is open.
 */
import type { KnownMachine } from "../../../src/store/history-types.ts";
import type { GroundTruth } from "../world/ground-truth.ts";
import { ANSWERS, bodyOf, KIND_OFFSET, type PacketKind } from "../world/packet-kind.ts";
import type { Received, Sent } from "./invariant.ts";

/**
 * How long a question is open: a little less than the protocol's 10 s and 0.27 s, to allow for clocks
 * that run fast.
 */
const OPEN_MS = 9800;
const QUICK_MS = 260;
const NEVER = Number.NEGATIVE_INFINITY;

interface OpenQuestion {
  /** Undefined for a bare request, which does not carry its number. */
  readonly number: string | undefined;
  readonly atMs: number;
}

export class AnswerRecord {
  readonly #truth: GroundTruth;
  readonly #world: { readonly nowMs: number };
  /** Open questions by address, until they are answered or `expire` is called. */
  readonly #open = new Map<string, OpenQuestion>();
  readonly #openQuick = new Map<string, OpenQuestion>();
  /** When each run last answered, by the run's index: every machine keeps this for every run. */
  #slowMs: number[] = [];
  #quickMs: number[] = [];
  readonly #quickFrom = new Map<number, string>();
  /** When each protocol-1 address last answered. */
  readonly #v1Ms = new Map<string, number>();

  constructor(truth: GroundTruth, world: { readonly nowMs: number }) {
    this.#truth = truth;
    this.#world = world;
  }

  /** A new run starts without evidence from the run before. */
  start(): void {
    this.#open.clear();
    this.#openQuick.clear();
    this.#v1Ms.clear();
    this.#slowMs = [];
    this.#quickMs = [];
    this.#quickFrom.clear();
  }

  asked({ to, kind, message }: Sent): void {
    const open = kind === "ring-question" ? this.#openQuick : this.#open;
    open.set(to, { number: numberIn(message, kind), atMs: this.#world.nowMs });
  }

  /** Closes the question that was sent to this address at that time. */
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
      if (origin === "machine") this.#v1Ms.set(from, nowMs);
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

  /**
   * A quick answer carries only the beginning of the incarnation, so it counts only from an address of
   * the machine (see `lastMs`): from another machine's address it means that this one has restarted.
   */
  #noteQuick(from: string, prefix: string): void {
    const run = this.#truth.runByPrefix(prefix);
    if (run === undefined) return;
    this.#quickMs[run.index] = this.#world.nowMs;
    this.#quickFrom.set(run.index, from);
  }

  /** When this machine last answered an ordinary question (`slow`), and any question (`any`). */
  lastMs({ addresses, protocol, incarnation }: KnownMachine): { slow: number; any: number } {
    if (protocol === 1) {
      const slow = Math.max(...addresses.map((address) => this.#v1Ms.get(address) ?? NEVER));
      return { slow, any: slow };
    }
    const index = this.#truth.runOf(incarnation)?.index ?? -1;
    const slow = this.#slowMs[index] ?? NEVER;
    const isFromThere = addresses.includes(this.#quickFrom.get(index) ?? "");
    const quick = isFromThere ? (this.#quickMs[index] ?? NEVER) : NEVER;
    return { slow, any: Math.max(slow, quick) };
  }
}

const BEFORE_NUMBER: Partial<Record<PacketKind, number>> = {
  question: '{"question":'.length,
  answer: '{"answer":'.length,
};
/** A quick question or answer begins with the eight characters of its number. */
const QUICK_CHARACTERS = 8;
const MOST_DIGITS = 15;

function numberIn(message: Uint8Array, kind: PacketKind): string | undefined {
  if (kind === "request") return undefined;
  const before = BEFORE_NUMBER[kind];
  if (before === undefined) return textOf(message, KIND_OFFSET + 1, QUICK_CHARACTERS);
  const from = KIND_OFFSET + 1 + before;
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

/** The incarnation follows the number and the id, within this many characters. */
const HEAD_CHARACTERS = 160;

function incarnationIn(message: Uint8Array): string | undefined {
  const head = textOf(
    message,
    KIND_OFFSET + 1,
    Math.min(HEAD_CHARACTERS, message.length - KIND_OFFSET - 1),
  );
  return head === undefined ? undefined : /"boot":"([^"]*)"/.exec(head)?.[1];
}
