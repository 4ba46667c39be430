/**
 * Takes protocol-1 answers: reports, and the empty report that only says that its sender is alive. They
 * carry no number, so they count when any question is open to the address that they come from.
 */
import type { ReportV1 } from "../../protocol/message.ts";
import type { CandidatePool } from "../discovery/candidate-pool.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import { MAX_EARLY_REPORTS_V1, SECOND, V1_TAKEOVER_MS } from "../limits.ts";
import { type Contact, isQuiet, type Peer } from "../peers/peer.ts";
import {
  clockOffsetV1Seconds,
  isNewerReportV1,
  learnedIntervalMs,
  rememberSpacing,
  reportV1AgeMs,
  silenceIntervalMs,
} from "../peers/v1-reports.ts";
import type { Polling } from "../polling/polling.ts";
import { emptyPauseMs, recheckMs, untilNextReportV1Ms } from "../polling/question-times.ts";
import { isLongQuiet, whyNotOpen } from "../polling/questions.ts";
import type { Identity, Recognised } from "./identity.ts";

interface Parts extends Polling {
  readonly identity: Identity;
  readonly candidates: CandidatePool;
}

interface EarlyReport {
  readonly message: ReportV1;
  /** When it came (clock of deadlines). */
  readonly atMs: number;
  /** Whether it answered the question that tested a goodbye. */
  readonly isOfTest: boolean;
}

export class V1AnswerHandler {
  readonly #parts: Parts;
  /**
   * Reports from the addresses of machines of protocol 2 that seem to be gone, the newest of each. Its
   * sender gives each report once, so it is kept until it is certain that the machine is gone.
   */
  readonly #early = new Map<Contact, EarlyReport>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  sizes() {
    return { earlyReportsV1: this.#early.size };
  }

  /**
   * Takes the early reports where the test of a goodbye is over and the machine is gone. It may also
   * have answered: then somebody made it send its protocol-1 report by a request in our name.
   */
  run(): void {
    const { clock, intervalMs } = this.#parts.context;
    for (const [contact, { atMs, isOfTest }] of this.#early) {
      const { peer } = contact;
      if (isOfTest && this.#isGone(contact)) this.#takeEarly(contact);
      const isOld = clock.deadlineMs - atMs > 2 * intervalMs;
      const isBack = peer?.protocol !== 2 || (!isQuiet(peer) && peer.goodbye === undefined);
      if (isBack || isOld) this.#early.delete(contact);
    }
  }

  nextMs(): number {
    const isTestOver = [...this.#early].some(([contact, { isOfTest }]) => {
      return isOfTest && this.#isGone(contact);
    });
    return isTestOver ? this.#parts.context.clock.deadlineMs : Number.POSITIVE_INFINITY;
  }

  /** The reason why the report was dropped; `undefined` if it was taken. */
  takeReport(contact: Contact | undefined, message: ReportV1): CoreDropReason | undefined {
    const refused = this.#take(contact, message, { heldMs: 0 });
    if (refused !== undefined && contact !== undefined) this.#keepEarly(contact, message);
    return refused;
  }

