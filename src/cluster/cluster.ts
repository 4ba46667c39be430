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
import { AnswerHandler } from "./answers/answer-handler.ts";
import { Identity } from "./answers/identity.ts";
import { CoreContext } from "./core-context.ts";
import { RingDetector } from "./detection/ring-detector.ts";
import { AddressLists } from "./discovery/address-lists.ts";
import { AddressScan, isSameRange } from "./discovery/address-scan.ts";
import { CandidatePool } from "./discovery/candidate-pool.ts";
import { Discovery } from "./discovery/discovery.ts";
import { ListPuller } from "./discovery/list-puller.ts";
import { OwnAddresses } from "./discovery/own-addresses.ts";
import type { CoreDropReason } from "./drop-reason.ts";
import { MAX_QUESTIONS_PER_SECOND, MAX_WATCHING_QUESTIONS_PER_SECOND } from "./limits.ts";
import type { DropCounts, Machine, ScanProgress } from "./machine.ts";
import type { ClusterOptions, ClusterRanges } from "./options.ts";
import type { Output } from "./output.ts";
import { Admission } from "./pacing/admission.ts";
import { type Budget, createBudget } from "./pacing/budget.ts";
import { steadyRate } from "./pacing/token-bucket.ts";
import { type Contact, isQuiet } from "./peers/peer.ts";
import { peerFromKnown } from "./peers/peer-record.ts";
import { PeerStates } from "./peers/peer-states.ts";
import { PeerTable } from "./peers/peer-table.ts";
import { viewOfPeer } from "./peers/peer-view.ts";
import { isSameMachine } from "./peers/v1-reports.ts";
import { Questions } from "./polling/questions.ts";
import { Schedule } from "./polling/schedule.ts";
import { DropLog } from "./receiving/drop-log.ts";
import { SealVerifier } from "./receiving/seal-verifier.ts";
import { Removal } from "./removal/removal.ts";
import { LiveDemand } from "./serving/live-demand.ts";
import { OwnReport } from "./serving/own-report.ts";
import { Replies } from "./serving/replies.ts";
import { type Sizes, sizesOf } from "./sizes.ts";

export interface Cluster {
  /** A packet came in. `from.address` is canonical. Any bytes are fine; none makes it throw. */
  receive(from: Endpoint, bytes: Uint8Array, now: Moment): Output[];
  /**
   * Does what is due. To be called every 50–100 ms, or at `nextDeadline` if the shell would
   * rather sleep, and at least once a second: a call that comes over 5 s later than that is
   * taken for a suspension, and nobody is called dead for it. An idle tick costs next to nothing.
   */
  tick(now: Moment): Output[];
  /** A new interval report of our own; it carries the machine's name and tags. */
  publish(report: Report, now: Moment): Output[];
  /**
   * A live report of our own, taken because of a `live-wanted`: of the last seconds, without
   * messages. `costMs` is what taking it took; the next is wanted 50 times that later at the
   * earliest. Not before the first `publish`.
   */
  publishLive(report: Report, options: { readonly costMs: number }, now: Moment): Output[];
  /**
   * Whether somebody is looking right now. While that is so, every machine of protocol 2 that
   * answers is asked every 2 s (more slowly from 800 on), for its live report too.
   */
  setWatching(on: boolean, now: Moment): Output[];
  /** Says goodbye to all peers that understand it. The core is not used after this. */
  leave(now: Moment): Output[];
  /**
   * Drops a machine that is silent, stopped or down by id (`Machine.id`), and tells the others,
   * who drop it when they find it so themselves. Any other stays: it would come back anyway.
   */
  forget(id: string, now: Moment): Output[];
  /** `lan` is resolved again every 30 s: new ranges, a changed scan range starts over. */
  setRanges(ranges: ClusterRanges): void;
  /**
   * Another `-u`, to be told before the report that carries it is published. All machines are
   * asked soon, and judged anew from now on: none is down because the interval became shorter.
   */
  setUpdateSeconds(updateSeconds: number, now: Moment): Output[];
  /** Views of all machines, this one included, in no particular order. */
  machines(now: Moment): Machine[];
  candidateCount(): number;
  /** Packets dropped, by reason. */
  dropCounts(): DropCounts;
  /** How much is held of everything that grows; goes through all machines. */
  sizes(): Sizes;
  scanProgress(): ScanProgress;
  /** `Moment.elapsedMs` before which a tick has nothing to do, if no packet comes. */
  nextDeadline(now: Moment): number;
}

