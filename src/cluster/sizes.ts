/**
 * How much this machine holds of everything that grows with what comes in: each has a cap
 * (limits.ts). For the log of who looks for a leak, and for the simulator, which holds them all to
 * their caps.
 */

import type { Identity } from "./answers/identity.ts";
import type { CoreContext } from "./core-context.ts";
import type { RingDetector } from "./detection/ring-detector.ts";
import type { AddressLists } from "./discovery/address-lists.ts";
import type { CandidatePool } from "./discovery/candidate-pool.ts";
import type { OwnAddresses } from "./discovery/own-addresses.ts";
import type { Admission } from "./pacing/admission.ts";
import type { PeerStates } from "./peers/peer-states.ts";
import type { PeerTable } from "./peers/peer-table.ts";
import type { Schedule } from "./polling/schedule.ts";
import type { DropLog } from "./receiving/drop-log.ts";
import type { Removal } from "./removal/removal.ts";
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
  readonly plannedStateChecks: number;
  /** CandidatePool that are to be asked, and addresses of machines asked on the side: each once. */
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
  readonly removalTests: number;
  readonly removalNotices: number;
  /** Answers that wait for a live report. */
  readonly waitingAnswers: number;
  /** Senders of packets that could not be opened, told apart for the log. */
  readonly namedSenders: number;
}

interface Parts {
  readonly context: CoreContext;
  readonly states: PeerStates;
  readonly schedule: Schedule;
  readonly table: PeerTable;
  readonly candidates: CandidatePool;
  readonly admission: Admission;
  readonly identity: Identity;
  readonly own: OwnAddresses;
  readonly ring: RingDetector;
  readonly removal: Removal;
  readonly replies: Replies;
  readonly drops: DropLog;
  readonly lists: AddressLists;
}

export function sizesOf(parts: Parts): Sizes {
  const { table, candidates, admission, identity, own, ring, removal, replies, drops } = parts;
  const { context, states, schedule, lists } = parts;
  let [addresses, addressesOfOne, retiredIncarnationsOfOne, machinesOfOneId] = [0, 0, 0, 0];
  const former = new Map<string, number>();
  for (const peer of table.all()) {
    const { contacts, retiredIncarnations, announcedId: id, address } = peer;
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
    plannedStateChecks: states.planned,
    plannedCandidates: candidates.planned,
    probes: schedule.probes,
    ringTests: ring.tests,
    listReaders: lists.readers,
    listForms: lists.forms,
    replayWindows: context.envelope?.windows() ?? 0,
    meetings: identity.meetings,
    ownAddresses: own.size,
    hints: ring.hintsUnderWay,
    removalTests: removal.tests,
    removalNotices: removal.messages,
    waitingAnswers: replies.waiting,
    namedSenders: drops.namedSenders,
  };
}
