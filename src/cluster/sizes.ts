/**
 * How much the core holds of everything that grows with what comes in; each has a cap (limits.ts). The
 * hourly debug line shows it to whoever looks for a leak, and the simulator holds each number to its cap.
 */
export interface Sizes {
  readonly machines: number;
  /** Addresses of all machines together. */
  readonly addresses: number;
  /** The most addresses that one machine has. */
  readonly addressesOfOne: number;
  readonly retiredIncarnationsOfOne: number;
  /** The most machines that share one id. */
  readonly machinesOfOneId: number;
  /** The most machines whose last address was the same and is now another machine's. */
  readonly formerAtOneAddress: number;
  readonly candidates: number;
  /** Senders whose packets are counted. */
  readonly sources: number;
  /** Machines that have a time at which they are asked. */
  readonly plannedQuestions: number;
  /** Machines that have a time at which their state is checked. */
  readonly plannedStateChecks: number;
  /** Candidates that have a time at which they are asked. */
  readonly plannedCandidates: number;
  /** Addresses of machines that are being probed. */
  readonly probes: number;
  /** Machines under a test of quick questions. */
  readonly ringTests: number;
  /** Machines that the present broadcast of the address list has still to reach. */
  readonly listReaders: number;
  /** Forms in which the address list is kept encoded. */
  readonly listForms: number;
  /** Incarnations whose sealed packets are told from repetitions. */
  readonly replayWindows: number;
  /** Addresses at which a new machine appeared lately. */
  readonly meetings: number;
  /** Addresses under which this machine has met itself, or others say that they see it. */
  readonly ownAddresses: number;
  readonly hints: number;
  readonly removalTests: number;
  readonly removalNotices: number;
  /** Answers that wait for a live report. */
  readonly waitingAnswers: number;
  /** Senders of packets that could not be opened, told apart for the log. */
  readonly namedSenders: number;
  /** Machines that speak in the open in a sealed network. */
  readonly unsealedSenders: number;
}
