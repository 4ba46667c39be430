/** Rates: over the monotonic time between two samples, absent where they are unknown. */
import { describe, expect, test } from "bun:test";
import { reportFromSamples } from "../../src/collectors/report-from-samples.ts";
import type { Sample } from "../../src/collectors/sample.ts";
import type { ProcessTable } from "../../src/linux/proc/process-table.ts";
import type { CpuTimes } from "../../src/linux/proc/stat.ts";

const about = { name: "eel", version: "1.0.0", httpPort: 8000, tags: ["gpu"], updateSeconds: 600 };

function sample(elapsedMs: number, sections: Partial<Sample> = {}): Sample {
  return { moment: { elapsedMs, wallMs: 0 }, problems: [], ...sections };
}

function report(previous: Sample | undefined, current: Sample) {
  return reportFromSamples({
    previous,
    current,
    about,
    pageBytes: 4096,
    userOf: (pid) => (pid === 13 ? undefined : `user${pid}`),
  });
}

function times(changes: Partial<CpuTimes>): CpuTimes {
  const zero = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0 };
  return { ...zero, ...changes };
}

function cpu(all: Partial<CpuTimes>, ...cores: [number, Partial<CpuTimes>][]): Partial<Sample> {
  const each = cores.map(([number, core]) => [number, times(core)] as const);
  return { cpu: { all: times(all), cores: new Map(each) } };
}

describe("the report", () => {
  test("says who it is about, and nothing that is unknown", () => {
    expect(report(undefined, sample(1000))).toEqual(about);
  });

  test("of a first sample has no rates, but what is true now", () => {
    const load = { one: 0.05, five: 0, fifteen: 0 };
    const first = report(
      undefined,
      sample(1000, {
        ...cpu({ user: 900 }, [0, { user: 900 }]),
        swap: { inBytes: 9e9, outBytes: 9e9 },
        disks: [{ name: "sda", readBytes: 9e9, writeBytes: 9e9 }],
        interfaces: [{ name: "eth0", receiveBytes: 9e9, transmitBytes: 9e9, errors: 1, drops: 2 }],
        load,
        uptimeSeconds: 12.6,
      }),
    );
    expect(first).toEqual({
      ...about,
      load,
      uptimeSeconds: 13,
      network: { interfaces: [{ name: "eth0" }] },
    });
  });

  test.each([
    ["the clock stands still", 1000],
    ["the clock steps back", 500],
  ])("has no rates when %s", (_, elapsedMs) => {
    const swap = { inBytes: 0, outBytes: 0 };
    const result = report(sample(1000, { swap }), sample(elapsedMs, { swap }));
    expect(result.swap).toBeUndefined();
    expect(result.averageSeconds).toBeUndefined();
  });

  test("averages over the time that has passed", () => {
    const result = report(
      sample(1000, { swap: { inBytes: 0, outBytes: 500 } }),
      sample(5000, { swap: { inBytes: 8194, outBytes: 500 } }),
    );
    expect(result.averageSeconds).toBe(4);
    expect(result.swap).toEqual({ inBytesPerSecond: 2049, outBytesPerSecond: 0 });
  });

  test("tells the problems, and of very many only some", () => {
    const problems = Array.from({ length: 50 }, (_, i) => ({ subject: "x", reason: `${i}` }));
    expect(report(undefined, sample(0, { problems })).problems).toHaveLength(12);
  });
});

describe("the processor's shares", () => {
  test("are of all ticks, to one decimal, interrupts in system", () => {
    const before = cpu({ user: 100, idle: 100 }, [0, { idle: 5 }], [1, { idle: 5 }]);
    const after = cpu(
      { user: 133, nice: 2, system: 10, irq: 1, softirq: 2, iowait: 7, steal: 5, idle: 140 },
      [0, { idle: 5, user: 40 }],
      [1, { idle: 25, iowait: 10, user: 10 }],
    );
    expect(report(sample(0, before), sample(1000, after)).cpu).toEqual({
      userPercent: 33,
      nicePercent: 2,
      systemPercent: 13,
      iowaitPercent: 7,
      stealPercent: 5,
      idlePercent: 40,
      cores: [100, 25],
    });
  });

  const table: [string, Partial<CpuTimes>, Partial<CpuTimes>, object | undefined][] = [
    ["no tick has passed", { idle: 5 }, { idle: 5 }, undefined],
    ["a counter steps back", { user: 9, idle: 5 }, { user: 8, idle: 50 }, undefined],
    [
      "iowait alone steps back, as the kernel lets it",
      { iowait: 9, idle: 0 },
      { iowait: 8, idle: 10 },
      { idle: 100, iowait: undefined },
    ],
  ];
  test.each(table)("when %s", (_, before, after, expected) => {
    const result = report(sample(0, cpu(before)), sample(1000, cpu(after))).cpu;
    expect(result && { idle: result.idlePercent, iowait: result.iowaitPercent }).toEqual(
      expected as never,
    );
  });

  test("leave out a core that was switched on meanwhile", () => {
    const before = cpu({ idle: 0 }, [0, { idle: 0 }]);
    const after = cpu({ idle: 100 }, [0, { idle: 50 }], [7, { user: 999 }]);
    expect(report(sample(0, before), sample(1000, after)).cpu?.cores).toEqual([0]);
  });
});

