/**
 * Runs one flood of hostile packets against an executable that has a genuine peer, starts a third
 * machine in the middle of it, and records what happens.
 */
import { join } from "node:path";
import type { Machine } from "../../src/cluster/machine.ts";
import { type Daemon, freePort, runProgram, startDaemon, until } from "../e2e/daemon.ts";
import type { FloodOrders, FloodProgress } from "./flood-sender.ts";
import { followJsonLines } from "./json-lines.ts";
import { cpuSecondsOf, kernelDrops, memoryOf } from "./process-facts.ts";

export interface FloodOptions {
  readonly packets: number;
  readonly perSecond: number;
  /** The memory is recorded once this many packets have been sent. */
  readonly warmUpPackets: number;
  /** Where to create a key; with it, the network is sealed. */
  readonly keyFile?: string;
  /** The first two numbers of all addresses, `127.60`. */
  readonly network: string;
}

export interface FloodResult {
  readonly sent: number;
  readonly refused: number;
  readonly seconds: number;
  /** Packets that the kernel dropped because the socket's buffer was full. */
  readonly kernelDrops: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly candidates: number;
  readonly machines: readonly string[];
  /** Resident memory at each observation after the warm-up, until the end of the flood. */
  readonly residentMB: readonly number[];
  readonly cpuSeconds: number;
  readonly logBytes: number;
  /** The exit code, if the executable ended. */
  readonly exit: number | undefined;
  /** The states of the genuine peer that were observed. */
  readonly peerStates: readonly string[];
  readonly peerAgesSeconds: readonly number[];
  /** The ms from the start of the third machine until it was shown with a report. */
  readonly newcomerMs: number | undefined;
  readonly pageMs: readonly number[];
  readonly pagesFailed: number;
}

export const PEER_INTERVAL_SECONDS = 2;
const SOURCES = 100;
const OUTSIDERS = 20;
const OBSERVE_MS = 500;
/** How long the run waits for the third machine, also when the flood is over. */
const NEWCOMER_MS = 60_000;
const SENDER = join(import.meta.dir, "flood-sender.ts");
const NOTHING_SENT: FloodProgress = { sent: 0, refused: 0, seconds: 0 };

export async function runFlood(options: FloodOptions): Promise<FloodResult> {
  const [port, httpPort] = [await freePort(), await freePort()];
  const started: Daemon[] = [];
  const start = async (index: number) => {
    const daemon = await startDaemon({
      ...{ address: `${options.network}.0.${index}`, p2pPort: port, httpPort },
      options: optionsOf(options, index),
    });
    started.push(daemon);
    return daemon;
  };
  let sender: Sender | undefined;
  try {
    if (options.keyFile !== undefined) await runProgram(["keygen", options.keyFile]).exited;
    const target = await start(1);
    await start(2);
    await until(async () => (await observe(target)).peer?.state === "up");
    sender = startSender(options, port);
    return await observeFlood(options, { target, port, sender, startNewcomer: () => start(3) });
  } finally {
    sender?.kill();
    await sender?.exited;
    await Promise.all(started.map((daemon) => daemon.stop("SIGKILL")));
  }
}

function optionsOf({ network, keyFile }: FloodOptions, index: number): string[] {
  return [
    ...["-S", "fire", "-n", `${network}.`, "-s", `${network}.0.1-3`, "--name", `genuine${index}`],
    ...["-u", String(PEER_INTERVAL_SECONDS)],
    ...(keyFile === undefined ? [] : ["--key-file", keyFile]),
  ];
}

function startSender(options: FloodOptions, port: number) {
  const { network, packets, perSecond, keyFile } = options;
  const inside = Array.from(
    { length: SOURCES },
    (_, index) => `${network}.${1 + (index >> 7)}.${1 + (index & 127)}`,
  );
  const [first, second] = network.split(".").map(Number);
  const outside = Array.from(
    { length: OUTSIDERS },
    (_, index) => `${first}.${(second ?? 0) + 1}.0.${index + 1}`,
  );
  const orders: FloodOrders = {
    ...{ address: `${network}.0.1`, port, signature: "fire", packets, perSecond },
    ...{ sources: [...inside, ...outside], prefix: `${network}.` },
    ...(keyFile === undefined ? {} : { keyFile }),
  };
  return Bun.spawn([process.execPath, SENDER, JSON.stringify(orders)], {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  });
}

