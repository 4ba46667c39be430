/**
 * The cluster core: the table of machines, and whom to ask and when. A
 * packet, a tick or a report comes in with the time; a list of things to do comes back. The core opens
 * no socket, reads no clock and draws no random number of its own. Its rooms are listed in
 * docs/development.md; parts.ts puts them together.
 */

import type { Moment } from "../base/units.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { encodeGoodbye } from "../protocol/encode.ts";
import type { Report } from "../protocol/report.ts";
import type { FiguresV1 } from "../protocol/v1/figures.ts";
import type { KnownMachine } from "../store/history-types.ts";
import { isSameRange } from "./discovery/address-scan.ts";
import { MAX_QUESTIONS_PER_SECOND, MAX_WATCHING_QUESTIONS_PER_SECOND } from "./limits.ts";
import type { DropCounts, Machine } from "./machine.ts";
import type { ClusterOptions, ClusterRanges } from "./options.ts";
import type { Output } from "./output.ts";
import { type CoreParts, createParts } from "./parts.ts";
import { isDownOrStopped, isQuiet } from "./peers/peer.ts";
import { peerFromKnown } from "./peers/peer-record.ts";
import { viewOfPeer } from "./peers/peer-view.ts";
import { isSameMachine } from "./peers/v1-reports.ts";
import { Receiver } from "./receiving/receiver.ts";

/** Outputs are to be carried out in the order in which they come back. */
export class Cluster {
  readonly #parts: CoreParts;
  readonly #receiver: Receiver;

  constructor(options: ClusterOptions) {
    this.#parts = createParts(options);
    this.#receiver = new Receiver(this.#parts);
    this.#recall(options.known);
  }

  /** A packet came in. `from.address` is canonical. Any bytes are fine; none makes it throw. */
  receive(from: Endpoint, bytes: Uint8Array, now: Moment): Output[] {
    this.#observe(now);
    const dropped = this.#receiver.receive(from, bytes);
    if (dropped !== undefined) this.#parts.drops.count(dropped, from.address, bytes);
    return this.#finish();
  }

