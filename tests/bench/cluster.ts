/**
 * A hundred machines on loopback that no user watches, beside serf in the same run: how soon all know
 * each other, what each costs while idle, and how soon a death is noticed.
 *
 * Both are measured in the same way, which costs them nothing: each logs a line for each machine that
 * it sees or loses to a file, and the ends of the files are read every 20 ms.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { BROADCAST_INTERVALS, LIST_SAMPLE } from "../../src/cluster/limits.ts";
import type { Machine } from "../../src/cluster/machine.ts";
import { encodeAddressLists } from "../../src/protocol/v1/messages.ts";
import { EXECUTABLE } from "../e2e/daemon.ts";
import { median } from "../median.ts";
import type { Figure } from "./figure.ts";
import { type Fleet, type FleetPlan, IP_AND_UDP_BYTES, startFleet } from "./fleet.ts";

const SERF = "/usr/bin/serf";
const UPDATE_SECONDS = 600;
const IDLE_SECONDS = 60;
const DEATHS = 5;
/** Machines ask for lists in the first minute and a half after their start. */
const UNAGI_SETTLES_SECONDS = 95;
const SERF_SETTLES_SECONDS = 10;
/** The pause between two deaths: longer than a death keeps the others busy. */
const PAUSE_SECONDS = 3;

/** The environment variable that marks the run inside the benchmark's own network. */
const OWN_NETWORK = "UNAGI_BENCH_OWN_NETWORK";

interface Measured {
  /** The time from the first start until all machines know each other, and from the last start. */
  readonly joinedMs: number;
  readonly joinedAfterLastMs: number;
  /** The bytes of one machine in each direction, IP and UDP (or TCP) headers included. */
  readonly bytesPerSecond: number;
  readonly cpuSecondsPerMinute: number;
  readonly startCpuSeconds: number;
  readonly memoryMegabytes: number;
  readonly deathsMs: readonly number[];
  /** How often a living machine was logged as lost: until all had settled, and afterwards. */
  readonly falseAtStart: number;
  readonly falseLater: number;
}

/**
 * Runs in a network namespace of its own, so that the loopback interface counts no other bytes: the
 * benchmark starts itself again there.
 */
export async function benchmarkCluster(machines: number): Promise<readonly Figure[]> {
  if (process.env[OWN_NETWORK] === undefined) return runInOwnNetwork(machines);
  spawnSync("ip", ["link", "set", "lo", "up"], { stdio: "inherit" });
  const own = await measure(unagi(machines), {
    settleSeconds: UNAGI_SETTLES_SECONDS,
    check: (fleet) => checkPages(fleet, machines),
  });
  const serf = existsSync(SERF)
    ? await measure(serfPlan(machines), { settleSeconds: SERF_SETTLES_SECONDS })
    : undefined;
  if (serf === undefined)
    console.log("serf is not installed (apt-get install serf); measuring unagi alone");
  return figuresOf(machines, own, serf);
}

function runInOwnNetwork(machines: number): readonly Figure[] {
  const mayBeRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const self = [process.execPath, import.meta.path, String(machines)];
  const { status, stdout } = spawnSync("unshare", ["--net", ...mayBeRoot, ...self], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    env: { ...process.env, [OWN_NETWORK]: "1" },
  });
  if (status !== 0) throw new Error(`unshare --net: exit status ${status}`);
  return JSON.parse(stdout.slice(stdout.lastIndexOf("\n[") + 1)) as Figure[];
}

