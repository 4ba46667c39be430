/**
 * The messages between peers, as values (design 6.1 and 6.2). `decode.ts` reads them from a
 * packet, `encode.ts` writes them. Durations and clocks carry their unit here; on the wire the
 * keys are shorter, see the table in `encode.ts`.
 */
import type { Report } from "./report.ts";

export type Message =
  | InitialQuery
  | AddressList
  | BareRequest
  | Question
  | ReportV1
  | Alive
  | Answer
  | Goodbye
  | Hint
  | Forget
  | RingQuestion
  | RingAnswer;

/** `signature?` */
export interface InitialQuery {
  readonly kind: "initial-query";
}

/** `signature!address address …` */
export interface AddressList {
  readonly kind: "address-list";
  /** Canonical; neither checked for use as a peer nor against an allow list. */
  readonly addresses: readonly string[];
  /** Words that were no address, or beyond the cap. */
  readonly skipped: number;
}

/** `signature>`: protocol 1's request for a report, if it has been updated. */
export interface BareRequest {
  readonly kind: "request";
}

/** `signature>{"question":…}` */
export interface Question {
  readonly kind: "question";
  /** Request number, 48 random bits; the answer echoes it. */
  readonly question: number;
  /** The asker's id: a claim, nothing more. */
  readonly id: string;
  /** Boot and sequence of the newest report *of the asked machine* that the asker holds. */
  readonly incarnation?: string;
  readonly sequence?: number;
  /** Only while watching: the newest live report that the asker holds. */
  readonly liveSequence?: number;
  readonly watching: boolean;
}

/** `signature<` and the four lines of protocol 1. */
export interface ReportV1 {
  readonly kind: "report-v1";
  readonly report: Report;
  /** The sender's wall clock, Unix time in seconds. */
  readonly wallSeconds: number;
}

/** `signature<`: nothing newer, but alive (protocol 1). */
export interface Alive {
  readonly kind: "alive";
}

/** `signature<{"answer":…}` */
export interface Answer {
  readonly kind: "answer";
  /** The number of the question that this answers. */
  readonly answer: number;
  /** Who answers. */
  readonly id: string;
  readonly incarnation: string;
  /** Sequence of the answerer's newest interval report, sent along or not. */
  readonly sequence: number;
  /** Present when `report` is the live one: its number. */
  readonly liveSequence?: number;
  /** The answerer's `-u`, seconds. */
  readonly intervalSeconds: number;
  /** Age of the answerer's newest report (of `report`, when there is one) at sending. */
  readonly ageSeconds: number;
  /** The answerer's wall clock at sending, Unix time in ms. */
  readonly wallMs: number;
  /** Canonical address under which the answerer saw the asker. */
  readonly you?: string;
  readonly name: string;
  /** The answerer answers quick questions: others may watch it closely (design 6.6). */
  readonly ring?: true;
  /** Absent: nothing newer than what the asker said it holds. */
  readonly report?: Report;
}

/** `signature<{"bye":…}` */
export interface Goodbye {
  readonly kind: "goodbye";
  readonly id: string;
  readonly incarnation: string;
}

/** `signature<{"hint":[…]}`: ask these machines; believed by nobody (design 6.6). */
export interface Hint {
  readonly kind: "hint";
  /** Canonical. */
  readonly addresses: readonly string[];
}

/** `signature<{"forget":…}`: this machine was scrapped; believed by nobody (design 3). */
export interface Forget {
  readonly kind: "forget";
  /** As its machine tells it; of a protocol-1 machine the canonical address, which is its id. */
  readonly id: string;
  /** The run that the sender knew last, which tells clones apart. */
  readonly incarnation?: string;
}

/** `signature>NNNNNNNN`: the quick question of the ring watch, are you there? (design 6.6) */
export interface RingQuestion {
  readonly kind: "ring-question";
  /** 48 random bits; the answer echoes them. */
  readonly number: number;
}

/** `signature<NNNNNNNNbbbbbbbb` */
export interface RingAnswer {
  readonly kind: "ring-answer";
  /** The number of the question that this answers. */
  readonly number: number;
  /** The first 8 characters of the answerer's incarnation, all of a shorter one. */
  readonly incarnationStart: string;
}

/**
 * Why a packet is no message. Few and constant, because drops are counted by reason and the
 * page shows the counts.
 */
export const DROP_REASONS = [
  "wrong signature",
  "sealed",
  "unknown message",
  "too long",
  "malformed query",
  "malformed question",
  "malformed report",
  "malformed answer",
  "malformed goodbye",
  "malformed hint",
  "malformed forget",
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** A decoded packet: `Result<Message>` whose reason is one of `DROP_REASONS`. */
export type Decoded =
  | { readonly ok: true; readonly value: Message }
  | { readonly ok: false; readonly reason: DropReason };

/** What is built field by field, since to spread what may be absent costs three times as much. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };
