/** One executable with a thousand peers, which simulated-peers.ts simulates. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../src/cluster/machine.ts";
import { type Daemon, freePort, scratchDirectory, startDaemon, until } from "../e2e/daemon.ts";
import { median } from "../median.ts";
import type { Figure } from "./figure.ts";
import { followJsonLines } from "./json-lines.ts";
import { cpuSecondsOf, kernelDrops, memoryOf } from "./process-facts.ts";
import type { PeerCounts, PeerOrders } from "./simulated-peers.ts";

const COUNT = 1000;
const NETWORK = "127.1";
const TARGET = "127.1.250.1";
const UPDATE_SECONDS = 60;
const WATCHED_SECONDS = 30;
/** Figures are fresh for a new watcher after a round of questions and their answers. */
const WATCH_BEGINS_SECONDS = 8;
const LOOK_MS = 2000;
const SIMULATED = join(import.meta.dir, "simulated-peers.ts");

export async function benchmarkPeers(): Promise<readonly Figure[]> {
  const scratch = scratchDirectory();
  const port = await freePort();
  const orders: PeerOrders = {
    ...{ count: COUNT, network: NETWORK, target: TARGET, port, signature: "crowd" },
    updateSeconds: UPDATE_SECONDS,
  };
  const peers = Bun.spawn([process.execPath, SIMULATED, JSON.stringify(orders)], {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  });
  let daemon: Daemon | undefined;
  try {
    const counts = followJsonLines<PeerCounts>(peers.stdout).latest;
    await until(() => counts() !== undefined);
    daemon = await startDaemon({
      ...{ address: TARGET, httpPort: await freePort(), p2pPort: port },
      options: [
        ...["-S", "crowd", "-n", `${NETWORK}.`, "-s", `${NETWORK}.0.1-250`],
        ...["-u", String(UPDATE_SECONDS), "--state", scratch.path],
      ],
    });
    return await measurePeers(daemon, { port, counts: () => counts() ?? NO_COUNTS });
  } finally {
    await daemon?.stop("SIGKILL");
    peers.kill();
    await peers.exited;
    scratch.remove();
  }
}

const NO_COUNTS: PeerCounts = { answers: 0, lost: 0, served: 0, bytes: 0 };

interface Crowd {
  readonly port: number;
  readonly counts: () => PeerCounts;
}

interface Looks {
  readonly pageMs: number[];
  readonly residentMB: number[];
  readonly ownMB: number[];
}

async function measurePeers(daemon: Daemon, crowd: Crowd): Promise<Figure[]> {
  const rmemMax = readLimit();
  const unseen = await meetAll(daemon, crowd);
  const looks: Looks = { pageMs: [], residentMB: [], ownMB: [] };
  const cpuBefore = cpuSecondsOf(daemon.pid);
  const endMs = performance.now() + UPDATE_SECONDS * 1000;
  while (performance.now() < endMs) {
    await look(daemon, looks);
    await Bun.sleep(LOOK_MS);
  }
  const cpuSeconds = cpuSecondsOf(daemon.pid) - cpuBefore;
  const watched = await watch(daemon, looks);
  const counts = crowd.counts();
  const lostPercent = (100 * counts.lost) / counts.answers;
  const { pageMs, residentMB, ownMB } = looks;
  // The first page of a process is rendered before any code is compiled.
  const [firstMs = Number.NaN, ...laterMs] = pageMs;
  return [
    {
      subject: `${COUNT} peers: until all their reports have arrived`,
      value: `${unseen.allAfterSeconds.toFixed(0)} s`,
      aim: `within ${UPDATE_SECONDS} s`,
      isMet: unseen.allAfterSeconds <= UPDATE_SECONDS,
    },
    {
      subject: `${COUNT} peers: answers lost`,
      value: `${lostPercent.toFixed(2)} % of ${counts.answers}`,
      beside: `${kernelDrops(TARGET, crowd.port)} packets dropped because the buffer was full, net.core.rmem_max is ${rmemMax}`,
      aim: "under 1 %",
      isMet: lostPercent < 1,
    },
    {
      subject: `${COUNT} peers: resident memory without readers`,
      value: `${unseen.residentMB.toFixed(0)} MB`,
      beside: `${unseen.ownMB.toFixed(0)} MB of it anonymous; with a reader every two seconds ${median(residentMB).toFixed(0)} MB (anonymous ${median(ownMB).toFixed(0)}), at most ${Math.max(...residentMB).toFixed(0)}`,
      aim: "at most 90 MB",
      isMet: Math.max(...residentMB) <= 90,
    },
    {
      subject: `${COUNT} peers: time to fetch the page, ${laterMs.length} times`,
      value: `median ${median(laterMs).toFixed(0)} ms, longest ${Math.max(...laterMs).toFixed(0)} ms`,
      beside: `the first of the process ${firstMs.toFixed(0)} ms`,
      aim: "within 50 ms",
      isMet: Math.max(...laterMs) <= 50,
    },
    {
      subject: `${COUNT} peers: the oldest figure that a watcher sees`,
      value: `${watched.oldestSeconds.toFixed(1)} s`,
      beside: `${Math.round((100 * watched.cpuSeconds) / WATCHED_SECONDS)} % of a core; without watchers ${((100 * cpuSeconds) / UPDATE_SECONDS).toFixed(0)} %`,
      aim: "at most 4 s",
      isMet: watched.oldestSeconds <= 4,
    },
  ];
}

