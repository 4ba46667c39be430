/**
 * The cluster core: the table of machines, and whom to ask and when (design, sections 5 and 6).
 * A message, a tick or a report comes in with the time; a list of things to do goes out.
 */

import type { Moment } from "../base/units.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { decodeMessage } from "../protocol/decode.ts";
import { encodeGoodbye } from "../protocol/encode.ts";
import type { Message, RingAnswer } from "../protocol/message.ts";
import type { Report } from "../protocol/report.ts";
import type { KnownMachine } from "../store/kept.ts";
import { Desk } from "./core-context.ts";
import { Judgement } from "./peers/peer-states.ts";
import { RingWatch } from "./detection/ring-detector.ts";
import { AddressLists } from "./discovery/address-lists.ts";
import { Candidates } from "./discovery/candidate-pool.ts";
import { Curiosity } from "./discovery/list-puller.ts";
import { Leads } from "./discovery/discovery.ts";
import { OwnAddresses } from "./discovery/own-addresses.ts";
import { isSameRange, Scan } from "./discovery/address-scan.ts";
import { MAX_QUESTIONS_PER_SECOND, MAX_WATCHING_QUESTIONS_PER_SECOND } from "./limits.ts";
import type { DropCounts, Machine } from "./machine.ts";
import type { Cluster, ClusterOptions, ClusterRanges, ScanProgress } from "./options.ts";
import type { Output } from "./output.ts";
import { type Budget, createBudget } from "./pacing/budget.ts";
import { steadyRate } from "./pacing/token-bucket.ts";
import type { Contact } from "./peers/contact.ts";
import { Identity } from "./answers/identity.ts";
import { isQuiet, peerFromKnown, viewOfPeer } from "./peers/peer.ts";
import { PeerTable } from "./peers/peer-table.ts";
import { Intake } from "./answers/answer-handler.ts";
import { isSameMachine } from "./peers/v1-reports.ts";
import { Questions } from "./polling/questions.ts";
import { Schedule } from "./polling/schedule.ts";
import { Forgetting } from "./removal/removal.ts";
import { Admission } from "./pacing/admission.ts";
import { type CoreDropReason, DropLog } from "./receiving/drop-log.ts";
import { OwnReport } from "./serving/own-report.ts";
import { Replies } from "./serving/replies.ts";
import { Seals } from "./receiving/seal-verifier.ts";
import { Watched } from "./serving/live-demand.ts";
import { type Sizes, sizesOf } from "./sizes.ts";

export function createCluster(options: ClusterOptions): Cluster {
  return new Core(options);
}

class Core implements Cluster {
  readonly #desk: Desk;
  readonly #budget: Budget;
  readonly #watched: Watched;
  readonly #table: PeerTable;
  readonly #drops: DropLog;
  readonly #admission = new Admission();
  readonly #seals: Seals;
  readonly #own: OwnAddresses;
  readonly #ownReport: OwnReport;
  readonly #judgement: Judgement;
  readonly #questions: Questions;
  readonly #schedule: Schedule;
  readonly #candidates: Candidates;
  readonly #curiosity: Curiosity;
  readonly #scan: Scan;
  readonly #lists: AddressLists;
  readonly #replies: Replies;
  readonly #identity: Identity;
  readonly #intake: Intake;
  readonly #forgetting: Forgetting;
  readonly #ring: RingWatch;
  readonly #leads: Leads;

