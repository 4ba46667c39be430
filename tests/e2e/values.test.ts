/**
 * The report about this machine agrees with the system's own tools, run at the same time. Tolerances
 * cover only what may change between the two readings.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { statfsSync } from "node:fs";
import type { Report } from "../../src/protocol/report.ts";
import { type Daemon, freePort, startDaemon, until } from "./daemon.ts";

const MEBIBYTE = 1024 * 1024;
/** The memory that other programs may take or free between the two readings. */
const MEMORY_TOLERANCE = 200 * MEBIBYTE;
const INTERVAL_SECONDS = 1;

let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon({
    httpPort: await freePort(),
    p2pPort: await freePort(),
    options: ["-u", String(INTERVAL_SECONDS)],
  });
});

afterAll(async () => {
  await daemon.stop();
});

async function freshReport(): Promise<Report> {
  const read = async () => {
    const { machines } = await daemon.json<{ machines: { sequence?: number; report?: Report }[] }>(
      "/api/v1/cluster",
    );
    return machines[0]?.report;
  };
  const before = await read();
  let report: Report | undefined;
  await until(async () => {
    report = await read();
    return report !== undefined && report.uptimeSeconds !== before?.uptimeSeconds;
  });
  if (report === undefined) {
    throw new Error("no report");
  }
  return report;
}

function tool(command: string, ...args: string[]): string {
  const run = spawnSync(command, args, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" },
  });
  expect(run.status, `${command}: ${run.stderr}`).toBe(0);
  return run.stdout;
}

function near(actual: number | undefined, expected: number, tolerance: number): void {
  expect(actual).toBeNumber();
  expect(Math.abs((actual ?? Number.NaN) - expected)).toBeLessThanOrEqual(tolerance);
}

describe("the report of a machine agrees with", () => {
  test("free -b within 200 MiB", async () => {
    const report = await freshReport();
    const [memory = [], swap = []] = tool("free", "-b")
      .split("\n")
      .slice(1, 3)
      .map((line) => line.trim().split(/\s+/).slice(1).map(Number));
    expect(report.memory?.totalBytes).toBe(memory[0] ?? -1);
    near(report.memory?.usedBytes, memory[1] ?? -1, MEMORY_TOLERANCE);
    near(report.memory?.buffersCachedBytes, memory[4] ?? -1, MEMORY_TOLERANCE);
    near(report.memory?.availableBytes, memory[5] ?? -1, MEMORY_TOLERANCE);
    expect(report.memory?.swapTotalBytes).toBe(swap[0] ?? -1);
    near(report.memory?.swapUsedBytes, swap[1] ?? -1, MEMORY_TOLERANCE);
  });

  test("uptime within 3 s and a load of 1.0", async () => {
    const report = await freshReport();
    const started = Date.parse(tool("uptime", "-s").trim().replace(" ", "T"));
    near(report.uptimeSeconds, (Date.now() - started) / 1000, 3);
    const loads = tool("uptime").match(/load average: ([\d.]+), ([\d.]+), ([\d.]+)/);
    near(report.load?.one, Number(loads?.[1]), 1);
    near(report.load?.five, Number(loads?.[2]), 1);
    near(report.load?.fifteen, Number(loads?.[3]), 1);
  });

  test("df -B1 on the same file systems, their exact sizes, and their free space within 512 MiB", async () => {
    const report = await freshReport();
    expect(report.filesystems?.length).toBeGreaterThan(0);
    for (const filesystem of report.filesystems ?? []) {
      const line = tool("df", "-B1", "--output=size,avail", filesystem.mount).split("\n")[1] ?? "";
      const [size = -1, available = -1] = line.trim().split(/\s+/).map(Number);
      expect(filesystem.totalBytes).toBe(size);
      near(filesystem.freeBytes, available, 512 * MEBIBYTE);
    }
    const root = statfsSync("/");
    expect(root.blocks).toBeGreaterThan(0);
    expect(report.filesystems?.map((one) => one.mount)).toContain("/");
  });

  test("who on the number of logins and their names", async () => {
    const report = await freshReport();
    const names = tool("who")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(/\s+/)[0] ?? "");
    // Without any source of logins the report says so instead of naming no users.
    if (report.userCount !== undefined) {
      expect(report.userCount).toBe(names.length);
      expect((report.users ?? []).map((user) => user.name).sort()).toEqual(
        names.sort().slice(0, 10),
      );
    } else {
      expect(names).toEqual([]);
      expect(report.problems?.map((problem) => problem.subject)).toContain("users");
    }
  });

  test("nproc and uname", async () => {
    const report = await freshReport();
    expect(report.host?.cores).toBe(Number(tool("nproc", "--all")));
    expect(report.host?.kernel).toBe(tool("uname", "-r").trim());
  });

  test("ps on a busy process's owner and name, and on its share of a core within 15 %", async () => {
    // A busy loop that ends by itself in case the test is killed.
    const busy = Bun.spawn(["timeout", "20", "sh", "-c", "while :; do :; done"]);
    try {
      let found: NonNullable<Report["processes"]>[number] | undefined;
      await until(async () => {
        const report = await freshReport();
        const candidates = tool("ps", "-o", "pid=", "--ppid", String(busy.pid)).trim().split(/\s+/);
        found = report.processes?.find((process) => candidates.includes(String(process.pid)));
        return (found?.cpuPercent ?? 0) > 20;
      });
      const line = tool("ps", "-o", "user:32=,comm=,cputimes=", "-p", String(found?.pid));
      const [user = "", command = "", seconds = ""] = line.trim().split(/\s+/);
      expect(found).toMatchObject({ user, command });
      near(found?.cpuSeconds, Number(seconds), 2);
      // Its share over one interval by the kernel's count of its ticks.
      const before = ticksOf(found?.pid ?? 0);
      const start = performance.now();
      await freshReport();
      const report = await freshReport();
      const share = (ticksOf(found?.pid ?? 0) - before) / ((performance.now() - start) / 1000);
      const shown = report.processes?.find((process) => process.pid === found?.pid);
      near(shown?.cpuPercent, share, 15);
    } finally {
      busy.kill();
      await busy.exited;
    }
  });

  test("ps on the number of processes within 40", async () => {
    const report = await freshReport();
    near(report.processCount, tool("ps", "-A", "--no-headers").trim().split("\n").length, 40);
  });
});

/** The CPU time so far in hundredths of a second; divided by seconds it gives percent of a core. */
function ticksOf(pid: number): number {
  const stat = tool("cat", `/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
