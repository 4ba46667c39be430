/** The parts of the core, each given the ones below it that it works with. */
import { AnswerHandler } from "./answers/answer-handler.ts";
import { Identity } from "./answers/identity.ts";
import { PeerUpdates } from "./answers/peer-updates.ts";
import { SelfEncounters } from "./answers/self-encounters.ts";
import { V1AnswerHandler } from "./answers/v1-answer-handler.ts";
import { CoreContext } from "./core-context.ts";
import { RingDetector } from "./detection/ring-detector.ts";
import { AddressLists } from "./discovery/address-lists.ts";
import { AddressScan } from "./discovery/address-scan.ts";
import { CandidatePool } from "./discovery/candidate-pool.ts";
import { Discovery } from "./discovery/discovery.ts";
import { ListPuller } from "./discovery/list-puller.ts";
import { OwnAddresses } from "./discovery/own-addresses.ts";
import type { ClusterOptions } from "./options.ts";
import { Admission } from "./pacing/admission.ts";
import { createBudget } from "./pacing/budget.ts";
import { PeerStates } from "./peers/peer-states.ts";
import { PeerTable } from "./peers/peer-table.ts";
import { Probes } from "./polling/probes.ts";
import { Questions } from "./polling/questions.ts";
import { Schedule } from "./polling/schedule.ts";
import { DropLog } from "./receiving/drop-log.ts";
import { Receiver } from "./receiving/receiver.ts";
import { SealVerifier } from "./receiving/seal-verifier.ts";
import { Removal } from "./removal/removal.ts";
import { LiveDemand } from "./serving/live-demand.ts";
import { OwnReport } from "./serving/own-report.ts";
import { Replies } from "./serving/replies.ts";

export type CoreParts = ReturnType<typeof createParts>;

export function createParts(options: ClusterOptions) {
  const context = new CoreContext(options);
  const budget = createBudget(context.clock.deadlineMs);
  const table = new PeerTable(options.maxPeers);
  const questions = new Questions(context);
  const probes = new Probes({ context, budget, questions });
  // A peer that leaves the table is no longer asked; the schedule is made after the states.
  const states = new PeerStates(context, table, (peer) => schedule.drop(peer));
  const schedule = new Schedule({ context, budget, questions, states, probes });
  const removal = new Removal({ context, budget, table, questions, states, schedule });

  const own = new OwnAddresses(context);
  const candidates = new CandidatePool({ context, budget, questions, own });
  const scan = new AddressScan({ context, budget, table, own });
  const listPuller = new ListPuller(context, table, scan);
  const lists = new AddressLists({ context, budget, table, scan });
  const ring = new RingDetector({ context, budget, table, schedule });
  const discovery = new Discovery({
    context,
    table,
    candidates,
    own,
    questions,
    schedule,
    probes,
    scan,
    ring,
  });

  const identity = new Identity({ context, table, states, schedule, probes, listPuller });
  const selfEncounters = new SelfEncounters({ context, table, candidates, own, identity, probes });
  const updates = new PeerUpdates({ context, candidates, states, probes });
  const answers = new AnswerHandler({
    context,
    table,
    own,
    questions,
    identity,
    states,
    schedule,
    updates,
    selfEncounters,
  });
  const v1Answers = new V1AnswerHandler({
    context,
    questions,
    identity,
    states,
    schedule,
    updates,
  });

  const admission = new Admission();
  const ownReport = new OwnReport(context);
  const liveDemand = new LiveDemand(context, ownReport);
  const replies = new Replies({ context, budget, admission, lists, ownReport, liveDemand });
  const drops = new DropLog(context);
  const seals = new SealVerifier(context, table);
  const receiver = new Receiver({
    context,
    table,
    candidates,
    admission,
    seals,
    ownReport,
    replies,
    answers,
    v1Answers,
    selfEncounters,
    discovery,
    schedule,
    ring,
    removal,
  });

  return {
    context,
    budget,
    table,
    questions,
    probes,
    states,
    schedule,
    ring,
    removal,
    own,
    candidates,
    scan,
    listPuller,
    lists,
    identity,
    selfEncounters,
    admission,
    ownReport,
    liveDemand,
    replies,
    drops,
    receiver,
  };
}