  /**
   * Does what is due. The shell calls it every 50–100 ms, or at `nextDeadline` if it would rather
   * sleep, and at least once a second: a call that comes over 5 s later than that is taken for a
   * suspension of this machine, and no other is called down for it. An idle tick costs next to nothing.
   */
  tick(now: Moment): Output[] {
    this.#observe(now, { isTick: true });
    this.#parts.selfEncounters.run();
    for (const part of this.#parts.timed) part.run();
    return this.#finish();
  }

  /** The `Moment.elapsedMs` before which a tick has nothing to do, unless a packet comes. */
  nextDeadline(now: Moment): number {
    this.#observe(now);
    const { timed, context } = this.#parts;
    return context.clock.elapsedAt(Math.min(...timed.map((part) => part.nextMs())));
  }

  /** A new interval report of our own; it carries the machine's name and tags. */
  publish(report: Report, now: Moment, figuresV1: FiguresV1 = {}): Output[] {
    this.#observe(now);
    const { context, ownReport } = this.#parts;
    ownReport.publish(report, figuresV1);
    const { id } = context.self;
    context.emit({ kind: "remember", machine: ownReport.known() });
    context.emit({ kind: "entry", id, entry: { state: "up", atWallMs: now.wallMs, report } });
    context.emit({ kind: "changed", id });
    return this.#finish();
  }

  /**
   * A live report of our own, taken because of a `live-wanted`: figures of the last seconds, without
   * messages. `costMs` is the time that taking it needed; the next one is wanted no sooner than 50
   * times that later. Must not be called before the first `publish`.
   */
  publishLive(report: Report, { costMs }: { readonly costMs: number }, now: Moment): Output[] {
    this.#observe(now);
    const { context, ownReport, liveDemand, replies } = this.#parts;
    ownReport.publishLive(report, costMs);
    liveDemand.notePublished();
    replies.answerWaiting();
    context.emit({ kind: "changed", id: context.self.id });
    return this.#finish();
  }

  /**
   * Whether somebody is watching. While that is so, every protocol-2 machine that answers is asked
   * every 2 s (less often from 800 machines on), also for its live report.
   */
  setWatching(on: boolean, now: Moment): Output[] {
    this.#observe(now);
    const { context, budget, questions, schedule, liveDemand, table } = this.#parts;
    if (on === questions.watching) return this.#finish();
    const perSecond = on ? MAX_WATCHING_QUESTIONS_PER_SECOND : MAX_QUESTIONS_PER_SECOND;
    budget.questions.setRate(perSecond, context.clock.deadlineMs);
    questions.watching = on;
    schedule.noteWatching(on, [...table.all()]);
    liveDemand.run();
    return this.#finish();
  }

  /** Says goodbye to all peers that understand it. The core is not used after this. */
  leave(now: Moment): Output[] {
    this.#observe(now);
    const { context, table } = this.#parts;
    const { id, incarnation } = context.self;
    const goodbye = encodeGoodbye(context.signature, { id, incarnation });
    for (const peer of table.all()) {
      if (peer.protocol === 2 && !isDownOrStopped(peer)) context.sendToPeer(peer.address, goodbye);
    }
    return this.#finish();
  }

  /**
   * Removes a machine that is silent, stopped or down by its `Machine.id`, and tells the others, who
   * remove it once they have tested it themselves. A machine that is up stays: it would come back.
   */
  forget(id: string, now: Moment): Output[] {
    this.#observe(now);
    const peer = this.#parts.table.get(id);
    if (peer !== undefined && isQuiet(peer)) {
      const { table, removal } = this.#parts;
      // The page shows a machine and those that it replaced as one row.
      const former = table
        .formerlyAt(peer.address)
        .filter((one) => table.successorOf(one) === peer);
      for (const one of [...former, peer]) removal.removeForUser(one);
    }
    return this.#finish();
  }

  /** New ranges (`lan` is resolved again every 30 s). A changed scan range is scanned from its start. */
  setRanges(ranges: ClusterRanges): void {
    const { context, candidates, scan } = this.#parts;
    const isSameScan = isSameRange(context.ranges.scan, ranges.scan);
    context.ranges = ranges;
    candidates.removeForbidden();
    if (!isSameScan) scan.restart();
  }

  /**
   * Another `-u`; call it before the report that carries it is published. All machines are asked
   * soon, and their silence counts anew, so that none is called down because the interval became shorter.
   */
  setUpdateSeconds(updateSeconds: number, now: Moment): Output[] {
    this.#observe(now);
    const { context, table, states, schedule, lists } = this.#parts;
    context.intervalMs = updateSeconds * 1000;
    for (const peer of table.all()) states.resetSilence(peer);
    schedule.askAllSoon(table.all());
    lists.restartTimer();
    return this.#finish();
  }

  /** Views of all machines, this one included, in no particular order. */
  machines(now: Moment): Machine[] {
    this.#observe(now);
    const { context, table, own, ownReport } = this.#parts;
    const { clock, intervalMs } = context;
    const machines = [ownReport.view(own.seenAs, own.all())];
    for (const peer of table.all()) {
      const isClone = peer.id !== peer.announcedId || table.group(peer.announcedId).length > 1;
      const replacedBy = table.successorOf(peer)?.id;
      machines.push(viewOfPeer(peer, { clock, isClone, replacedBy, intervalMs }));
    }
    return machines;
  }

  candidateCount(): number {
    return this.#parts.candidates.size;
  }

  dropCounts(): DropCounts {
    return this.#parts.drops.counts();
  }

  scanProgress() {
    return this.#parts.scan.progress();
  }

  /** Addresses of machines that speak protocol 1 in the open in a sealed network. */
  unsealedSenders(): readonly string[] {
    return this.#parts.unsealed.addresses();
  }

  /**
   * How much is held of everything that grows with what comes in; each has a cap (limits.ts). The hourly
   * debug line shows it to whoever looks for a leak. Goes through all machines.
   */
  sizes() {
    const parts = this.#parts;
    return {
      ...parts.table.sizes(),
      ...parts.candidates.sizes(),
      ...parts.admission.sizes(),
      ...parts.schedule.sizes(),
      ...parts.states.sizes(),
      ...parts.probes.sizes(),
      ...parts.ring.sizes(),
      ...parts.lists.sizes(),
      ...parts.identity.sizes(),
      ...parts.own.sizes(),
      ...parts.removal.sizes(),
      ...parts.replies.sizes(),
      ...parts.v1Answers.sizes(),
      ...parts.drops.sizes(),
      ...parts.unsealed.sizes(),
      replayWindows: parts.context.envelope?.windows() ?? 0,
    };
  }

  #observe(now: Moment, call = { isTick: false }): void {
    const wasSuspended = this.#parts.context.clock.observe(now, call);
    if (!wasSuspended) return;
    const { table, schedule, removal, ring } = this.#parts;
    schedule.askAllSoon(table.all());
    removal.reset();
    ring.reset();
  }

  #finish(): Output[] {
    this.#parts.states.flush();
    return this.#parts.context.take();
  }

  /** Takes up the machines of an earlier run; if there are too many, those heard last. */
  #recall(known: readonly KnownMachine[]): void {
    const { context, table, own, states, schedule } = this.#parts;
    const newestFirst = [...known].sort((a, b) => b.lastHeardWallMs - a.lastHeardWallMs);
    for (const machine of newestFirst) {
      const isRefused = table.isFull || table.get(machine.id) !== undefined;
      // Where protocol 1 alone is spoken, a machine of protocol 2 cannot be asked.
      const isMute = context.isProtocol1Only && machine.protocol === 2;
      if (machine.id === context.self.id || isRefused || isMute) continue;
      if (this.#isSuperseded(machine)) continue;
      const peer = peerFromKnown(machine, context.clock);
      states.add(peer);
      for (const address of machine.addresses) {
        if (!own.has(address)) table.addFormerAddress(peer, address);
      }
      schedule.plan(peer, 0);
    }
  }

  /**
   * Whether a protocol-1 machine, whose id is its address, has since become a protocol-2 machine with
   * an id of its own.
   */
  #isSuperseded(machine: KnownMachine): boolean {
    const { context, table } = this.#parts;
    const owner = table.contactOf(machine.id)?.peer;
    if (machine.protocol !== 1 || owner === undefined) return false;
    if (!isSameMachine(machine, owner.name)) return false;
    context.emit({ kind: "rename", fromId: machine.id, toId: owner.id });
    return true;
  }
}