type Sender = Bun.Subprocess<"ignore", "pipe", "inherit">;

interface View {
  readonly candidates: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly machines: readonly Machine[];
}

interface Observation {
  readonly view: View;
  readonly peer: Machine | undefined;
  readonly newcomer: Machine | undefined;
}

async function observe(daemon: Daemon): Promise<Observation> {
  const view = await daemon.json<View>("/api/v1/cluster?report=summary");
  const named = (name: string) => view.machines.find((machine) => machine.name === name);
  return { view, peer: named("genuine2"), newcomer: named("genuine3") };
}

interface Scene {
  readonly target: Daemon;
  readonly port: number;
  readonly sender: Sender;
  readonly startNewcomer: () => Promise<Daemon>;
}

async function observeFlood(options: FloodOptions, scene: Scene): Promise<FloodResult> {
  const { target, port, sender } = scene;
  const progress = followJsonLines<FloodProgress>(sender.stdout);
  const logBefore = target.stderr().length;
  const lostBefore = kernelDrops(target.address, port);
  let exit: number | undefined;
  void target.exited.then((code) => {
    exit = code;
  });
  const newcomer = createNewcomer(scene.startNewcomer);
  const peerStates = new Set<string>();
  const peerAgesSeconds: number[] = [];
  const residentMB: number[] = [];
  const pageMs: number[] = [];
  let [pagesFailed, kernelLost, cpuSeconds] = [0, 0, 0];
  const cpuBefore = cpuSecondsOf(target.pid);
  let last: Observation | undefined;
  while (exit === undefined && !(progress.isOver() && newcomer.isOver())) {
    const { sent } = progress.latest() ?? NOTHING_SENT;
    if (sent >= options.packets / 2) newcomer.start();
    try {
      last = await observe(target);
      newcomer.note(last.newcomer);
      if (!progress.isOver()) {
        peerStates.add(last.peer?.state ?? "not shown");
        peerAgesSeconds.push(last.peer?.reportAgeSeconds ?? Number.POSITIVE_INFINITY);
        pageMs.push(await pageTime(target));
        if (sent >= options.warmUpPackets) residentMB.push(memoryOf(target.pid).residentMB);
        kernelLost = kernelDrops(target.address, port) - lostBefore;
        cpuSeconds = cpuSecondsOf(target.pid) - cpuBefore;
      }
    } catch {
      pagesFailed++;
    }
    await Bun.sleep(OBSERVE_MS);
  }
  const { sent, refused, seconds } = progress.latest() ?? NOTHING_SENT;
  return {
    ...{ sent, refused, seconds, kernelDrops: kernelLost, exit, peerAgesSeconds, cpuSeconds },
    ...{ residentMB, pageMs, pagesFailed },
    drops: last?.view.drops ?? {},
    candidates: last?.view.candidates ?? 0,
    machines: (last?.view.machines ?? []).map(({ name }) => name),
    logBytes: target.stderr().length - logBefore,
    peerStates: [...peerStates],
    newcomerMs: newcomer.tookMs(),
  };
}

async function pageTime(daemon: Daemon): Promise<number> {
  const started = performance.now();
  const response = await fetch(`${daemon.url}/`);
  const isWhole = response.ok && (await response.text()).includes("</html>");
  if (!isWhole) throw new Error(`the page is incomplete, status ${response.status}`);
  return performance.now() - started;
}

function createNewcomer(start: () => Promise<unknown>) {
  let startedMs: number | undefined;
  let shownMs: number | undefined;
  return {
    isOver: () =>
      shownMs !== undefined ||
      (startedMs !== undefined && performance.now() - startedMs > NEWCOMER_MS),
    start: () => {
      if (startedMs !== undefined) return;
      startedMs = performance.now();
      start().catch((error: unknown) => console.error(error));
    },
    note: (machine: Machine | undefined) => {
      if (machine?.report !== undefined) shownMs ??= performance.now();
    },
    tookMs: () =>
      startedMs === undefined || shownMs === undefined ? undefined : shownMs - startedMs,
  };
}