describe("disks and interfaces", () => {
  const disk = (name: string, bytes: number) => ({ name, readBytes: bytes, writeBytes: bytes });
  const net = (name: string, bytes: number) => {
    return { name, receiveBytes: bytes, transmitBytes: bytes * 2, errors: 0, drops: 0 };
  };
  const table: [string, number[], number[], number | undefined][] = [
    ["are summed", [100, 1000], [300, 2000], 1200],
    ["that are new say nothing yet", [100], [300, 9e9], 200],
    ["that are gone say nothing more", [100, 1000], [300], 200],
    ["that step back make the sum unknown", [100, 1000], [300, 5], undefined],
  ];
  test.each(table)("%s", (_, before, after, expected) => {
    const section = (values: number[]): Partial<Sample> => ({
      disks: values.map((value, index) => disk(`sd${index}`, value)),
      interfaces: values.map((value, index) => net(`eth${index}`, value)),
    });
    const result = report(sample(0, section(before)), sample(1000, section(after)));
    expect(result.disk?.readBytesPerSecond).toBe(expected as never);
    expect(result.network?.receiveBytesPerSecond).toBe(expected as never);
    const doubled = expected === undefined ? undefined : expected * 2;
    expect(result.network?.transmitBytesPerSecond).toBe(doubled as never);
  });

  test("an interface that stepped back keeps its line, without rates", () => {
    const result = report(
      sample(0, { interfaces: [net("eth0", 500)] }),
      sample(1000, { interfaces: [net("eth0", 5)] }),
    );
    expect(result.network).toEqual({ interfaces: [{ name: "eth0", errors: 0, drops: 0 }] });
  });

  test("errors and drops are those of the interval", () => {
    const at = (errors: number, drops: number) => ({
      interfaces: [{ ...net("eth0", 0), errors, drops }],
    });
    const later = report(sample(0, at(5, 100)), sample(1000, at(7, 100))).network;
    expect(later?.interfaces).toMatchObject([{ errors: 2, drops: 0 }]);
    const reset = report(sample(0, at(5, 100)), sample(1000, at(0, 0))).network;
    expect(reset?.interfaces?.[0]?.errors).toBeUndefined();
  });

  test("of very many interfaces the busiest are listed, and all are summed", () => {
    const at = (factor: number) =>
      Array.from({ length: 40 }, (_, index) => net(`eth${index}`, index * factor));
    const result = report(
      sample(0, { interfaces: at(0) }),
      sample(1000, { interfaces: at(10) }),
    ).network;
    expect(result?.interfaces?.map((each) => each.name)).toEqual(
      Array.from({ length: 16 }, (_, index) => `eth${index + 24}`),
    );
    expect(result?.receiveBytesPerSecond).toBe(7800);
  });
});

describe("processes", () => {
  function processes(rows: readonly (readonly [number, number, number, string])[]): ProcessTable {
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
  const memory = { totalBytes: 4096 * 1000 };

  test("are given in percent of one core over the interval, and of the memory", () => {
    const result = report(
      sample(0, { processes: processes([[12, 1000, 1, "busy"]]), memory, uptimeSeconds: 100 }),
      sample(2000, { processes: processes([[12, 1031, 25, "busy"]]), memory, uptimeSeconds: 102 }),
    );
    expect(result.processCount).toBe(4);
    expect(result.processes).toEqual([
      {
        pid: 12,
        user: "user12",
        cpuPercent: 15.5,
        memoryPercent: 2.5,
        state: "R",
        cpuSeconds: 10,
        command: "busy",
      },
    ]);
  });

  test("of a first sample have no CPU percent; one that is gone meanwhile has no owner", () => {
    const table = processes([[13, 5, 1, "gone"]]);
    expect(report(undefined, sample(0, { processes: table })).processes).toEqual([
      { pid: 13, user: "?", state: "R", cpuSeconds: 0, command: "gone" },
    ]);
  });

  test.each(["", " ", "\n\u0001"])("that call themselves %j are shown as ?", (name) => {
    const table = processes([[12, 5, 1, name]]);
    const [first] = report(undefined, sample(0, { processes: table })).processes ?? [];
    expect(first?.command).toBe("?");
  });

  test("are at most 10", () => {
    const rows = Array.from({ length: 50 }, (_, i) => [i + 20, i, 0, "x"] as const);
    expect(report(undefined, sample(0, { processes: processes(rows) })).processes).toHaveLength(10);
  });
});
