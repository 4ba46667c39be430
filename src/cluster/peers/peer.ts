/**
 * A machine as the core holds it, and the addresses that it is spoken with at. Both are plain data that
 * the other parts change.
 */

import type { Report } from "../../protocol/report.ts";
import type { MachineState } from "../../store/kept.ts";
import type { CoreClock } from "../core-clock.ts";
import type { LiveReport } from "./live-report.ts";
import type { SpacingMemory } from "./v1-reports.ts";

export interface Peer {
  /** Under which it is shown and stored: the id, or `id~incarnation` for a clone. */
  id: string;
  /** What it calls itself; a protocol-1 machine's id is its address. */
  announcedId: string;
  protocol: 1 | 2;
  name: string;
  /** The address that answered last. */
  address: string;
  /** The contacts that are its own, the one that answered last first. */
  contacts: Contact[];
  state: MachineState;
  stateSinceWallMs: number;
  /** When it was met in this run (deadline clock); one of an earlier run has been there longer. */
  metMs: number;
  /** When it last answered: on the clock of ages, and on that of deadlines. */
  heardMs: number;
  heardDeadlineMs: number;
  /** Nobody is judged for a time when this machine was not running (deadline clock). */
  silenceFromMs: number;
  /** Since when it is silent, stopped or down (deadline clock). */
  quietSinceMs: number;
  /** When it last sent something although it was quiet, which proves nothing (deadline clock). */
  spokeMs: number;
  unanswered: number;
  /** When it was first asked after its last answer (deadline clock). */
  askedMs: number | undefined;
  /** Known from an earlier run, and not heard in this one. */
  isRecalled: boolean;
  /** The questions that repeat one another, until an answer comes. */
  round: { readonly number: number; sent: number } | undefined;
  /** It said goodbye, and this is where the test of it has come to. */
  goodbye: "to be tested" | "asked" | undefined;
  /** It has said that it answers quick questions. */
  answersRing: boolean;
  /** Of quick questions, the newest. */
  ringTest: RingTest | undefined;
  /** When the last test because of a hint began, or is to begin (deadline clock). */
  hintedMs: number;
  /** Answers in a row without a report of it being known. */
  emptyAnswers: number;
  incarnation: string | undefined;
  sequence: number | undefined;
  retiredIncarnations: RetiredIncarnation[];
  report: Report | undefined;
  /** When the report was made (clock of ages). */
  reportMadeMs: number;
  /** Of this incarnation; kept beside the interval report. */
  live: LiveReport | undefined;
  /** Questions that were to bring a live report at once, since the last one came. */
  hurriedQuestions: number;
  /** Its own interval: stated in protocol 2, learnt in protocol 1. */
  intervalMs: number | undefined;
  clockOffsetSeconds: number | undefined;
  httpPort: number | undefined;
  /** Protocol 1 only. */
  spacing: SpacingMemory | undefined;
}

export interface RetiredIncarnation {
  readonly incarnation: string;
  /** Clock of deadlines. */
  readonly atMs: number;
  /** Answers that it gave to questions sent after that. */
  proofs: number;
}

/** An address that this machine speaks with: a candidate's, or one of a machine's. */
export interface Contact {
  readonly address: string;
  /** The machine that last answered from here; none: a candidate. */
  peer: Peer | undefined;
  question: OpenQuestion | undefined;
  /** Questions sent here so far; every second one after the first may be bare. */
  asked: number;
  /** Of a candidate: a valid message has come from here, it was not only named by others. */
  hasSpoken: boolean;
  /** A question has come from here: a later one that knows nothing of us may be of a new start. */
  hasAsked: boolean;
  /** When protocol 1's `>` was last sent here (deadlines); a program of either kind answers it. */
  lastBareMs: number;
  /** When it was last asked for somebody who watches (deadlines). */
  lastWatchingMs: number;
  /** When the first answer of protocol 1 came since its machine was last heard (deadlines). */
  firstV1AnswerMs: number;
  /** Questions left of a probe (schedule.ts). */
  probesLeft: number;
}

/** What may be answered; on the clock of deadlines. */
export interface OpenQuestion {
  readonly number: number;
  readonly firstSentMs: number;
  lastSentMs: number;
  /** The JSON answer with this number has come: no second one counts. */
  isAnswered: boolean;
}

/** Quick questions that repeat one another: an answer to any of them ends the test. */
export interface RingTest {
  readonly number: number;
  /** After so many without an answer the machine is silent. */
  readonly most: number;
  sent: number;
  /** When the first was sent (clock of deadlines). */
  firstMs: number;
  isOver: boolean;
}

export const QUIET_STATES: ReadonlySet<MachineState> = new Set(["silent", "stopped", "down"]);

/** Asked of each machine all the time: to look it up in the set takes several times as long. */
export function isQuiet({ state }: Peer): boolean {
  return state === "silent" || state === "stopped" || state === "down";
}

/** How long it was here, from the first time that it was heard in this run to the last. */
export function stayMs(peer: Peer): number {
  return peer.heardDeadlineMs - peer.metMs;
}

export function newPeer(options: {
  readonly id: string;
  readonly key: string;
  readonly protocol: 1 | 2;
  readonly address: string;
  readonly clock: CoreClock;
}): Peer {
  const { id, key, protocol, address, clock } = options;
  return {
    id: key,
    announcedId: id,
    protocol,
    name: address,
    address,
    contacts: [],
    state: "new",
    stateSinceWallMs: clock.wallMs,
    metMs: clock.deadlineMs,
    heardMs: clock.ageMs,
    heardDeadlineMs: clock.deadlineMs,
    silenceFromMs: clock.deadlineMs,
    quietSinceMs: clock.deadlineMs,
    spokeMs: Number.NEGATIVE_INFINITY,
    unanswered: 0,
    askedMs: undefined,
    isRecalled: false,
    round: undefined,
    goodbye: undefined,
    answersRing: false,
    ringTest: undefined,
    hintedMs: Number.NEGATIVE_INFINITY,
    emptyAnswers: 0,
    incarnation: undefined,
    sequence: undefined,
    retiredIncarnations: [],
    report: undefined,
    reportMadeMs: 0,
    live: undefined,
    hurriedQuestions: 0,
    intervalMs: undefined,
    clockOffsetSeconds: undefined,
    httpPort: undefined,
    spacing: undefined,
  };
}

export function newContact(address: string): Contact {
  return {
    address,
    peer: undefined,
    question: undefined,
    asked: 0,
    hasSpoken: false,
    hasAsked: false,
    lastBareMs: Number.NEGATIVE_INFINITY,
    lastWatchingMs: Number.NEGATIVE_INFINITY,
    firstV1AnswerMs: Number.NEGATIVE_INFINITY,
    probesLeft: 0,
  };
}

/** The separator cannot stand in an id from the wire (protocol/decode.ts). */
const CLONE_MARK = "~";

export function cloneId(announcedId: string, incarnation: string): string {
  return `${announcedId}${CLONE_MARK}${incarnation.slice(0, 8)}`;
}

export function announcedIdOf(id: string): string {
  return id.split(CLONE_MARK)[0] ?? id;
}

/** The last known address is kept for display when another machine has taken it. */
export function addressesOf(peer: Peer): string[] {
  const addresses = peer.contacts.map(({ address }) => address);
  return addresses.length > 0 ? addresses : [peer.address];
}
