/**
 * Asks the unagi that runs on this machine for its view of the cluster, over HTTP as a program
 * would. Reads of the answer only what the check needs, and believes none of its shapes.
 */
import { get, type IncomingMessage } from "node:http";
import type { MachineState } from "../../cluster/machine.ts";
import type { ClusterFacts, MachineFacts, ProblemFacts, RunningFacts } from "./facts.ts";

export interface ReportPlace {
  /** The address of `--bind`; absent: loopback. */
  readonly bind?: string;
  readonly port: number;
}

/** A daemon that takes longer has other troubles. */
const PATIENCE_MS = 3_000;

/** 4,096 machines' summaries are under 8 MB. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** A daemon names a few; a hostile one could name any number. */
const MOST_PROBLEMS = 20;

const STATES: ReadonlySet<string> = new Set<MachineState>([
  ...(["new", "up", "silent", "stopped", "down"] as const),
]);

export async function askRunning({ bind = "127.0.0.1", port }: ReportPlace): Promise<RunningFacts> {
  const answer = await fetchText({ host: bind, port, path: "/api/v1/cluster?report=summary" });
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
  const { network, candidates, machines } = json;
  if (typeof network !== "string" || !Array.isArray(machines)) return undefined;
  const read = machines.flatMap(readMachine);
  const self: unknown = machines.find((machine) => isObject(machine) && machine["isSelf"] === true);
  return {
    network,
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

type Answer =
  | { readonly kind: "text"; readonly status: number; readonly text: string }
  | { readonly kind: "nobody" }
  | { readonly kind: "failed"; readonly reason: string };

/** By node:http, which knows no $HTTP_PROXY: this machine is asked, and no other. */
function fetchText(place: { host: string; port: number; path: string }): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (reason: string) => resolve({ kind: "failed", reason });
    const request = get({ ...place, agent: false }, (response) => {
      readBody(response).then(
        (text) => resolve({ kind: "text", status: response.statusCode ?? 0, text }),
        (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
      );
    });
    const timer = setTimeout(() => {
      failed(`no answer within ${PATIENCE_MS / 1000} s`);
      request.destroy();
    }, PATIENCE_MS);
    request.once("close", () => clearTimeout(timer));
    request.on("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      const isNobody = ["ECONNREFUSED", "ConnectionRefused", "EADDRNOTAVAIL"].includes(code);
      if (isNobody) resolve({ kind: "nobody" });
      else failed(code === "" ? error.message : code);
    });
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(Buffer.from(chunk));
    length += chunks.at(-1)?.length ?? 0;
    if (length > LARGEST_ANSWER) throw new Error("its answer does not end");
  }
  return Buffer.concat(chunks).toString("utf8");
}
