/**
 * A machine as the core holds it, and the addresses at which it is spoken with. Both are plain data
 * that the other parts change; states are changed by `PeerTable.setState` alone, which counts them.
 */
import type { Report } from "../../protocol/report.ts";
import type { MachineState } from "../../store/history-types.ts";
import type { CoreClock } from "../core-clock.ts";
import type { LiveReport } from "./live-report.ts";
import type { SpacingMemory } from "./v1-reports.ts";

export class Peer {
  /** Under which it is shown and stored: the announced id, or `id~incarnation` for a clone. */
  id: string;
  /** What the machine calls itself; the id of a protocol-1 machine is its address. */
  announcedId: string;
  protocol: 1 | 2;
  name: string;
  /** The address that answered last. */
  address: string;
  /** The addresses that are its own, the one that answered last first. */
  contacts: Contact[] = [];
  state: MachineState = "new";
  stateSinceWallMs: number;
  /** When it was met in this run (clock of deadlines); -Infinity for one of an earlier run. */
  metMs: number;
  /** When it last answered: on the clock of ages, and on that of deadlines. */
  heardMs: number;
  heardDeadlineMs: number;
  /** Silence from before this time is not held against it (clock of deadlines). */
  silenceFromMs: number;
  /** Since when it is silent, stopped or down (clock of deadlines). */
  quietSinceMs: number;
  /** When it last sent something while it was quiet, which proves nothing (clock of deadlines). */
  spokeMs = Number.NEGATIVE_INFINITY;
  /** Questions in a row that it has left unanswered. */
  unanswered = 0;
  /** When it was first asked after its last answer (clock of deadlines). */
  askedMs: number | undefined;
  /** It is known from an earlier run, and has not answered in this one. */
  isRecalled = false;
  /** The question that is being repeated until an answer comes, and how often it was sent. */
  round: { readonly number: number; sent: number } | undefined;
  /** How far the test of its goodbye has come, if it said goodbye. */
  goodbye: "to be tested" | "asked" | "to be asked again" | "asked again" | undefined;
  /** It has said that it answers quick questions. */
  answersRing = false;
  /** The newest test by quick questions, over or not. */
  ringTest: RingTest | undefined;
  /** When the last test because of a hint began, or is to begin (clock of deadlines). */
  hintedMs = Number.NEGATIVE_INFINITY;
  /** Answers in a row while none of its reports is known. */
  emptyAnswers = 0;
  incarnation: string | undefined;
  sequence: number | undefined;
  retiredIncarnations: RetiredIncarnation[] = [];
  report: Report | undefined;
  /** When the report was made (clock of ages). */
  reportMadeMs = 0;
  /** The time of the report's entry in the history, which later steps of the wall clock leave alone. */
  reportAtWallMs: number | undefined;
  /** The newest live report of this incarnation. */
  live: LiveReport | undefined;
  /** Questions sent early to fetch a live report, since the last one came. */
  hurriedQuestions = 0;
  /** The machine's own update interval: stated in protocol 2, learned in protocol 1. */
  intervalMs: number | undefined;
  clockOffsetSeconds: number | undefined;
  httpPort: number | undefined;
  /** Protocol 1 only: how far apart its reports were. */
  spacing: SpacingMemory | undefined;

  constructor(options: {
    readonly id: string;
    readonly protocol: 1 | 2;
    readonly address: string;
    readonly clock: CoreClock;
  }) {
    const { clock, address } = options;
    this.id = options.id;
    this.announcedId = announcedIdOf(options.id);
    this.protocol = options.protocol;
    this.name = address;
    this.address = address;
    this.stateSinceWallMs = clock.wallMs;
    this.metMs = clock.deadlineMs;
    this.heardMs = clock.ageMs;
    this.heardDeadlineMs = clock.deadlineMs;
    this.silenceFromMs = clock.deadlineMs;
    this.quietSinceMs = clock.deadlineMs;
  }
}

export interface RetiredIncarnation {
  readonly incarnation: string;
  /** When it was replaced by another (clock of deadlines). */
  readonly atMs: number;
  /** Answers that it gave to questions sent after that. */
  proofs: number;
}

/** An address that this machine speaks with: a candidate's, or one of a machine's. */
export class Contact {
  readonly address: string;
  /** The machine that last answered from here; undefined for a candidate. */
  peer: Peer | undefined;
  question: OpenQuestion | undefined;
  /** Questions sent here so far; every second one after the first may be bare. */
  asked = 0;
  /** A candidate that has sent a valid message, instead of only being named by others. */
  hasSpoken = false;
  /** A question has come from here: a later one that knows nothing of us may follow a restart. */
  hasAsked = false;
  /**
   * When protocol 1's `>` was last sent here, which programs of either protocol answer (clock of
   * deadlines).
   */
  lastBareMs = Number.NEGATIVE_INFINITY;
  /** When it was last asked for somebody who watches (clock of deadlines). */
  lastWatchingMs = Number.NEGATIVE_INFINITY;
  /** When the first answer of protocol 1 came after its machine last answered (clock of deadlines). */
  firstV1AnswerMs = Number.NEGATIVE_INFINITY;
  /** Questions left of a probe of this address. */
  probesLeft = 0;
  /** Protocol 1 only: since when reports from here could not be read, and what is wrong with the newest. */
  refused: { readonly sinceWallMs: number; readonly reason: string } | undefined;

  constructor(address: string) {
    this.address = address;
  }
}

/** A question that may be answered; its times are on the clock of deadlines. */
export interface OpenQuestion {
  readonly number: number;
  readonly firstSentMs: number;
  lastSentMs: number;
  /** The JSON answer with this number has come; a second one does not count. */
  isAnswered: boolean;
}

/** Quick questions that repeat one another: an answer to any of them ends the test. */
export interface RingTest {
  readonly number: number;
  /** After so many questions without an answer the machine is silent. */
  readonly most: number;
  sent: number;
  /** When the first was sent (clock of deadlines). */
  firstMs: number;
  isOver: boolean;
}

/** Whether it is silent, stopped or down. Asked of each machine all the time, so no set is looked up. */
export function isQuiet({ state }: Peer): boolean {
  return state === "silent" || state === "stopped" || state === "down";
}

export function isDownOrStopped({ state }: Peer): boolean {
  return state === "down" || state === "stopped";
}

/** How long it was here: from the first answer of this run to the last, ms. */
export function stayMs(peer: Peer): number {
  return peer.heardDeadlineMs - peer.metMs;
}

/** The separator cannot occur in an id from the wire (protocol/decode.ts). */
const CLONE_MARK = "~";

export function cloneId(announcedId: string, incarnation: string): string {
  return `${announcedId}${CLONE_MARK}${incarnation.slice(0, 8)}`;
}

function announcedIdOf(id: string): string {
  return id.split(CLONE_MARK)[0] ?? id;
}

/** Its own addresses; where another machine has taken them all, the last known one, for display. */
export function addressesOf(peer: Peer): string[] {
  const addresses = peer.contacts.map(({ address }) => address);
  return addresses.length > 0 ? addresses : [peer.address];
}
