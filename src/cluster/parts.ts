/** The parts of the core below its receiver, each given the ones below it that it works with. */
import { AnswerHandler } from "./answers/answer-handler.ts";
import { Identity } from "./answers/identity.ts";
import { SelfEncounters } from "./answers/self-encounters.ts";
import { V1AnswerHandler } from "./answers/v1-answer-handler.ts";
import { RingDetector } from "./detection/ring-detector.ts";
import { AddressLists } from "./discovery/address-lists.ts";
import { AddressScan } from "./discovery/address-scan.ts";
import { CandidatePool } from "./discovery/candidate-pool.ts";
import { Discovery } from "./discovery/discovery.ts";
import { ListPuller } from "./discovery/list-puller.ts";
import { OwnAddresses } from "./discovery/own-addresses.ts";
import type { ClusterOptions } from "./options.ts";
import { Admission } from "./pacing/admission.ts";
import { createPolling } from "./polling/polling.ts";
import { DropLog } from "./receiving/drop-log.ts";
import { SealVerifier } from "./receiving/seal-verifier.ts";
import { UnsealedSenders } from "./receiving/unsealed-senders.ts";
import { Removal } from "./removal/removal.ts";
import { LiveDemand } from "./serving/live-demand.ts";
import { OwnReport } from "./serving/own-report.ts";
import { Replies } from "./serving/replies.ts";

export type CoreParts = ReturnType<typeof createParts>;

export function createParts(options: ClusterOptions) {
  const polling = createPolling(options);
  const { context } = polling;

  const own = new OwnAddresses(context);
  const candidates = new CandidatePool({ ...polling, own });
  const scan = new AddressScan({ ...polling, own });
  const listPuller = new ListPuller({ ...polling, scan });
  const lists = new AddressLists({ ...polling, scan });
  const ring = new RingDetector(polling);
  const discovery = new Discovery({ ...polling, own, candidates, scan, ring });

  const identity = new Identity({ ...polling, listPuller });
  const selfEncounters = new SelfEncounters({ ...polling, own, candidates, identity });
  const answers = new AnswerHandler({ ...polling, own, candidates, identity, selfEncounters });
  const v1Answers = new V1AnswerHandler({ ...polling, candidates, identity });

  const removal = new Removal(polling);
  const admission = new Admission();
  const ownReport = new OwnReport(context);
  const liveDemand = new LiveDemand({ ...polling, ownReport });
  const replies = new Replies({ ...polling, admission, lists, ownReport, liveDemand });
  const handlers = { answers, v1Answers, selfEncounters, discovery, replies, ring, removal };
  const seals = new SealVerifier(polling);
  const unsealed = new UnsealedSenders(context);
  const drops = new DropLog(context);

  /** What has deadlines. Known machines are asked before addresses that are guessed. */
  const timed = [
    ...[v1Answers, polling.schedule, ring, candidates, scan, listPuller, lists],
    ...[removal, liveDemand, replies, polling.states],
  ];
  const discovering = { own, candidates, scan, listPuller, lists };
  const serving = { admission, ownReport, liveDemand };
  const receiving = { seals, unsealed, drops };
  return { ...polling, ...discovering, identity, ...handlers, ...serving, ...receiving, timed };
}