function unagi(machines: number): FleetPlan {
  const range = `127.0.1.1-${machines}`;
  return {
    machines,
    command: (index) => [
      ...[EXECUTABLE, "-c", "/dev/null", "--bind", `127.0.1.${index}`, "--name", `m${index}`],
      ...["-u", String(UPDATE_SECONDS), "-S", "bench", "-s", range, "-n", range],
    ],
    seen: /^.*machine ["']?m(\d+)["']? at \S+ is up$/,
    lost: /^.*machine ["']?m(\d+)["']? at \S+ is silent$/,
  };
}

/** As serf's documentation recommends, all agents join the first one. */
function serfPlan(machines: number): FleetPlan {
  return {
    machines,
    command: (index) => [
      ...[SERF, "agent", "-node", `m${index}`, "-bind", `127.0.1.${index}`],
      ...["-rpc-addr", `127.0.1.${index}:7373`],
      ...(index === 1 ? [] : ["-join", "127.0.1.1"]),
    ],
    firstIsReady: /Serf agent starting/,
    seen: /serf: EventMemberJoin: m(\d+) /,
    lost: /serf: EventMemberFailed: m(\d+) /,
  };
}

async function measure(
  plan: FleetPlan,
  options: {
    readonly settleSeconds: number;
    readonly check?: (fleet: Fleet) => Promise<void>;
  },
): Promise<Measured> {
  const fleet = await startFleet(plan);
  try {
    const joinedAt = await fleet.allSeen();
    const startCpuSeconds = fleet.cpuSeconds() / plan.machines;
    await Bun.sleep(options.settleSeconds * 1000);
    await options.check?.(fleet);
    const falseAtStart = fleet.falseAlarms();
    const idle = await measureIdle(fleet);
    const deathsMs: number[] = [];
    for (let death = 0; death < DEATHS; death++) {
      // Not the first machine, which the other serf agents have joined, and no two neighbours.
      deathsMs.push(await fleet.kill(2 + death * Math.floor((plan.machines - 2) / DEATHS)));
      await Bun.sleep(PAUSE_SECONDS * 1000);
    }
    return {
      joinedMs: joinedAt - fleet.firstSpawnAt,
      joinedAfterLastMs: joinedAt - fleet.lastSpawnAt,
      startCpuSeconds,
      ...idle,
      deathsMs,
      falseAtStart,
      falseLater: fleet.falseAlarms() - falseAtStart,
    };
  } finally {
    await fleet.stop();
  }
}

async function measureIdle(fleet: Fleet) {
  const before = { at: performance.now(), bytes: fleet.bytes(), cpu: fleet.cpuSeconds() };
  await Bun.sleep(IDLE_SECONDS * 1000);
  const seconds = (performance.now() - before.at) / 1000;
  const each = seconds * fleet.size;
  return {
    bytesPerSecond: (fleet.bytes() - before.bytes) / each,
    cpuSecondsPerMinute: ((fleet.cpuSeconds() - before.cpu) * 60) / each,
    memoryMegabytes: fleet.memoryMegabytes() / fleet.size,
  };
}

/** Checks that each machine's page shows what its log says. */
async function checkPages(fleet: Fleet, machines: number): Promise<void> {
  for (let index = 1; index <= fleet.size; index++) {
    const answer = await fetch(`http://127.0.1.${index}:8000/api/v1/cluster?report=summary`);
    const view = (await answer.json()) as { readonly machines: readonly Machine[] };
    const whole = view.machines.filter(({ state, report }) => state === "up" && report);
    if (whole.length !== machines) throw new Error(`m${index} shows ${whole.length} machines`);
  }
}

/** The bytes of lists, calculated: they go out every half an hour, seldom within the idle minute. */
function listBytesPerSecond(machines: number): number {
  const addresses = Array.from({ length: machines - 1 }, (_, index) => `127.0.1.${index + 1}`);
  const packets = encodeAddressLists("bench", addresses);
  const bytes = packets.reduce((sum, { length }) => sum + length + IP_AND_UDP_BYTES, 0);
  const perRound = bytes * Math.min(LIST_SAMPLE, machines - 1);
  return perRound / (BROADCAST_INTERVALS * UPDATE_SECONDS);
}

function figuresOf(machines: number, own: Measured, serf: Measured | undefined): Figure[] {
  const name = `${machines} machines`;
  const beside = (text: (measured: Measured) => string) =>
    serf === undefined ? {} : { beside: `serf ${text(serf)}` };
  const joined = ({ joinedMs, joinedAfterLastMs, falseAtStart }: Measured) =>
    `${seconds(joinedMs)} from the first start, ${seconds(joinedAfterLastMs)} from the last ` +
    `(${falseAtStart} false alarms)`;
  const deaths = ({ deathsMs, falseLater }: Measured) =>
    `${seconds(median(deathsMs))} (${deathsMs.map(seconds).join(", ")}; ${falseLater} false alarms)`;
  const lists = listBytesPerSecond(machines);
  const bytes = own.bytesPerSecond + lists;
  const cpu = ({ cpuSecondsPerMinute }: Measured) => `${cpuSecondsPerMinute.toFixed(3)} s a minute`;
  return [
    {
      subject: `${name}: until all know each other, with reports`,
      value: joined(own),
      ...beside((measured) => `${joined(measured)}, without any report`),
      aim: "no later than serf",
      isMet: serf === undefined || own.joinedMs <= serf.joinedMs,
    },
    {
      subject: `${name}: CPU time of each until then`,
      value: seconds(own.startCpuSeconds * 1000),
      ...beside(({ startCpuSeconds }) => seconds(startCpuSeconds * 1000)),
      aim: "none stated",
      isMet: true,
    },
    {
      subject: `${name}: SIGKILL until all others show it silent, median of ${DEATHS}`,
      value: deaths(own),
      ...beside(deaths),
      aim: "at most 5 s",
      isMet: median(own.deathsMs) <= 5000 && own.falseLater === 0,
    },
    {
      subject: `${name}: bytes a second of each, in each direction, without reports`,
      value: `${bytes.toFixed(0)}, of which ${lists.toFixed(0)} for lists`,
      ...beside(({ bytesPerSecond }) => bytesPerSecond.toFixed(0)),
      aim: "at most 300",
      isMet: bytes <= 300,
    },
    {
      subject: `${name}: CPU time of each while idle, over ${IDLE_SECONDS} s`,
      value: cpu(own),
      ...beside(cpu),
      aim: "at most 0.1 s a minute",
      isMet: own.cpuSecondsPerMinute <= 0.1,
    },
    {
      subject: `${name}: memory of each, shared pages divided`,
      value: `${own.memoryMegabytes.toFixed(0)} MB`,
      ...beside(({ memoryMegabytes }) => `${memoryMegabytes.toFixed(0)} MB`),
      aim: "none stated",
      isMet: true,
    },
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

if (import.meta.main) {
  const figures = await benchmarkCluster(Number(process.argv[2]));
  console.log(`\n${JSON.stringify(figures)}`);
}
