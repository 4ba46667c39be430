/**
 * No packet rate exceeds its cap (docs/protocol.md, "Limits"): packets are counted as they leave, by
 * purpose, in any second of the machine's own clock. The numbers are repeated here, so that a cap that
 * is changed by mistake is noticed.
 */

import type { AddressLists } from "./address-lists.ts";
import { type Invariant, type Sent, type Subject, Violation } from "./invariant.ts";

export const NAME = "no packet rate exceeds its cap";
const WINDOW_MS = 1000;

/** The caps of packets a second, by their kind and by why they were sent. */
const CAPS = {
  /** All questions except the quick ones, and except those to machines that never answered. */
  questions: 200,
  "questions while watching": 500,
  "questions to candidates": 50,
  "quick questions": 500,
  /** The 100 of a scan, the four guessed broadcasts, and the requests for lists after a start. */
  queries: 106,
  answers: 2000,
  hints: 1000,
  /** Address lists and removal requests. */
  lists: 100,
} as const;

type Purpose = keyof typeof CAPS;

/** What a known source may ask for at once and in a second, and live answers that have waited. */
const ANSWERS_TO_ONE = 100 + 64;

/** The times of the last `most + 1` packets, in a ring: that many within a window are too many. */
export class RateWindow {
  readonly #most: number;
  readonly #times: number[] = [];
  #next = 0;

  constructor(most: number) {
    this.#most = most + 1;
  }

  /** Counts one packet. Returns whether that makes too many. */
  add(nowMs: number): boolean {
    const first = this.#times[this.#next];
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#most;
    return first !== undefined && nowMs - first < WINDOW_MS;
  }
}

export class Rates implements Invariant {
  readonly #subject: Subject & { readonly isWatching: boolean };
  readonly #lists: AddressLists;
  #windows = new Map<Purpose, RateWindow>();
  /** The number of answers to each address in the current second. */
  #answersTo = new Map<string, number>();
  #secondMs = 0;
  #watchedMs = Number.NEGATIVE_INFINITY;

  constructor(subject: Subject & { readonly isWatching: boolean }, lists: AddressLists) {
    this.#subject = subject;
    this.#lists = lists;
  }

  start(): void {
    this.#windows = new Map();
    this.#answersTo = new Map();
    this.#secondMs = Number.NEGATIVE_INFINITY;
    this.#watchedMs = Number.NEGATIVE_INFINITY;
  }

  sent(sent: Sent): void {
    const nowMs = this.#subject.now().elapsedMs;
    switch (sent.kind) {
      case "request":
      case "question":
        this.#countQuestion(sent.to, nowMs);
        break;
      case "ring-question":
        this.#count("quick questions", nowMs);
        break;
      case "query":
        this.#count("queries", nowMs);
        break;
      case "hint":
        this.#count("hints", nowMs);
        break;
      case "forget":
        this.#count("lists", nowMs);
        break;
      case "list":
        if (sent.during !== "receive") this.#count("lists", nowMs);
        else this.#countAnswer(sent.to, nowMs);
        break;
      case "answer":
      case "ring-answer":
      case "report-v1":
        this.#countAnswer(sent.to, nowMs);
        break;
      default:
        break;
    }
  }

  #countQuestion(to: string, nowMs: number): void {
    if (this.#subject.isWatching) this.#watchedMs = nowMs;
    const isWatched = nowMs - this.#watchedMs <= WINDOW_MS;
    // Both windows count every question, but only the one that applies may report a violation.
    const isTooMany = this.#add("questions", nowMs);
    if (isTooMany && !isWatched) this.#breach("questions");
    this.#count("questions while watching", nowMs);
    if (!this.#lists.hasAnswered(to)) this.#count("questions to candidates", nowMs);
  }

  #countAnswer(to: string, nowMs: number): void {
    this.#count("answers", nowMs);
    if (nowMs - this.#secondMs >= WINDOW_MS) {
      this.#secondMs = nowMs;
      this.#answersTo.clear();
    }
    const count = (this.#answersTo.get(to) ?? 0) + 1;
    this.#answersTo.set(to, count);
    if (count > ANSWERS_TO_ONE) this.#breach(`answers to ${to}`);
  }

  #count(purpose: Purpose, nowMs: number): void {
    if (this.#add(purpose, nowMs)) this.#breach(purpose);
  }

  #add(purpose: Purpose, nowMs: number): boolean {
    let window = this.#windows.get(purpose);
    if (window === undefined) {
      window = new RateWindow(CAPS[purpose]);
      this.#windows.set(purpose, window);
    }
    return window.add(nowMs);
  }

  #breach(what: string): never {
    throw new Violation(NAME, `${this.#subject.machine} sent too many ${what} within a second`);
  }
}
