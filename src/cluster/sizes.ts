/**
 * How much this machine holds of everything that grows with what comes in: each has a cap
 * (limits.ts). For the log of who looks for a leak, and for the simulator, which holds them all to
 * their caps.
 */

import type { Desk } from "./core-context.ts";
import type { Judgement } from "./peers/peer-states.ts";
import type { RingWatch } from "./detection/ring-detector.ts";
import type { AddressLists } from "./discovery/address-lists.ts";
import type { Candidates } from "./discovery/candidate-pool.ts";
import type { OwnAddresses } from "./discovery/own-addresses.ts";
import type { Identity } from "./answers/identity.ts";
import type { PeerTable } from "./peers/peer-table.ts";
import type { Schedule } from "./polling/schedule.ts";
import type { Forgetting } from "./removal/removal.ts";
import type { Admission } from "./pacing/admission.ts";
import type { DropLog } from "./receiving/drop-log.ts";
import type { Replies } from "./serving/replies.ts";

export interface Sizes {
  readonly machines: number;
  /** Of all machines together. */
  readonly addresses: number;
  readonly candidates: number;
  /** Senders whose packets are counted. */
  readonly sources: number;
  /** Machines that are to be asked, and that are to be judged, at some time: each once. */
  readonly plannedQuestions: number;
  readonly plannedJudgements: number;
  /** Candidates that are to be asked, and addresses of machines asked on the side: each once. */
  readonly plannedCandidates: number;
  readonly probes: number;
  /** Machines whose quick questions are under way. */
  readonly ringTests: number;
  /** Machines that the present broadcast has still to reach, and forms in which the list is kept. */
  readonly listReaders: number;
  readonly listForms: number;
  /** Starts of machines whose sealed packets are told from repetitions. */
  readonly replayWindows: number;
  /** Addresses where somebody was met lately. */
  readonly meetings: number;
  /** Addresses under which this machine has met itself, or others say that they see it. */
  readonly ownAddresses: number;
  /** The most that one machine has, and the most machines that have one id, or had one address. */
  readonly addressesOfOne: number;
  readonly retiredIncarnationsOfOne: number;
  readonly machinesOfOneId: number;
  readonly formerAtOneAddress: number;
  readonly hints: number;
  readonly forgetTests: number;
  readonly forgetMessages: number;
  /** Answers that wait for a live report. */
  readonly waitingAnswers: number;
  /** Senders of packets that could not be opened, told apart for the log. */
  readonly namedSenders: number;
}

interface Parts {
  readonly desk: Desk;
  readonly judgement: Judgement;
  readonly schedule: Schedule;
  readonly table: PeerTable;
  readonly candidates: Candidates;
  readonly admission: Admission;
  readonly identity: Identity;
  readonly own: OwnAddresses;
  readonly ring: RingWatch;
  readonly forgetting: Forgetting;
  readonly replies: Replies;
  readonly drops: DropLog;
  readonly lists: AddressLists;
}

export function sizesOf(parts: Parts): Sizes {
  const { table, candidates, admission, identity, own, ring, forgetting, replies, drops } = parts;
  const { desk, judgement, schedule, lists } = parts;
  let [addresses, addressesOfOne, retiredIncarnationsOfOne, machinesOfOneId] = [0, 0, 0, 0];
  const former = new Map<string, number>();
  for (const peer of table.all()) {
    const { contacts, retiredIncarnations, id, address } = peer;
    addresses += contacts.length;
    addressesOfOne = Math.max(addressesOfOne, contacts.length);
    retiredIncarnationsOfOne = Math.max(retiredIncarnationsOfOne, retiredIncarnations.length);
    machinesOfOneId = Math.max(machinesOfOneId, table.group(id).length);
    if (contacts.length === 0) former.set(address, (former.get(address) ?? 0) + 1);
  }
  return {
    machines: table.size,
    ...{ addresses, addressesOfOne, retiredIncarnationsOfOne, machinesOfOneId },
    formerAtOneAddress: Math.max(0, ...former.values()),
    candidates: candidates.size,
    sources: admission.size,
    plannedQuestions: schedule.planned,
    plannedJudgements: judgement.planned,
    plannedCandidates: candidates.planned,
    probes: schedule.probes,
    ringTests: ring.tests,
    listReaders: lists.readers,
    listForms: lists.forms,
    replayWindows: desk.envelope?.windows() ?? 0,
    meetings: identity.meetings,
    ownAddresses: own.size,
    hints: ring.hintsUnderWay,
    forgetTests: forgetting.tests,
    forgetMessages: forgetting.messages,
    waitingAnswers: replies.waiting,
    namedSenders: drops.namedSenders,
  };
}
