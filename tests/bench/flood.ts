/** The effect of hostile packets on an executable, in a plain network and in a sealed one. */
import { join } from "node:path";
import { scratchDirectory } from "../e2e/daemon.ts";
import { median } from "../median.ts";
import type { Figure } from "./figure.ts";
import { type FloodResult, PEER_INTERVAL_SECONDS, runFlood } from "./flood-run.ts";

const PER_SECOND = 20_000;
/**
 * The packets before memory is recorded; of a short flood, its first half. By then the tables are full,
 * and each source that sends reports blindly has happened to answer an open question, which makes it a
 * known machine.
 */
const WARM_UP_PACKETS = 500_000;

/**
 * A report is asked for within 0.3 s after it is due; the first repeat comes 1 s later, the second 2 s
 * after that. A report older than this needed two repeats.
 */
export const ONE_RETRY_SECONDS = PEER_INTERVAL_SECONDS + 3;

export async function benchmarkFlood(packets: number): Promise<readonly Figure[]> {
  return [...(await floodFigures("plain", packets)), ...(await floodFigures("sealed", packets))];
}

export async function floodFigures(
  kind: "plain" | "sealed",
  packets: number,
): Promise<readonly Figure[]> {
  const scratch = scratchDirectory();
  try {
    const result = await runFlood({
      ...{ packets, perSecond: PER_SECOND, network: "127.60" },
      warmUpPackets: Math.min(WARM_UP_PACKETS, packets / 2),
      ...(kind === "sealed" ? { keyFile: join(scratch.path, "key") } : {}),
    });
    return figuresOf(`flood, ${kind}`, result);
  } finally {
    scratch.remove();
  }
}

function figuresOf(subject: string, result: FloodResult): Figure[] {
  const { sent, seconds, exit, logBytes, peerAgesSeconds, newcomerMs } = result;
  const late = peerAgesSeconds.filter((age) => age >= ONE_RETRY_SECONDS).length;
  const growth = growthMB(result);
  const rate = sent / seconds;
  const states = result.peerStates.join(", ");
  return [
    {
      subject: `${subject}: packets sent in ${Math.round(seconds)} s`,
      value: `${sent}, ${Math.round(rate)} a second; ${Math.round((100 * result.cpuSeconds) / seconds)} % of a core`,
      beside: receivedText(result),
      aim: `${PER_SECOND} a second, and the executable keeps running`,
      isMet: rate > PER_SECOND * 0.95 && exit === undefined,
      isPromise: true,
    },
    {
      subject: `${subject}: growth of resident memory`,
      value: `${growth.toFixed(1)} MB`,
      beside: memoryText(result),
      aim: "under 10 MB",
      isMet: growth < 10,
      isPromise: true,
    },
    {
      subject: `${subject}: a genuine peer's report, oldest of ${peerAgesSeconds.length} observations`,
      value: `${Math.max(...peerAgesSeconds).toFixed(1)} s, older than the aim in ${late}; state ${states}`,
      aim: `up, within one retry: under ${ONE_RETRY_SECONDS} s`,
      isMet: late === 0 && states === "up",
      isPromise: true,
    },
    {
      subject: `${subject}: until a machine that starts meanwhile is shown with its report`,
      value: newcomerMs === undefined ? "never" : `${(newcomerMs / 1000).toFixed(1)} s`,
      aim: "shown",
      isMet: newcomerMs !== undefined,
      isPromise: true,
    },
    {
      subject: `${subject}: growth of the log`,
      value: `${(logBytes / 1000).toFixed(1)} kB`,
      aim: "under 100 kB",
      isMet: logBytes < 100_000,
      isPromise: true,
    },
    {
      subject: `${subject}: time to fetch the page, ${result.pageMs.length} times`,
      value: `median ${median(result.pageMs).toFixed(0)} ms, longest ${Math.max(...result.pageMs).toFixed(0)} ms, ${result.pagesFailed} failed`,
      aim: "none failed",
      isMet: result.pagesFailed === 0 && result.pageMs.length > 0,
      isPromise: true,
    },
  ];
}

/**
 * The median of the last tenth of all observations after the warm-up, less that of the first tenth.
 * Single observations say little, because garbage accumulates until it is collected.
 */
export function growthMB({ residentMB }: Pick<FloodResult, "residentMB">): number {
  const tenth = Math.max(1, Math.ceil(residentMB.length / 10));
  return median(residentMB.slice(-tenth)) - median(residentMB.slice(0, tenth));
}

function memoryText({ residentMB }: FloodResult): string {
  const [least, most] = [Math.min(...residentMB), Math.max(...residentMB)];
  return `between ${Math.round(least)} and ${Math.round(most)} MB in single observations`;
}

/** Packets that the executable accepted count neither as dropped nor as lost. */
function receivedText(result: FloodResult): string {
  const { drops, kernelDrops, refused, candidates, machines } = result;
  const counted = Object.values(drops).reduce((sum, count) => sum + count, 0);
  return (
    `${counted} read and dropped for ${Object.keys(drops).length} reasons, ` +
    `${kernelDrops} lost because the buffer was full, ${refused} not sent; ${machines.length} machines and ${candidates} candidates`
  );
}
