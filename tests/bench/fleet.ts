/**
 * Many processes of one program on addresses of loopback, each of which writes a line of log for
 * each other machine that comes or goes. Ended by their process ids, whatever happens.
 */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "../e2e/daemon.ts";

export interface FleetPlan {
  readonly machines: number;
  /** Of machine 1, 2, … */
  readonly command: (index: number) => readonly string[];
  /** In the first one's log before the others may start; without it, all start at once. */
  readonly firstIsReady?: RegExp;
  /** Lines of the log; the first group is the machine's number. */
  readonly seen: RegExp;
  readonly lost: RegExp;
}

/** Times are those of `performance.now()`, in ms; sums are over all that live. */
export interface Fleet {
  readonly firstSpawnAt: number;
  readonly lastSpawnAt: number;
  readonly size: number;
  /** When each had seen all others. */
  allSeen(): Promise<number>;
  /** Kills it; how long it took until all others had lost it. */
  kill(index: number): Promise<number>;
  /** So often a machine that lived was called lost. */
  wronged(): number;
  cpuSeconds(): number;
  memoryMegabytes(): number;
  /** Through the loopback interface so far, IP headers included; each was sent and received. */
  bytes(): number;
  stop(): Promise<void>;
}

export const IP_AND_UDP_BYTES = 28;
/** That the loopback interface counts in each packet, though no wire has it. */
const ETHERNET_BYTES = 14;
/** USER_HZ is 100. */
const TICKS_PER_SECOND = 100;
const LOOK_MS = 20;
const PATIENCE_MS = 60_000;

interface Member {
  readonly index: number;
  readonly process: Bun.Subprocess;
  readonly log: { readonly fd: number; offset: number; rest: string };
  /** Numbers of the machines that it holds for alive. */
  readonly seen: Set<number>;
}

export async function startFleet(plan: FleetPlan): Promise<Fleet> {
  const scratch = scratchDirectory();
  const living = new Map<number, Member>();
  const dead = new Set<number>();
  let wronged = 0;

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

  function look(member: Member): void {
    for (const line of newLines(member)) {
      const seen = plan.seen.exec(line)?.[1];
      if (seen !== undefined) member.seen.add(Number(seen));
      const lost = plan.lost.exec(line)?.[1];
      if (lost === undefined) continue;
      member.seen.delete(Number(lost));
      if (!dead.has(Number(lost))) wronged += 1;
    }
  }

  async function until(isSo: (member: Member) => boolean, what: string): Promise<number> {
    const deadline = performance.now() + PATIENCE_MS;
    const waiting = new Set(living.values());
    while (performance.now() < deadline) {
      for (const member of waiting) {
        look(member);
        if (isSo(member)) waiting.delete(member);
      }
      if (waiting.size === 0) return performance.now();
      await Bun.sleep(LOOK_MS);
    }
    throw new Error(`${waiting.size} of ${living.size} have not ${what} after ${PATIENCE_MS} ms`);
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
      if (performance.now() > firstSpawnAt + PATIENCE_MS) throw new Error("the first is not ready");
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
        "seen all",
      ),
    kill: async (index) => {
      const victim = living.get(index);
      if (victim === undefined) throw new Error(`no machine ${index}`);
      for (const member of living.values()) look(member);
      living.delete(index);
      dead.add(index);
      const at = performance.now();
      victim.process.kill("SIGKILL");
      return (await until(({ seen }) => !seen.has(index), "lost it")) - at;
    },
    wronged: () => wronged,
    cpuSeconds: () => sum(living, ({ process: { pid } }) => cpuSecondsOf(pid)),
    memoryMegabytes: () => sum(living, ({ process: { pid } }) => memoryMegabytesOf(pid)),
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

/** Of the process itself, not of its children. Source: proc(5), utime and stime. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function memoryMegabytesOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  return Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1]) / 1024;
}

function loopbackBytes(): number {
  const text = readFileSync("/proc/net/dev", "latin1");
  const [bytes, packets] = /^ *lo: *(\d+) +(\d+)/m.exec(text)?.slice(1) ?? [];
  return Number(bytes) - ETHERNET_BYTES * Number(packets);
}