export function createCluster(options: ClusterOptions): Cluster {
  return new ClusterCore(options);
}

class ClusterCore implements Cluster {
  readonly #context: CoreContext;
  readonly #budget: Budget;
  readonly #liveDemand: LiveDemand;
  readonly #table: PeerTable;
  readonly #drops: DropLog;
  readonly #admission = new Admission();
  readonly #seals: SealVerifier;
  readonly #own: OwnAddresses;
  readonly #ownReport: OwnReport;
  readonly #states: PeerStates;
  readonly #questions: Questions;
  readonly #schedule: Schedule;
  readonly #candidates: CandidatePool;
  readonly #listPuller: ListPuller;
  readonly #scan: AddressScan;
  readonly #lists: AddressLists;
  readonly #replies: Replies;
  readonly #identity: Identity;
  readonly #answers: AnswerHandler;
  readonly #removal: Removal;
  readonly #ring: RingDetector;
  readonly #discovery: Discovery;

  constructor(options: ClusterOptions) {
    const context = new CoreContext(options);
    const table = new PeerTable(options.maxPeers);
    const budget = createBudget(context.clock.deadlineMs);
    const own = new OwnAddresses(context);
    const questions = new Questions(context);
    const states = new PeerStates(context, table, (peer) => schedule.drop(peer));
    const schedule = new Schedule({ context, budget, questions, states });
    const candidates = new CandidatePool({ context, budget, questions, own });
    const scan = new AddressScan({ context, budget, table, own });
    const listPuller = new ListPuller(context, table, scan);
    const identity = new Identity({ context, table, states, schedule, listPuller });
    const lists = new AddressLists({ context, budget, table, scan });
    const ownReport = new OwnReport(context);
    const liveDemand = new LiveDemand(context, ownReport);
    this.#context = context;
    this.#budget = budget;
    this.#liveDemand = liveDemand;
    this.#table = table;
    this.#drops = new DropLog(context);
    this.#seals = new SealVerifier(context, table);
    this.#own = own;
    this.#ownReport = ownReport;
    this.#states = states;
    this.#questions = questions;
    this.#schedule = schedule;
    this.#candidates = candidates;
    this.#listPuller = listPuller;
    this.#scan = scan;
    this.#lists = lists;
    this.#replies = new Replies({
      ...{ context, budget, admission: this.#admission, lists, ownReport, liveDemand },
    });
    this.#identity = identity;
    this.#answers = new AnswerHandler({
      ...{ context, table, candidates, own, questions, identity, states, schedule },
    });
    this.#removal = new Removal({ context, budget, table, questions, states, schedule });
    const ring = new RingDetector({ context, budget, table, schedule });
    this.#ring = ring;
    this.#discovery = new Discovery({
      context,
      table,
      candidates,
      own,
      questions,
      schedule,
      scan,
      ring,
    });
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
    this.#answers.run();
    // Machines that are known come before addresses that are guessed.
    this.#schedule.run();
    this.#ring.run();
    this.#candidates.run();
    this.#scan.run();
    this.#listPuller.run();
    this.#lists.run();
    this.#removal.run();
    this.#liveDemand.run();
    this.#replies.run();
    this.#states.run();
    return this.#finish();
  }

  publish(report: Report, now: Moment): Output[] {
    this.#observe(now);
    this.#ownReport.publish(report);
    const { id } = this.#context.self;
    const entry = { state: "up", atWallMs: now.wallMs, report } as const;
    this.#context.emit({ kind: "remember", machine: this.#ownReport.known() });
    this.#context.emit({ kind: "entry", id, entry });
    this.#context.emit({ kind: "changed", id });
    return this.#finish();
  }

  publishLive(report: Report, { costMs }: { readonly costMs: number }, now: Moment): Output[] {
    this.#observe(now);
    this.#ownReport.publishLive(report, costMs);
    this.#liveDemand.notePublished();
    this.#replies.answerWaiting();
    this.#context.emit({ kind: "changed", id: this.#context.self.id });
    return this.#finish();
  }

  setWatching(on: boolean, now: Moment): Output[] {
    this.#observe(now);
    if (on === this.#questions.watching) return this.#finish();
    const perSecond = on ? MAX_WATCHING_QUESTIONS_PER_SECOND : MAX_QUESTIONS_PER_SECOND;
    this.#budget.questions.setRate(steadyRate(perSecond, this.#context.clock.deadlineMs));
    this.#questions.watching = on;
    this.#liveDemand.isWatchedHere = on;
    this.#schedule.noteWatching(on, [...this.#table.all()]);
    this.#liveDemand.run();
    return this.#finish();
  }

  leave(now: Moment): Output[] {
    this.#observe(now);
    const { id, incarnation } = this.#context.self;
    const goodbye = encodeGoodbye(this.#context.signature, { id, incarnation });
    for (const peer of this.#table.all()) {
      const isThere = peer.protocol === 2 && (!isQuiet(peer) || peer.state === "silent");
      if (isThere) this.#context.sendToPeer(peer.address, goodbye);
    }
    return this.#finish();
  }

  forget(id: string, now: Moment): Output[] {
    this.#observe(now);
    const peer = this.#table.get(id);
    if (peer !== undefined && isQuiet(peer)) this.#removal.removeForUser(peer);
    return this.#finish();
  }

  setRanges(ranges: ClusterRanges): void {
    const isSameScan = isSameRange(this.#context.ranges.scan, ranges.scan);
    this.#context.ranges = ranges;
    this.#candidates.removeForbidden();
    if (!isSameScan) this.#scan.restart();
  }

  setUpdateSeconds(updateSeconds: number, now: Moment): Output[] {
    this.#observe(now);
    this.#context.intervalMs = updateSeconds * 1000;
    for (const peer of this.#table.all()) this.#states.resetSilence(peer);
    this.#schedule.askAllSoon(this.#table.all());
    this.#lists.restartTimer();
    return this.#finish();
  }

  machines(now: Moment): Machine[] {
    const { clock } = this.#context;
    this.#observe(now);
    const machines = [this.#ownReport.view(this.#own.seenAs, this.#own.all())];
    for (const peer of this.#table.all()) {
      const isClone =
        peer.id !== peer.announcedId || this.#table.group(peer.announcedId).length > 1;
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
      ...{ removal: this.#removal, replies: this.#replies, context: this.#context },
      ...{ states: this.#states, schedule: this.#schedule, lists: this.#lists },
    });
  }

  scanProgress(): ScanProgress {
    return this.#scan.progress();
  }

  nextDeadline(now: Moment): number {
    const { clock } = this.#context;
    this.#observe(now);
    const nextMs = Math.min(
      this.#schedule.nextMs(),
      this.#candidates.nextMs(),
      this.#scan.nextMs(),
      this.#listPuller.nextMs(),
      this.#lists.nextMs(),
      this.#removal.nextMs(),
      this.#ring.nextMs(),
      this.#liveDemand.nextMs(),
      this.#replies.nextMs(),
      this.#states.nextMs(),
    );
    return clock.elapsedAt(nextMs);
  }

  #observe(now: Moment, call = { isTick: false }): void {
    const wasSuspended = this.#context.clock.observe(now, call);
    if (!wasSuspended) return;
    this.#schedule.askAllSoon(this.#table.all());
    this.#removal.reset();
    this.#ring.reset();
  }

  #finish(): Output[] {
    this.#states.flush();
    return this.#context.take();
  }

  /** Machines of an earlier run: the newest known first, if there are too many. */
  #recall(known: readonly KnownMachine[]): void {
    const { self, clock } = this.#context;
    const newestFirst = [...known].sort((a, b) => b.lastHeardWallMs - a.lastHeardWallMs);
    for (const machine of newestFirst) {
      const isRefused = this.#table.isFull || this.#table.get(machine.id) !== undefined;
      if (machine.id === self.id || isRefused || this.#isSuperseded(machine)) continue;
      const peer = peerFromKnown(machine, clock);
      this.#states.add(peer);
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
    this.#context.emit({ kind: "rename", fromId: machine.id, toId: owner.id });
    return true;
  }

  /** The reason why the packet was dropped, if it was. */
  #receive(from: Endpoint, bytes: Uint8Array): CoreDropReason | undefined {
    if (!this.#context.ranges.allow(from.address)) return "outside the allowed ranges";
    // First of all: what somebody else sends under a machine's address must not use up what that
    // machine may send. To refuse a packet costs no more than to have received it.
    const opened = this.#seals.open(bytes);
    if (!opened.ok) return opened.reason;
    const contact = this.#contactOf(from.address);
    const isKnown = contact?.peer !== undefined;
    const nowMs = this.#context.clock.deadlineMs;
    if (!this.#admission.admit(from.address, { isKnown, nowMs })) {
      return "too many packets from one source";
    }
    const decoded = decodeMessage(opened.message, this.#context.signature);
    if (!decoded.ok) return decoded.reason;
    const forged = this.#seals.forgeryReason(decoded.value, opened.sealer);
    if (forged !== undefined) return forged;
    // Anybody can get our protocol-1 report and send it in another's name: it proves nothing.
    const isOurReport = decoded.value.kind === "report-v1" && this.#ownReport.isPacketV1(bytes);
    if (isOurReport) return "our own, sent back";
    if (contact !== undefined && this.#isOurOwn(contact, decoded.value)) {
      this.#answers.noteOwnAddress(contact);
      return undefined;
    }
    const notTaken = this.#seals.refusalReason(decoded.value, opened.sealer);
    const dropped = notTaken ?? this.#handle(from, decoded.value, contact);
    this.#discovery.learnFromSender(from, decoded.value);
    return dropped;
  }

  /**
   * Whether we hear ourselves from one of our addresses, by the very question that is open there.
   * (An answer of ours tells our incarnation.)
   */
  #isOurOwn(contact: Contact, message: Message): boolean {
    const isOpenThere =
      message.kind === "question" && contact.question?.number === message.question;
    return isOpenThere && message.id === this.#context.self.id;
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
    if (from.port !== this.#context.port) return "not from the peers' port";
    switch (message.kind) {
      case "address-list":
        this.#discovery.learnFromList(message.addresses, from.address);
        return undefined;
      case "answer":
        return this.#answers.takeAnswer(contact, message);
      case "report-v1":
        return this.#answers.takeReportV1(contact, message);
      case "alive":
        return this.#answers.takeAliveV1(contact);
      case "goodbye":
        this.#heardGoodbye(contact, message.incarnation);
        return undefined;
      case "hint":
        this.#ring.noteHint(contact?.peer, message.addresses);
        return undefined;
      case "ring-answer":
        return this.#heardQuickAnswer(contact, message);
      case "forget":
        if (contact?.peer?.protocol === 2) this.#removal.noteRequest(message);
        return undefined;
    }
  }

  #heardQuickAnswer(contact: Contact | undefined, message: RingAnswer): CoreDropReason | undefined {
    const found = this.#ring.takeAnswer(contact, message);
    if (typeof found === "string" || found === undefined) return found;
    this.#answers.takeRingAnswer(found);
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