/** Waits for the first interval, without readers; the memory is that at its end. */
async function meetAll(daemon: Daemon, { counts }: Crowd) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let allAfterSeconds = Number.POSITIVE_INFINITY;
  while (seconds() < UPDATE_SECONDS) {
    const isMissing = allAfterSeconds === Number.POSITIVE_INFINITY;
    // The daemon is asked only once all peers have answered, because requests cost it memory.
    if (isMissing && counts().served >= COUNT && (await reported(daemon)) > COUNT) {
      allAfterSeconds = seconds();
    }
    await Bun.sleep(LOOK_MS);
  }
  return { allAfterSeconds, ...memoryOf(daemon.pid) };
}

async function look(daemon: Daemon, looks: Looks): Promise<void> {
  const started = performance.now();
  const response = await fetch(`${daemon.url}/`);
  if (!(await response.text()).includes("</html>")) throw new Error("the page is incomplete");
  looks.pageMs.push(performance.now() - started);
  const { residentMB, ownMB } = memoryOf(daemon.pid);
  looks.residentMB.push(residentMB);
  looks.ownMB.push(ownMB);
}

async function machinesOf(daemon: Daemon): Promise<readonly Machine[]> {
  const path = "/api/v1/cluster?report=summary";
  return (await daemon.json<{ machines: Machine[] }>(path)).machines;
}

/** How many machines have a report, this one included. */
async function reported(daemon: Daemon): Promise<number> {
  return (await machinesOf(daemon)).filter(({ report }) => report !== undefined).length;
}

async function watch(daemon: Daemon, looks: Looks) {
  const leaving = new AbortController();
  const response = await fetch(`${daemon.url}/api/v1/events?report=none`, {
    signal: leaving.signal,
  });
  const reading = response.bytes().catch(() => undefined);
  await Bun.sleep(WATCH_BEGINS_SECONDS * 1000);
  const cpuBefore = cpuSecondsOf(daemon.pid);
  let oldestSeconds = 0;
  const endMs = performance.now() + WATCHED_SECONDS * 1000;
  while (performance.now() < endMs) {
    await look(daemon, looks);
    for (const { reportAgeSeconds } of await machinesOf(daemon)) {
      oldestSeconds = Math.max(oldestSeconds, reportAgeSeconds ?? Number.POSITIVE_INFINITY);
    }
    await Bun.sleep(LOOK_MS);
  }
  const cpuSeconds = cpuSecondsOf(daemon.pid) - cpuBefore;
  leaving.abort();
  await reading;
  return { oldestSeconds, cpuSeconds };
}

function readLimit(): number {
  return Number(readFileSync("/proc/sys/net/core/rmem_max", "utf8"));
}