  constructor(options: ClusterOptions) {
    const desk = new Desk(options);
    const table = new PeerTable(options.maxPeers);
    const budget = createBudget(desk.clock.deadlineMs);
    const own = new OwnAddresses(desk);
    const questions = new Questions(desk);
    const judgement = new Judgement(desk, table, (peer) => schedule.drop(peer));
    const schedule = new Schedule({ desk, budget, questions, judgement });
    const candidates = new Candidates({ desk, budget, questions, own });
    const scan = new Scan({ desk, budget, table, own });
    const curiosity = new Curiosity(desk, table, scan);
    const identity = new Identity({ desk, table, judgement, schedule, curiosity });
    const lists = new AddressLists({ desk, budget, table, scan });
    const ownReport = new OwnReport(desk);
    const watched = new Watched(desk, ownReport);
    this.#desk = desk;
    this.#budget = budget;
    this.#watched = watched;
    this.#table = table;
    this.#drops = new DropLog(desk);
    this.#seals = new Seals(desk, table);
    this.#own = own;
    this.#ownReport = ownReport;
    this.#judgement = judgement;
    this.#questions = questions;
    this.#schedule = schedule;
    this.#candidates = candidates;
    this.#curiosity = curiosity;
    this.#scan = scan;
    this.#lists = lists;
    this.#replies = new Replies({
      ...{ desk, budget, admission: this.#admission, lists, ownReport, watched },
    });
    this.#identity = identity;
    this.#intake = new Intake({
      ...{ desk, table, candidates, own, questions, identity, judgement, schedule },
    });
    this.#forgetting = new Forgetting({ desk, budget, table, questions, judgement, schedule });
    const ring = new RingWatch({ desk, budget, table, schedule });
    this.#ring = ring;
    this.#leads = new Leads({ desk, table, candidates, own, questions, schedule, scan, ring });
    this.#recall(options.known);
  }

  receive(from: Endpoint, bytes: Uint8Array, now: Moment): Output[] {
    this.#observe(now);
    const dropped = this.#receive(from, bytes);
    if (dropped !== undefined) this.#drops.count(dropped, from.address, bytes);
    return this.#finish();
  }

  tick(now: Moment): Output[] {
    this.#observe(now, { isTick: true });
    this.#intake.run();
    // Machines that are known come before addresses that are guessed.
    this.#schedule.run();
    this.#ring.run();
    this.#candidates.run();
    this.#scan.run();
    this.#curiosity.run();
    this.#lists.run();
    this.#forgetting.run();
    this.#watched.run();
    this.#replies.run();
    this.#judgement.run();
    return this.#finish();
  }

  publish(report: Report, now: Moment): Output[] {
    this.#observe(now);
    this.#ownReport.publish(report);
    const { id } = this.#desk.self;
    const entry = { state: "up", atWallMs: now.wallMs, report } as const;
    this.#desk.emit({ kind: "remember", machine: this.#ownReport.known() });
    this.#desk.emit({ kind: "entry", id, entry });
    this.#desk.emit({ kind: "changed", id });
    return this.#finish();
  }

  publishLive(report: Report, { costMs }: { readonly costMs: number }, now: Moment): Output[] {
    this.#observe(now);
    this.#ownReport.publishLive(report, costMs);
    this.#watched.notePublished();
    this.#replies.answerWaiting();
    this.#desk.emit({ kind: "changed", id: this.#desk.self.id });
    return this.#finish();
  }

  watch(on: boolean, now: Moment): Output[] {
    this.#observe(now);
    if (on === this.#questions.watching) return this.#finish();
    const perSecond = on ? MAX_WATCHING_QUESTIONS_PER_SECOND : MAX_QUESTIONS_PER_SECOND;
    this.#budget.questions.setRate(steadyRate(perSecond, this.#desk.clock.deadlineMs));
    this.#questions.watching = on;
    this.#watched.isWatchedHere = on;
    this.#schedule.noteWatching(on, [...this.#table.all()]);
    this.#watched.run();
    return this.#finish();
  }

  leave(now: Moment): Output[] {
    this.#observe(now);
    const { id, incarnation } = this.#desk.self;
    const goodbye = encodeGoodbye(this.#desk.signature, { id, incarnation });
    for (const peer of this.#table.all()) {
      const isThere = peer.protocol === 2 && (!isQuiet(peer) || peer.state === "silent");
      if (isThere) this.#desk.sendToPeer(peer.address, goodbye);
    }
    return this.#finish();
  }

  forget(id: string, now: Moment): Output[] {
    this.#observe(now);
    const peer = this.#table.get(id);
    if (peer !== undefined && isQuiet(peer)) this.#forgetting.forget(peer);
    return this.#finish();
  }

  setRanges(ranges: ClusterRanges): void {
    const isSameScan = isSameRange(this.#desk.ranges.scan, ranges.scan);
    this.#desk.ranges = ranges;
    this.#candidates.removeForbidden();
    if (!isSameScan) this.#scan.startOver();
  }

  setUpdateSeconds(updateSeconds: number, now: Moment): Output[] {
    this.#observe(now);
    this.#desk.intervalMs = updateSeconds * 1000;
    for (const peer of this.#table.all()) this.#judgement.startAnew(peer);
    this.#schedule.askAllSoon(this.#table.all());
    this.#lists.retime();
    return this.#finish();
  }

  machines(now: Moment): Machine[] {
    const { clock } = this.#desk;
    this.#observe(now);
    const machines = [this.#ownReport.view(this.#own.seenAs, this.#own.all())];
    for (const peer of this.#table.all()) {
      const isClone = peer.key !== peer.id || this.#table.group(peer.id).length > 1;
      machines.push(viewOfPeer(peer, { clock, isClone }));
    }
    return machines;
  }

  candidateCount(): number {
    return this.#candidates.size;
  }

  dropCounts(): DropCounts {
    return this.#drops.counts();
  }

  sizes(): Sizes {
    return sizesOf({
      ...{ table: this.#table, candidates: this.#candidates, admission: this.#admission },
      ...{ identity: this.#identity, own: this.#own, ring: this.#ring, drops: this.#drops },
      ...{ forgetting: this.#forgetting, replies: this.#replies, desk: this.#desk },
      ...{ judgement: this.#judgement, schedule: this.#schedule, lists: this.#lists },
    });
  }

  scanProgress(): ScanProgress {
    return this.#scan.progress();
  }

  nextDeadline(now: Moment): number {
    const { clock } = this.#desk;
    this.#observe(now);
    const nextMs = Math.min(
      this.#schedule.nextMs(),
      this.#candidates.nextMs(),
      this.#scan.nextMs(),
      this.#curiosity.nextMs(),
      this.#lists.nextMs(),
      this.#forgetting.nextMs(),
      this.#ring.nextMs(),
      this.#watched.nextMs(),
      this.#replies.nextMs(),
      this.#judgement.nextMs(),
    );
    return clock.elapsedAt(nextMs);
  }

  #observe(now: Moment, call = { isTick: false }): void {
    const wasSuspended = this.#desk.clock.observe(now, call);
    if (!wasSuspended) return;
    this.#schedule.askAllSoon(this.#table.all());
    this.#forgetting.startAnew();
    this.#ring.startAnew();
  }

  #finish(): Output[] {
    this.#judgement.flush();
    return this.#desk.take();
  }

  /** Machines of an earlier run: the newest known first, if there are too many. */
  #recall(known: readonly KnownMachine[]): void {
    const { self, clock } = this.#desk;
    const newestFirst = [...known].sort((a, b) => b.lastHeardWallMs - a.lastHeardWallMs);
    for (const machine of newestFirst) {
      const isRefused = this.#table.isFull || this.#table.get(machine.id) !== undefined;
      if (machine.id === self.id || isRefused || this.#isSuperseded(machine)) continue;
      const peer = peerFromKnown(machine, clock);
      this.#judgement.admit(peer);
      for (const address of machine.addresses) {
        if (!this.#own.has(address)) this.#table.addFormerAddress(peer, address);
      }
      this.#schedule.plan(peer, 0);
    }
  }

  /** A protocol-1 machine is its address: one that has since answered by an id has that. */
  #isSuperseded(machine: KnownMachine): boolean {
    const owner = this.#table.contactOf(machine.id)?.peer;
    if (machine.protocol !== 1 || owner === undefined) return false;
    if (!isSameMachine(machine, owner.name)) return false;
    this.#desk.emit({ kind: "rename", fromId: machine.id, toId: owner.key });
    return true;
  }

  /** The reason why the packet was dropped, if it was. */
  #receive(from: Endpoint, bytes: Uint8Array): CoreDropReason | undefined {
    if (!this.#desk.ranges.allow(from.address)) return "outside the allowed ranges";
    // First of all: what somebody else sends under a machine's address must not use up what that
    // machine may send. To refuse a packet costs no more than to have received it.
    const opened = this.#seals.open(bytes);
    if (!opened.ok) return opened.reason;
    const contact = this.#contactOf(from.address);
    const isKnown = contact?.peer !== undefined;
    const nowMs = this.#desk.clock.deadlineMs;
    if (!this.#admission.admit(from.address, { isKnown, nowMs })) {
      return "too many packets from one source";
    }
    const decoded = decodeMessage(opened.message, this.#desk.signature);
    if (!decoded.ok) return decoded.reason;
    const forged = this.#seals.whyForged(decoded.value, opened.sealer);
    if (forged !== undefined) return forged;
    // Anybody can get our protocol-1 report and send it in another's name: it proves nothing.
    const isOurReport = decoded.value.kind === "report-v1" && this.#ownReport.isPacketV1(bytes);
    if (isOurReport) return "our own, sent back";
    if (contact !== undefined && this.#isOurOwn(contact, decoded.value)) {
      this.#intake.metOurselves(contact);
      return undefined;
    }
    const notTaken = this.#seals.whyNotTaken(decoded.value, opened.sealer);
    const dropped = notTaken ?? this.#handle(from, decoded.value, contact);
    this.#leads.spoke(from, decoded.value);
    return dropped;
  }

  /**
   * Whether we hear ourselves from one of our addresses, by the very question that is open there.
   * (An answer of ours tells our incarnation.)
   */
  #isOurOwn(contact: Contact, message: Message): boolean {
    const isOpenThere =
      message.kind === "question" && contact.question?.number === message.question;
    return isOpenThere && message.id === this.#desk.self.id;
  }

  #contactOf(address: string): Contact | undefined {
    return this.#table.contactOf(address) ?? this.#candidates.get(address);
  }

  #handle(
    from: Endpoint,
    message: Message,
    contact: Contact | undefined,
  ): CoreDropReason | undefined {
    const isKnown = contact?.peer !== undefined;
    switch (message.kind) {
      case "initial-query":
        return limited(this.#replies.toInitialQuery(from, isKnown));
      case "request":
        return limited(this.#replies.toRequest(from));
      case "question":
        return limited(this.#replies.toQuestion(from, message));
      case "ring-question":
        this.#ring.noteAsked(contact?.peer);
        return limited(this.#replies.toRingQuestion(from, message.number));
    }
    // What changes our state comes from the peers' port: any user of a machine can send from
    // its other ports.
    if (from.port !== this.#desk.port) return "not from the peers' port";
    switch (message.kind) {
      case "address-list":
        this.#leads.named(message.addresses, from.address);
        return undefined;
      case "answer":
        return this.#intake.answer(contact, message);
      case "report-v1":
        return this.#intake.reportOne(contact, message);
      case "alive":
        return this.#intake.alive(contact);
      case "goodbye":
        this.#heardGoodbye(contact, message.incarnation);
        return undefined;
      case "hint":
        this.#ring.noteHint(contact?.peer, message.addresses);
        return undefined;
      case "ring-answer":
        return this.#heardQuickAnswer(contact, message);
      case "forget":
        if (contact?.peer?.protocol === 2) this.#forgetting.noteWish(message);
        return undefined;
    }
  }

  #heardQuickAnswer(contact: Contact | undefined, message: RingAnswer): CoreDropReason | undefined {
    const found = this.#ring.answer(contact, message);
    if (typeof found === "string" || found === undefined) return found;
    this.#intake.sign(found);
    return undefined;
  }

  #heardGoodbye(contact: Contact | undefined, incarnation: string): void {
    const peer = contact?.peer;
    if (peer?.protocol === 2 && peer.incarnation === incarnation) this.#schedule.noteGoodbye(peer);
  }
}

function limited(wasSent: boolean): CoreDropReason | undefined {
  return wasSent ? undefined : "too many answers in all";
}
