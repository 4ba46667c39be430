/**
 * Asks the unagi that runs on this machine for its view of the cluster, over HTTP as a program
 * would. Reads of the answer only what the check needs, and believes none of its shapes.
 */
import type { MachineState } from "../../store/kept.ts";
import { askLocal, type ReportPlace } from "../ask-local.ts";
import type { ClusterFacts, MachineFacts, ProblemFacts, RunningFacts } from "./facts.ts";

/** A daemon names a few; a hostile one could name any number. */
const MOST_PROBLEMS = 20;

const STATES: ReadonlySet<string> = new Set<MachineState>([
  ...(["new", "up", "silent", "stopped", "down"] as const),
]);

export async function askRunning(place: ReportPlace): Promise<RunningFacts> {
  const answer = await askLocal(place, { method: "GET", path: "/api/v1/cluster?report=summary" });
  if (answer.kind === "nobody") return { kind: "none" };
  if (answer.kind === "failed") return { kind: "other", reason: answer.reason };
  // Answered like this to whom http-allow leaves out (design, section 8).
  if (answer.status === 403 && answer.text === "") return { kind: "refused" };
  if (answer.status !== 200) return { kind: "other", reason: `it answers ${answer.status}` };
  const cluster = parseCluster(answer.text);
  return cluster === undefined
    ? { kind: "other", reason: "its answer is no cluster" }
    : { kind: "cluster", cluster };
}

/** The answer to /api/v1/cluster; undefined for anything else. */
export function parseCluster(text: string): ClusterFacts | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(json)) return undefined;
  const { network, isSealed, candidates, machines } = json;
  if (typeof network !== "string" || !Array.isArray(machines)) return undefined;
  const read = machines.flatMap(readMachine);
  const self: unknown = machines.find((machine) => isObject(machine) && machine["isSelf"] === true);
  return {
    network,
    isSealed: isSealed === true,
    candidates: typeof candidates === "number" ? candidates : 0,
    machines: read,
    problems: readProblems(self),
  };
}

function readMachine(json: unknown): readonly MachineFacts[] {
  if (!isObject(json)) return [];
  const { name, address, state, isSelf, lastHeardSeconds, clockOffsetSeconds } = json;
  if (typeof name !== "string" || typeof address !== "string" || !isState(state)) return [];
  return [
    {
      ...{ name, address, state, isSelf: isSelf === true },
      ...(typeof lastHeardSeconds === "number" ? { lastHeardSeconds } : {}),
      ...(typeof clockOffsetSeconds === "number" ? { clockOffsetSeconds } : {}),
    },
  ];
}

function readProblems(self: unknown): readonly ProblemFacts[] {
  const report = isObject(self) ? self["report"] : undefined;
  const problems = isObject(report) ? report["problems"] : undefined;
  if (!Array.isArray(problems)) return [];
  return problems.slice(0, MOST_PROBLEMS).flatMap((problem: unknown) => {
    if (!isObject(problem)) return [];
    const { subject, reason, remedy } = problem;
    if (typeof subject !== "string" || typeof reason !== "string") return [];
    return [{ subject, reason, ...(typeof remedy === "string" ? { remedy } : {}) }];
  });
}

function isState(value: unknown): value is MachineState {
  return typeof value === "string" && STATES.has(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
