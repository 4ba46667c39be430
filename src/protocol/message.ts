/**
 * The messages between peers as values (docs/protocol.md). `decode.ts` reads them from a packet;
 * `encode.ts`, `ring.ts` and `v1/messages.ts` write them. Names here carry the unit of their value;
 * the shorter keys on the wire are in the table in `encode.ts`.
 */
import type { Report } from "./report.ts";

export type Message =
  /** `signature?` */
  | { readonly kind: "initial-query" }
  | AddressList
  /** `signature>`: protocol 1 asks for the report if it has been updated. */
  | { readonly kind: "request" }
  | Question
  | ReportV1
  /** `signature<`: protocol 1 has nothing newer, but is alive. */
  | { readonly kind: "alive" }
  | Answer
  | Goodbye
  | Hint
  | RemovalRequest
  | RingQuestion
  | RingAnswer;

/** `signature!address address …` */
export interface AddressList {
  readonly kind: "address-list";
  /** Canonical; checked neither for use as a peer nor against an allow list. */
  readonly addresses: readonly string[];
  /** How many words were no address or came after the cap. */
  readonly skipped: number;
}

/** `signature>{"question":…}` */
export interface Question {
  readonly kind: "question";
  /** The request number, 48 random bits, which the answer echoes. */
  readonly question: number;
  /** The asker's id, as it claims. */
  readonly id: string;
  /** Incarnation and sequence of the newest report *of the asked machine* that the asker holds. */
  readonly incarnation?: string;
  readonly sequence?: number;
  /** The newest live report that the asker holds; only while somebody watches there. */
  readonly liveSequence?: number;
  /** Whether somebody watches at the asker. */
  readonly watching: boolean;
}

/** `signature<` and the four lines of protocol 1. */
export interface ReportV1 {
  readonly kind: "report-v1";
  readonly report: Report;
  /** The sender's wall clock, Unix time in seconds. */
  readonly wallSeconds: number;
}

/** `signature<{"answer":…}` */
export interface Answer {
  readonly kind: "answer";
  /** The number of the question that this answers. */
  readonly answer: number;
  /** The answerer's. */
  readonly id: string;
  readonly incarnation: string;
  /** The sequence of the answerer's newest interval report, whether or not `report` is present. */
  readonly sequence: number;
  /** The number of the live report; present when `report` is a live one. */
  readonly liveSequence?: number;
  /** The answerer's `-u`, seconds. */
  readonly intervalSeconds: number;
  /** The age, at sending, of `report`, or else of the answerer's newest report. */
  readonly ageSeconds: number;
  /** The answerer's wall clock at sending, Unix time in ms. */
  readonly wallMs: number;
  /** The canonical address under which the answerer sees the asker. */
  readonly you?: string;
  readonly name: string;
  /** Present when the answerer answers ring questions, so that others may watch it. */
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

/** `signature<{"hint":[…]}`: a reason to ask these machines, and no more than that. */
export interface Hint {
  readonly kind: "hint";
  /** Canonical. */
  readonly addresses: readonly string[];
}

/** `signature<{"forget":…}`: this machine was scrapped. Receivers test that before they remove it. */
export interface RemovalRequest {
  readonly kind: "removal-request";
  /** The machine's id, which for a protocol-1 machine is its canonical address. */
  readonly id: string;
  /** The newest incarnation that the sender knows, which tells clones apart. */
  readonly incarnation?: string;
}

/** `signature>NNNNNNNN`: the question by which the ring checks a machine. */
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
  /** The first 8 characters of the answerer's incarnation, or all of a shorter one. */
  readonly incarnationStart: string;
}

/**
 * Why a packet is no message. These are few and constant, since the page shows how many packets were
 * dropped for each.
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
  "malformed removal request",
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/**
 * A decoded packet: `Result<Message>` whose reason is one of `DROP_REASONS`. `reportFault`: what is wrong
 * with a report of protocol 1, one of a few constant texts.
 */
export type Decoded =
  | { readonly ok: true; readonly value: Message }
  | { readonly ok: false; readonly reason: DropReason; readonly reportFault?: string };
