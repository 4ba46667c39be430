/**
 * Takes answers in. Nothing is believed but the answer to a question that is open to the very
 * address it comes from; what is older than what is held changes nothing.
 */
import type { Answer, ReportV1 } from "../../protocol/message.ts";
import type { Report } from "../../protocol/report.ts";
import type { CoreContext } from "../core-context.ts";
import type { CandidatePool } from "../discovery/candidate-pool.ts";
import type { OwnAddresses } from "../discovery/own-addresses.ts";
import type { CoreDropReason } from "../drop-reason.ts";
import {
  LIVE_SHARED_MS,
  SECOND,
  V1_TAKEOVER_MS,
  WATCHING_HURRIES,
  WATCHING_HURRY_MS,
} from "../limits.ts";
import type { ClusterRanges } from "../options.ts";
import { isFresh, withMessagesOf } from "../peers/live-report.ts";
import type { Contact, Peer } from "../peers/peer.ts";
import type { PeerStates } from "../peers/peer-states.ts";
import type { PeerTable } from "../peers/peer-table.ts";
import {
  isNewerReportV1,
  learnedIntervalMs,
  rememberSpacing,
  reportV1AgeMs,
  silenceIntervalMs,
} from "../peers/v1-reports.ts";
import {
  emptyPauseMs,
  recheckMs,
  untilNextReportMs,
  untilNextReportV1Ms,
  watchingPeriodMs,
} from "../polling/pace.ts";
import { isLongQuiet, type Questions } from "../polling/questions.ts";
import type { Schedule } from "../polling/schedule.ts";
import type { Identity, Recognised } from "./identity.ts";

interface Parts {
  readonly context: CoreContext;
  readonly table: PeerTable;
  readonly candidates: CandidatePool;
  readonly own: OwnAddresses;
  readonly questions: Questions;
  readonly identity: Identity;
  readonly states: PeerStates;
  readonly schedule: Schedule;
}

/** Clocks are shown as apart from 2 s on; a change of less than this is no news to readers. */
const OFFSET_NEWS_SECONDS = 2;

