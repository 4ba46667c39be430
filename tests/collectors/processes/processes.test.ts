/** The lines of processes: rates over the interval, owners, odd names. */
import { describe, expect, test } from "bun:test";
import {
  createProcesses,
  hidesProcesses,
  type ProcessReading,
} from "../../../src/collectors/processes/processes.ts";
import { parseProcMountinfo } from "../../../src/linux/proc/mountinfo.ts";
import type { ProcessTable } from "../../../src/linux/proc/pid-stat.ts";
import { fixture, withRoot } from "../../linux/fixture.ts";
import { readingOf, reportBetween, reportOfFirst } from "../collect.ts";
import { mountinfo } from "../filesystems/mountinfo.ts";

const processes = createProcesses(fixture("processes"), 4096);

/** pid, ticks, pages, name. */
type Row = readonly [number, number, number, string];

function tableOf(rows: readonly Row[]): ProcessTable {
  const names = rows.map((row) => Buffer.from(row[3]));
  let end = 0;
  return {
    length: rows.length,
    count: rows.length + 3,
    pids: Int32Array.from(rows.map((row) => row[0])),
    startTicks: new Float64Array(rows.length),
    cpuTicks: Float64Array.from(rows.map((row) => row[1])),
    residentPages: Float64Array.from(rows.map((row) => row[2])),
    states: new Uint8Array(rows.length).fill("R".charCodeAt(0)),
    isKernel: new Uint8Array(rows.length),
    names: Buffer.concat(names),
    nameEnds: Uint32Array.from(names.map((name) => (end += name.length))),
    foreground: new Map(),
  };
}

function reading(rows: readonly Row[], more: Partial<ProcessReading> = {}): ProcessReading {
  return { table: tableOf(rows), ...more };
}

describe("processes", () => {
  test("are given in percent of one core over the interval, and of the memory", () => {
    const memoryBytes = 4096 * 1000;
    const before = reading([[4731, 1000, 1, "busy"]], { memoryBytes, uptimeSeconds: 100 });
    const now = reading([[4731, 1031, 25, "busy"]], { memoryBytes, uptimeSeconds: 102 });
    expect(reportBetween(processes, before, now, 2)).toEqual({
      processCount: 4,
      processes: [
        {
          pid: 4731,
          user: "1001",
          cpuPercent: 15.5,
          memoryPercent: 2.5,
          state: "R",
          cpuSeconds: 10,
          command: "busy",
        },
      ],
    });
  });

  test("of a first sample have no CPU percent, and one that has ended has no owner", () => {
    expect(reportOfFirst(processes, reading([[9999, 5, 1, "gone"]])).processes).toEqual([
      { pid: 9999, user: "?", state: "R", cpuSeconds: 0, command: "gone" },
    ]);
  });

  test.each(["", " ", "\n\u0001"])("that call themselves %j are shown as ?", (name) => {
    const [first] = reportOfFirst(processes, reading([[12, 5, 1, name]])).processes ?? [];
    expect(first?.command).toBe("?");
  });

  test("are at most 10", () => {
    const rows = Array.from({ length: 50 }, (_, i): Row => [i + 20, i, 0, "x"]);
    expect(reportOfFirst(processes, reading(rows)).processes).toHaveLength(10);
  });

  test("that /proc hides from us are a problem, unless we see the first of them", () =>
    withRoot((root) => {
      root.write("proc/self/mountinfo", mountinfo(["0:3 /proc proc proc rw,hidepid=2"]));
      const found = () => {
        const found = readingOf(createProcesses(root.path, 4096), root.path);
        return found.ok ? (found.problems ?? []).map(({ reason }) => reason) : [found.reason];
      };
      expect(found()).toEqual([
        "/proc is mounted with hidepid: other users' processes are not seen",
      ]);
      root.write("proc/1/stat", "");
      expect(found()).toEqual([]);
    }));
});

describe("hiding of processes", () => {
  test.each([
    ["0:3 /proc proc proc rw,hidepid=2", true],
    ["0:3 /proc proc proc rw,gid=4,hidepid=invisible", true],
    ["0:3 /proc proc proc rw,hidepid=0", false],
    ["0:3 /proc proc proc rw", false],
    ["0:3 /jail/proc proc proc rw,hidepid=2", false],
  ])("of %s is %p", (line, expected) => {
    const mounts = parseProcMountinfo(mountinfo([line]));
    expect(mounts.ok && hidesProcesses(mounts.value)).toBe(expected);
  });
});
