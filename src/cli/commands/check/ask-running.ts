/**
 * Asks the unagi that runs on this machine for its view of the cluster, over HTTP as a program
 * would, and keeps only what the check needs.
 */
import { parseClusterJson, type ReadMachine } from "../../../api/reader.ts";
import { withoutUndefined } from "../../../base/without-undefined.ts";
import { askLocal, type ReportPlace } from "../../ask-local.ts";
import type { ClusterFacts, MachineFacts, RunningFacts } from "./facts.ts";

/** A daemon reports a few problems; another program could name any number. */
const MOST_PROBLEMS = 20;

export async function askRunning(place: ReportPlace): Promise<RunningFacts> {
  const answer = await askLocal(place, { method: "GET", path: "/api/v1/cluster?report=summary" });
  if (answer.kind === "nobody") return { kind: "none" };
  if (answer.kind === "failed") return { kind: "other", reason: answer.reason };
  // A unagi answers like this to an address outside its http-allow.
  if (answer.status === 403 && answer.text === "") return { kind: "refused" };
  if (answer.status !== 200) return { kind: "other", reason: `it answers ${answer.status}` };
  const cluster = parseCluster(answer.text);
  return cluster === undefined
    ? { kind: "other", reason: "its answer is not that of a unagi" }
    : { kind: "cluster", cluster };
}

/** The facts in an answer to /api/v1/cluster; undefined for any other text. */
export function parseCluster(text: string): ClusterFacts | undefined {
  const cluster = parseClusterJson(text);
  if (cluster === undefined) return undefined;
  const { network, isSealed = false, candidates = 0, unsealedSenders = [], machines } = cluster;
  const problems = machines.find(({ isSelf }) => isSelf)?.report?.problems ?? [];
  return {
    network,
    isSealed,
    candidates,
    unsealedSenders,
    machines: machines.map(factsOf),
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

function factsOf(machine: ReadMachine): MachineFacts {
  const { name, state, isSelf = false, lastHeardSeconds, clockOffsetSeconds } = machine;
  const { kind, reason } = machine.reportTrouble ?? {};
  const refusal = kind === "refused" ? reason : undefined;
  return withoutUndefined({ name, state, isSelf, lastHeardSeconds, clockOffsetSeconds, refusal });
}