export class AnswerHandler {
  readonly #parts: Parts;
  /** Those of our own addresses that were looked at last. */
  #ranges: ClusterRanges;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#ranges = parts.context.ranges;
  }

  /** The reason why the answer was not taken, if it was not. */
  takeAnswer(contact: Contact | undefined, answer: Answer): CoreDropReason | undefined {
    const question = contact && this.#parts.questions.open(contact);
    const isOpen = question?.number === answer.answer && !question.isAnswered;
    if (contact === undefined || question === undefined || !isOpen) {
      return whyNotOpen(contact);
    }
    question.isAnswered = true;
    const recognised = this.#parts.identity.recognise(contact, answer, question);
    if (recognised.kind === "refused") return recognised.reason;
    if (answer.you !== undefined) this.#parts.own.noteSeenAs(answer.you, contact.address);
    if (recognised.kind === "self") this.noteOwnAddress(contact);
    else this.#take(contact, recognised.peer, answer);
    return undefined;
  }

  /** A quick answer: whoever gave it is alive. */
  takeRingAnswer(peer: Peer): void {
    this.#noteStaleness(peer);
    this.#parts.states.noteRingAnswer(peer);
  }

  takeReportV1(contact: Contact | undefined, message: ReportV1): CoreDropReason | undefined {
    const found = this.#peerOfV1Answer(contact);
    if (found.kind !== "peer") return found.kind === "refused" ? found.reason : undefined;
    const { peer } = found;
    const { context, states } = this.#parts;
    const facts = {
      report: message.report,
      wallSeconds: message.wallSeconds,
      nowMs: context.clock.deadlineMs,
    };
    if (!isNewerReportV1(peer.spacing, facts)) {
      this.#heardAgain(peer);
      return undefined;
    }
    peer.spacing = rememberSpacing(peer.spacing, facts);
    peer.intervalMs = learnedIntervalMs(peer.spacing);
    const intervalMs = silenceIntervalMs(peer, context.intervalMs);
    const ageMs = reportV1AgeMs(message.wallSeconds, context.clock.wallMs, intervalMs);
    peer.name = message.report.name;
    this.#keep(peer, message.report, ageMs);
    states.noteAnswer(peer);
    states.updateDeadline(peer);
    this.#planAfterReportOne(peer, { ageMs, mayBeModern: found.mayBeModern });
    return undefined;
  }

  /** `signature<`: alive, but nothing new. */
  takeAliveV1(contact: Contact | undefined): CoreDropReason | undefined {
    const found = this.#peerOfV1Answer(contact);
    if (found.kind !== "peer") return found.kind === "refused" ? found.reason : undefined;
    this.#heardAgain(found.peer);
    return undefined;
  }

  /** What came from this address was our own: it is no other machine's. */
  noteOwnAddress(contact: Contact): void {
    const { table, candidates, own, schedule, identity } = this.#parts;
    if (contact.peer !== undefined && !own.isListed(contact.address)) own.noteMoved();
    own.learn(contact.address);
    candidates.remove(contact);
    schedule.endProbe(contact);
    const owner = contact.peer;
    table.releaseAddress(contact);
    if (owner === undefined) return;
    identity.noteLostAddress(owner);
    this.#askAtFormerOwnAddress();
  }

  /** Two machines that have swapped their addresses ask themselves, each where the other was. */
  #askAtFormerOwnAddress(): void {
    const { table, candidates, own } = this.#parts;
    const { seenAs } = own;
    if (seenAs === undefined || table.contactOf(seenAs) !== undefined) return;
    candidates.add(seenAs, { hasSpoken: false });
  }

  /** When the shell has looked for our addresses: none of them is another machine's any more. */
  run(): void {
    const { table, own, context } = this.#parts;
    if (this.#ranges === context.ranges) return;
    this.#ranges = context.ranges;
    for (const peer of table.all()) {
      for (const contact of [...peer.contacts]) {
        if (own.isListed(contact.address)) this.noteOwnAddress(contact);
      }
    }
    // Last of all: where we were seen before has been asked now.
    own.noteRefreshed();
  }

  #peerOfV1Answer(
    contact: Contact | undefined,
  ):
    | { readonly kind: "peer"; readonly peer: Peer; readonly mayBeModern: boolean }
    | Exclude<Recognised, { kind: "peer" }> {
    const { questions, identity } = this.#parts;
    if (contact === undefined || questions.open(contact) === undefined) {
      return { kind: "refused", reason: whyNotOpen(contact) };
    }
    if (contact.peer?.protocol === 2 && !this.#mayBeReplaced(contact, contact.peer)) {
      const isAsked = contact.lastBareMs !== Number.NEGATIVE_INFINITY;
      const reason = isAsked ? "late answer" : "protocol 1 from a protocol-2 machine";
      return { kind: "refused", reason };
    }
    const wasCandidate = contact.peer === undefined;
    const found = identity.recogniseV1(contact);
    if (found.kind !== "peer") return found;
    if (wasCandidate) this.#welcome(contact, found.peer);
    return { kind: "peer", peer: found.peer, mayBeModern: questions.mayAnswerBare(contact) };
  }

  /** Whether this protocol-1 answer shows that another program runs at that address now. */
  #mayBeReplaced(contact: Contact, peer: Peer): boolean {
    const { context, schedule } = this.#parts;
    if (!isLongQuiet(peer, context)) return false;
    const nowMs = context.clock.deadlineMs;
    if (contact.firstV1AnswerMs < peer.heardDeadlineMs) contact.firstV1AnswerMs = nowMs;
    if (nowMs - contact.firstV1AnswerMs >= V1_TAKEOVER_MS) return true;
    schedule.nudge(peer);
    return false;
  }

  #take(contact: Contact, peer: Peer, answer: Answer): void {
    const { context, states, schedule } = this.#parts;
    const intervalMs = answer.intervalSeconds * SECOND;
    peer.intervalMs = intervalMs;
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
      this.#keep(peer, report, ageMs);
    }
    this.#welcome(contact, peer);
    this.#noteStaleness(peer);
    states.noteAnswer(peer);
    schedule.plan(peer, this.#pauseAfter(contact, peer, answer));
  }

  /** What is shown of it is the interval report again. */
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
    if (questions.watching) return this.#watchPauseMs(contact, peer);
    const isOfInterval = answer.liveSequence === undefined;
    return untilNextReportMs({
      ageMs: isOfInterval ? answer.ageSeconds * SECOND : context.clock.ageMs - peer.reportMadeMs,
      intervalMs: answer.intervalSeconds * SECOND,
      ownIntervalMs: context.intervalMs,
      random: context.random(),
    });
  }

  /** A period after the question; sooner where the live report was not there yet. */
  #watchPauseMs(contact: Contact, peer: Peer): number {
    const { context, table, questions } = this.#parts;
    const { live } = peer;
    const isNew = live !== undefined && context.clock.ageMs - live.madeMs < LIVE_SHARED_MS;
    if (isNew) peer.hurriedQuestions = 0;
    else if (peer.hurriedQuestions++ < WATCHING_HURRIES) return WATCHING_HURRY_MS;
    return Math.max(0, watchingPeriodMs(table.answeringCount) - questions.msSinceAsked(contact));
  }

  /** A live report is shown, but is neither an entry nor remembered. */
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

  /** The address is a machine's now, and no candidate's. */
  #welcome(contact: Contact, peer: Peer): void {
    const { candidates, schedule, states } = this.#parts;
    candidates.remove(contact);
    schedule.endProbe(contact);
    if (peer.report === undefined) states.noteChange(peer, { remember: true });
  }

  #noteClock(peer: Peer, offsetSeconds: number): void {
    const change = Math.abs(offsetSeconds - (peer.clockOffsetSeconds ?? 0));
    peer.clockOffsetSeconds = offsetSeconds;
    if (change >= OFFSET_NEWS_SECONDS) this.#parts.states.noteChange(peer, { remember: false });
  }

  #keep(peer: Peer, report: Report, ageMs: number): void {
    const { context, states } = this.#parts;
    const { clock } = context;
    peer.report = report;
    peer.reportMadeMs = clock.ageMs - ageMs;
    peer.httpPort = report.httpPort;
    peer.emptyAnswers = 0;
    if (peer.live !== undefined) {
      peer.live = { ...peer.live, report: withMessagesOf(peer.live.report, report) };
    }
    const atWallMs = Math.round(clock.wallAt(peer.reportMadeMs));
    context.emit({ kind: "entry", id: peer.id, entry: { state: "up", atWallMs, report } });
    states.noteChange(peer, { remember: true });
  }

  /** A sign of life of a protocol-1 machine, without a newer report. */
  #heardAgain(peer: Peer): void {
    const { context, states, schedule } = this.#parts;
    states.noteAnswer(peer);
    const pauseMs =
      peer.report === undefined ? emptyPauseMs(peer.emptyAnswers++) : recheckMs(context.intervalMs);
    schedule.plan(peer, pauseMs);
  }

  #planAfterReportOne(
    peer: Peer,
    answered: { readonly ageMs: number; readonly mayBeModern: boolean },
  ): void {
    const { context, schedule } = this.#parts;
    // A bare request does not show whether the machine speaks protocol 2: a question will.
    const isUntested = answered.mayBeModern && peer.spacing?.spacings.length === 0;
    if (isUntested) {
      schedule.plan(peer, SECOND);
      return;
    }
    const timing = {
      ageMs: answered.ageMs,
      intervalMs: peer.intervalMs ?? context.intervalMs,
      ownIntervalMs: context.intervalMs,
      random: context.random(),
    };
    schedule.plan(peer, untilNextReportV1Ms(timing));
  }
}

/** What we once asked this address may be answered late, or twice; else nobody was asked. */
function whyNotOpen(contact: Contact | undefined): CoreDropReason {
  return contact?.question === undefined ? "answer to no open question" : "late answer";
}
