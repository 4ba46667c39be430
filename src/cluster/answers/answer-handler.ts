/**
 * Takes protocol-2 answers. An answer counts only if its number is that of the question that is open to
 * the very address it comes from; a report that is older than the one held changes nothing.
 */
import type { Answer } from "../../protocol/message.ts";
import type { Report } from "../../protocol/report.ts";
import type { CandidatePool } from "../discovery/candidate-pool.ts";
import type { OwnAddresses } from "../discovery/own-addresses.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import { LIVE_SHARED_MS, SECOND, WATCHING_HURRIES, WATCHING_HURRY_MS } from "../limits.ts";
import { isFresh, withMessagesOf } from "../peers/live-report.ts";
import type { Contact, Peer } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";
import { emptyPauseMs, untilNextReportMs, watchingPeriodMs } from "../polling/question-times.ts";
import { whyNotOpen } from "../polling/questions.ts";
import type { Identity } from "./identity.ts";
import type { SelfEncounters } from "./self-encounters.ts";

/** The page shows a clock offset from 2 s on; a smaller change is not worth telling readers. */
const OFFSET_NEWS_SECONDS = 2;

interface Parts extends Polling {
  readonly own: OwnAddresses;
  readonly identity: Identity;
  readonly candidates: CandidatePool;
  readonly selfEncounters: SelfEncounters;
}

export class AnswerHandler {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The reason why the answer was dropped; `undefined` if it was taken. */
  takeAnswer(contact: Contact | undefined, answer: Answer): CoreDropReason | undefined {
    const { questions, identity, own, selfEncounters } = this.#parts;
    const question = contact && questions.open(contact);
    const isOpen = question?.number === answer.answer && !question.isAnswered;
    if (contact === undefined || question === undefined || !isOpen) {
      return whyNotOpen(contact);
    }
    question.isAnswered = true;
    const recognised = identity.recognise(contact, answer, question);
    if (recognised.kind === "refused") return recognised.reason;
    if (answer.you !== undefined) own.noteSeenAs(answer.you, contact.address);
    if (recognised.kind === "self") selfEncounters.note(contact);
    else this.#take(contact, recognised.peer, answer);
    return undefined;
  }

  /** The machine has answered a quick question: it is alive. */
  takeRingAnswer(peer: Peer): void {
    this.#noteStaleness(peer);
    this.#parts.states.noteRingAnswer(peer);
  }

  #take(contact: Contact, peer: Peer, answer: Answer): void {
    const { context, states, schedule, candidates } = this.#parts;
    peer.intervalMs = answer.intervalSeconds * SECOND;
    peer.name = answer.name;
    peer.answersRing = answer.ring === true;
    this.#noteClock(peer, (answer.wallMs - context.clock.wallMs) / SECOND);
    const { report, liveSequence } = answer;
    const ageMs = answer.ageSeconds * SECOND;
    const isNewer = answer.sequence > (peer.sequence ?? -1);
    if (report !== undefined && liveSequence !== undefined) {
      this.#keepLive(peer, { sequence: liveSequence, report, ageMs });
    } else if (report !== undefined && isNewer) {
      peer.sequence = answer.sequence;
      states.keepReport(peer, report, ageMs);
    }
    candidates.confirm(contact, peer);
    this.#noteStaleness(peer);
    states.noteAnswer(peer);
    schedule.plan(peer, this.#pauseAfter(contact, peer, answer));
  }

  /** Tells readers when the live report has grown old: the interval report is shown again. */
  #noteStaleness(peer: Peer): void {
    const { context, states } = this.#parts;
    const { live, heardMs } = peer;
    const wasShown = live !== undefined && isFresh(live, heardMs);
    if (wasShown && !isFresh(live, context.clock.ageMs))
      states.noteChange(peer, { remember: false });
  }

  #pauseAfter(contact: Contact, peer: Peer, answer: Answer): number {
    const { context, questions } = this.#parts;
    const isWaitingForFirst = answer.sequence === 0 || peer.report === undefined;
    if (isWaitingForFirst) return emptyPauseMs(peer.emptyAnswers++);
    if (questions.watching) return this.#watchingPauseMs(contact, peer);
    const isOfInterval = answer.liveSequence === undefined;
    return untilNextReportMs({
      ageMs: isOfInterval ? answer.ageSeconds * SECOND : context.clock.ageMs - peer.reportMadeMs,
      intervalMs: answer.intervalSeconds * SECOND,
      ownIntervalMs: context.intervalMs,
      random: context.random(),
    });
  }

  /** A period after the question; sooner while the machine has no new live report yet. */
  #watchingPauseMs(contact: Contact, peer: Peer): number {
    const { context, table, questions } = this.#parts;
    const { live } = peer;
    const isNew = live !== undefined && context.clock.ageMs - live.madeMs < LIVE_SHARED_MS;
    if (isNew) peer.hurriedQuestions = 0;
    else if (peer.hurriedQuestions++ < WATCHING_HURRIES) return WATCHING_HURRY_MS;
    return Math.max(0, watchingPeriodMs(table.answeringCount) - questions.msSinceAsked(contact));
  }

  /** A live report is shown; it is neither an entry of the history nor remembered. */
  #keepLive(
    peer: Peer,
    live: { readonly sequence: number; readonly report: Report; readonly ageMs: number },
  ): void {
    const { context, states } = this.#parts;
    if (live.sequence <= (peer.live?.sequence ?? 0)) return;
    const report = withMessagesOf(live.report, peer.report);
    peer.live = { sequence: live.sequence, report, madeMs: context.clock.ageMs - live.ageMs };
    states.noteChange(peer, { remember: false });
  }

  #noteClock(peer: Peer, offsetSeconds: number): void {
    const change = Math.abs(offsetSeconds - (peer.clockOffsetSeconds ?? 0));
    peer.clockOffsetSeconds = offsetSeconds;
    if (change >= OFFSET_NEWS_SECONDS) this.#parts.states.noteChange(peer, { remember: false });
  }
}
