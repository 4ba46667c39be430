/**
 * Many processes of one program on loopback addresses, each of which logs a line for each other machine
 * that it sees or loses. They are ended by their process ids, whatever happens.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "../e2e/daemon.ts";
import { cpuSecondsOf, sharedMegabytesOf } from "./process-facts.ts";

export interface FleetPlan {
  readonly machines: number;
  /** The command line of machine 1, 2, … */
  readonly command: (index: number) => readonly string[];
  /** What the first machine must log before the others start; without it, all start at once. */
  readonly firstIsReady?: RegExp;
  /** The log lines for a machine that is seen or lost; the first group is its number. */
  readonly seen: RegExp;
  readonly lost: RegExp;
}

/** Times are those of `performance.now()`, in ms; sums are over all living machines. */
export interface Fleet {
  readonly firstSpawnAt: number;
  readonly lastSpawnAt: number;
  readonly size: number;
  /** Waits until every machine has seen all others, and returns that time. */
  allSeen(): Promise<number>;
  /** Kills a machine. Returns the ms until all others have lost it. */
  kill(index: number): Promise<number>;
  /** How often a living machine was logged as lost. */
  falseAlarms(): number;
  cpuSeconds(): number;
  memoryMegabytes(): number;
  /** Bytes through the loopback interface so far, IP headers included; each is sent and received. */
  bytes(): number;
  stop(): Promise<void>;
}

export const IP_AND_UDP_BYTES = 28;
/** What the loopback interface counts in each packet beyond its IP packet. */
const ETHERNET_BYTES = 14;
const POLL_MS = 20;
const PATIENCE_MS = 60_000;

interface Member {
  readonly index: number;
  readonly process: Bun.Subprocess;
  readonly log: { readonly fd: number; offset: number; rest: string };
  /** The numbers of the machines that it has seen and not lost. */
  readonly seen: Set<number>;
}

export async function startFleet(plan: FleetPlan): Promise<Fleet> {
  const scratch = scratchDirectory();
  const living = new Map<number, Member>();
  const dead = new Set<number>();
  let falseAlarms = 0;

  function spawn(index: number): Member {
    const path = join(scratch.path, `${index}.log`);
    const output = openSync(path, "a");
    const child = Bun.spawn([...plan.command(index)], {
      env: { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" },
      stdin: "ignore",
      stdout: output,
      stderr: output,
    });
    closeSync(output);
    const log = { fd: openSync(path, "r"), offset: 0, rest: "" };
    const member = { index, process: child, log, seen: new Set<number>() };
    living.set(index, member);
    return member;
  }

  function readLog(member: Member): void {
    for (const line of newLines(member)) {
      const seen = plan.seen.exec(line)?.[1];
      if (seen !== undefined) member.seen.add(Number(seen));
      const lost = plan.lost.exec(line)?.[1];
      if (lost === undefined) continue;
      member.seen.delete(Number(lost));
      if (!dead.has(Number(lost))) falseAlarms += 1;
    }
  }

  async function until(condition: (member: Member) => boolean, what: string): Promise<number> {
    const deadline = performance.now() + PATIENCE_MS;
    const waiting = new Set(living.values());
    while (performance.now() < deadline) {
      for (const member of waiting) {
        readLog(member);
        if (condition(member)) waiting.delete(member);
      }
      if (waiting.size === 0) return performance.now();
      await Bun.sleep(POLL_MS);
    }
    throw new Error(
      `${waiting.size} of ${living.size} machines have not ${what} after ${PATIENCE_MS} ms`,
    );
  }

  async function stop(): Promise<void> {
    for (const member of living.values()) member.process.kill("SIGKILL");
    await Promise.all([...living.values()].map((member) => member.process.exited));
    for (const { log } of living.values()) closeSync(log.fd);
    scratch.remove();
  }

  const firstSpawnAt = performance.now();
  try {
    const first = spawn(1);
    while (
      plan.firstIsReady !== undefined &&
      !newLines(first).some((line) => plan.firstIsReady?.test(line))
    ) {
      if (performance.now() > firstSpawnAt + PATIENCE_MS)
        throw new Error("the first machine is not ready");
      await Bun.sleep(5);
    }
    for (let index = 2; index <= plan.machines; index++) spawn(index);
  } catch (error) {
    await stop();
    throw error;
  }
  const lastSpawnAt = performance.now();

  return {
    firstSpawnAt,
    lastSpawnAt,
    get size() {
      return living.size;
    },
    allSeen: () =>
      until(
        ({ index, seen }) => seen.size + (seen.has(index) ? 0 : 1) === plan.machines,
        "seen all others",
      ),
    kill: async (index) => {
      const victim = living.get(index);
      if (victim === undefined) throw new Error(`there is no machine ${index}`);
      for (const member of living.values()) readLog(member);
      living.delete(index);
      dead.add(index);
      const at = performance.now();
      victim.process.kill("SIGKILL");
      return (await until(({ seen }) => !seen.has(index), "lost the killed one")) - at;
    },
    falseAlarms: () => falseAlarms,
    cpuSeconds: () => sum(living, ({ process: { pid } }) => cpuSecondsOf(pid)),
    memoryMegabytes: () => sum(living, ({ process: { pid } }) => sharedMegabytesOf(pid)),
    bytes: loopbackBytes,
    stop,
  };
}

function newLines({ log }: Member): readonly string[] {
  const buffer = Buffer.alloc(65_536);
  const length = readSync(log.fd, buffer, 0, buffer.length, log.offset);
  if (length === 0) return [];
  log.offset += length;
  const lines = (log.rest + buffer.toString("latin1", 0, length)).split("\n");
  log.rest = lines.pop() ?? "";
  return lines;
}

function sum(members: ReadonlyMap<number, Member>, of: (member: Member) => number): number {
  return [...members.values()].reduce((total, member) => total + of(member), 0);
}

function loopbackBytes(): number {
  const text = readFileSync("/proc/net/dev", "latin1");
  const [bytes, packets] = /^ *lo: *(\d+) +(\d+)/m.exec(text)?.slice(1) ?? [];
  return Number(bytes) - ETHERNET_BYTES * Number(packets);
}