  #take(
    contact: Contact | undefined,
    message: ReportV1,
    { heldMs }: { readonly heldMs: number },
  ): CoreDropReason | undefined {
    const sender = this.#senderOf(contact);
    if (sender.kind === "refused") return sender.reason;
    const { peer, mayHaveAnsweredBare } = sender;
    const { context, states } = this.#parts;
    const { report, wallSeconds } = message;
    const { deadlineMs } = context.clock;
    const cameWallMs = context.clock.wallMs - heldMs;
    const facts = { report, wallSeconds, nowMs: deadlineMs };
    if (!isNewerReportV1(peer.spacing, facts)) {
      this.#noteAlive(peer);
      return undefined;
    }
    if (contact !== undefined) contact.refused = undefined;
    peer.spacing = rememberSpacing(peer.spacing, facts);
    peer.intervalMs = learnedIntervalMs(peer.spacing);
    const intervalMs = silenceIntervalMs(peer, context.intervalMs);
    const ageMs = heldMs + reportV1AgeMs(wallSeconds, cameWallMs, intervalMs);
    peer.clockOffsetSeconds = clockOffsetV1Seconds(wallSeconds, cameWallMs, intervalMs);
    peer.name = report.name;
    states.keepReport(peer, report, ageMs);
    states.noteAnswer(peer);
    states.planCheck(peer);
    this.#planNext(peer, { ageMs, mayHaveAnsweredBare });
    return undefined;
  }

  /** A report that cannot be read. From a machine of protocol 1 it is a sign of life all the same. */
  noteRefused(contact: Contact | undefined, reason: string): void {
    const { context, questions, states } = this.#parts;
    if (contact === undefined || questions.open(contact) === undefined) return;
    const sinceWallMs = contact.refused?.sinceWallMs ?? context.clock.wallMs;
    contact.refused = { sinceWallMs, reason };
    if (contact.peer?.protocol !== 1) return;
    this.#noteAlive(contact.peer);
    states.noteChange(contact.peer, { remember: false });
  }

  /** `signature<`: the sender is alive and has nothing new. */
  takeAlive(contact: Contact | undefined): CoreDropReason | undefined {
    const sender = this.#senderOf(contact);
    if (sender.kind === "refused") return sender.reason;
    if (contact === undefined || !this.#takeEarly(contact)) this.#noteAlive(sender.peer);
    return undefined;
  }

  /** Whether the machine at this address is gone, so that a program of protocol 1 may be in its place. */
  #isGone(contact: Contact): boolean {
    const { peer } = contact;
    // A unagi that is back answers a bare request of ours by protocol 1.
    return peer?.state === "stopped" && !this.#parts.questions.mayAnswerBare(contact);
  }

  /** Returns whether there was an early report that counts. */
  #takeEarly(contact: Contact): boolean {
    const early = this.#early.get(contact);
    if (early === undefined) return false;
    const heldMs = this.#parts.context.clock.deadlineMs - early.atMs;
    const isTaken = this.#take(contact, early.message, { heldMs }) === undefined;
    if (isTaken) this.#early.delete(contact);
    return isTaken;
  }

  #keepEarly(contact: Contact, message: ReportV1): void {
    const { peer } = contact;
    if (peer?.protocol !== 2 || !this.#parts.questions.open(contact)) return;
    const isOfTest = peer.goodbye !== undefined && peer.goodbye !== "to be tested";
    const hasRoom = this.#early.size < MAX_EARLY_REPORTS_V1 || this.#early.has(contact);
    const atMs = this.#parts.context.clock.deadlineMs;
    if ((isOfTest || isQuiet(peer)) && hasRoom)
      this.#early.set(contact, { message, atMs, isOfTest });
  }

  #senderOf(
    contact: Contact | undefined,
  ):
    | { readonly kind: "peer"; readonly peer: Peer; readonly mayHaveAnsweredBare: boolean }
    | Extract<Recognised, { kind: "refused" }> {
    const { questions, identity, candidates } = this.#parts;
    if (contact === undefined || questions.open(contact) === undefined) {
      return { kind: "refused", reason: whyNotOpen(contact) };
    }
    if (contact.peer?.protocol === 2 && !this.#mayReplace(contact.peer, contact)) {
      const isAsked = contact.lastBareMs !== Number.NEGATIVE_INFINITY;
      const reason = isAsked ? "late answer" : "protocol 1 from a protocol-2 machine";
      return { kind: "refused", reason };
    }
    const wasCandidate = contact.peer === undefined;
    const recognised = identity.recogniseV1(contact);
    if (recognised.kind === "refused") return recognised;
    const { peer } = recognised;
    if (wasCandidate) candidates.confirm(contact, peer);
    return { kind: "peer", peer, mayHaveAnsweredBare: questions.mayAnswerBare(contact) };
  }

  /**
   * Whether this answer shows that a program of protocol 1 has taken the place of the protocol-2 machine
   * at that address. One that said goodbye has made room for it.
   */
  #mayReplace(peer: Peer, contact: Contact): boolean {
    const { context, schedule } = this.#parts;
    if (this.#isGone(contact)) return true;
    if (!isLongQuiet(peer, context)) return false;
    const nowMs = context.clock.deadlineMs;
    if (contact.firstV1AnswerMs < peer.heardDeadlineMs) contact.firstV1AnswerMs = nowMs;
    if (nowMs - contact.firstV1AnswerMs >= V1_TAKEOVER_MS) return true;
    schedule.nudge(peer);
    return false;
  }

  /** The machine is alive, without a newer report. */
  #noteAlive(peer: Peer): void {
    const { context, states, schedule } = this.#parts;
    states.noteAnswer(peer);
    const pauseMs =
      peer.report === undefined ? emptyPauseMs(peer.emptyAnswers++) : recheckMs(context.intervalMs);
    schedule.plan(peer, pauseMs);
  }

  #planNext(
    peer: Peer,
    answered: { readonly ageMs: number; readonly mayHaveAnsweredBare: boolean },
  ): void {
    const { context, schedule } = this.#parts;
    // The answer to a bare request does not show whether the machine speaks protocol 2. If this is its
    // first report, a question soon will.
    if (answered.mayHaveAnsweredBare && peer.spacing?.spacings.length === 0) {
      schedule.plan(peer, SECOND);
      return;
    }
    const pauseMs = untilNextReportV1Ms({
      ageMs: answered.ageMs,
      intervalMs: peer.intervalMs ?? context.intervalMs,
      ownIntervalMs: context.intervalMs,
      random: context.random(),
    });
    schedule.plan(peer, pauseMs);
  }
}
