/** The small files of /proc: memory, load, uptime, swap, pressure; and the sizes of pages. */
import { describe, expect, test } from "bun:test";
import {
  parseAuxvPageBytes,
  parseSmapsPageBytes,
  readPageBytes,
} from "../../../src/linux/proc/auxv.ts";
import { parseProcLoadavg } from "../../../src/linux/proc/loadavg.ts";
import { parseProcMeminfo, readProcMeminfo } from "../../../src/linux/proc/meminfo.ts";
import { parsePressure, readProcPressure } from "../../../src/linux/proc/pressure.ts";
import { parseProcUptime } from "../../../src/linux/proc/uptime.ts";
import { parseProcVmstat } from "../../../src/linux/proc/vmstat.ts";
import { fixture } from "../fixture.ts";

const kb = 1024;

describe("parseProcMeminfo", () => {
  test("counts used as total less available, as free of procps-ng 4 does", () => {
    const text =
      "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 700 kB\nBuffers: 50 kB\nCached: 200 kB\n" +
      "SReclaimable: 25 kB\nActive: 10 kB\nActive(anon): 3 kB\nInactive: 20 kB\n" +
      "SwapTotal: 80 kB\nSwapFree: 60 kB\n";
    expect(parseProcMeminfo(text)).toEqual({
      ok: true,
      value: {
        totalBytes: 1000 * kb,
        freeBytes: 100 * kb,
        availableBytes: 700 * kb,
        usedBytes: 300 * kb,
        activeBytes: 10 * kb,
        inactiveBytes: 20 * kb,
        buffersCachedBytes: 275 * kb,
        reclaimableBytes: 25 * kb,
        swapTotalBytes: 80 * kb,
        swapUsedBytes: 20 * kb,
      },
    });
  });

  test("without MemAvailable (kernel 2.6.32) leaves it out and counts as free did then", () => {
    const result = readProcMeminfo(fixture("kernel-2.6.32"));
    expect(result.ok && result.value.availableBytes).toBeUndefined();
    expect(result.ok && result.value.usedBytes).toBe(
      (1020604 - 204116 - 88512 - 401220 - 61000) * kb,
    );
  });

  const table: [string, string, object | undefined][] = [
    ["nothing", "", undefined],
    ["no total", "MemFree: 1 kB\n", undefined],
    ["a total alone", "MemTotal: 1 kB\n", { totalBytes: kb }],
    ["a total that is no number", "MemTotal: x kB\n", undefined],
    [
      "more available than there is",
      "MemTotal: 1 kB\nMemAvailable: 2 kB\n",
      { totalBytes: kb, availableBytes: 2 * kb },
    ],
    [
      "more swap free than there is",
      "MemTotal: 1 kB\nSwapTotal: 1 kB\nSwapFree: 2 kB\n",
      { totalBytes: kb, swapTotalBytes: kb, swapUsedBytes: 0 },
    ],
  ];
  test.each(table)("%s", (_, text, expected) => {
    const result = parseProcMeminfo(text);
    expect(result.ok ? result.value : undefined).toEqual(expected as never);
  });
});

describe("parseProcLoadavg", () => {
  const load = { one: 0.05, five: 12.5, fifteen: 100, running: 1, tasks: 91 };
  const table: [string, string, object | undefined][] = [
    ["the kernel's line", "0.05 12.50 100.00 1/91 4699\n", load],
    ["a line without the last pid", "0.05 12.50 100.00 1/91", load],
    ["nothing", "", undefined],
    ["two loads", "0.05 0.02 1/91 4699\n", undefined],
    ["words", "a b c 1/91 5\n", undefined],
    ["a negative load", "-0.05 0.02 0.00 1/91 4699\n", undefined],
  ];
  test.each(table)("%s", (_, text, expected) => {
    const result = parseProcLoadavg(text);
    expect(result.ok ? result.value : undefined).toEqual(expected as never);
  });
});

describe("parseProcUptime", () => {
  const table: [string, number | undefined][] = [
    ["702.02 1353.70\n", 702.02],
    ["12", 12],
    ["0.01 0.00", 0.01],
    ["9999999999999999999999.00 1.00", undefined],
    ["", undefined],
    ["soon 1.00\n", undefined],
    ["-1.00 1.00\n", undefined],
  ];
  test.each(table)("reads %j as %p", (text, expected) => {
    const result = parseProcUptime(text);
    expect(result.ok ? result.value : undefined).toBe(expected as never);
  });
});

describe("parseProcVmstat", () => {
  const table: [string, string, object | undefined][] = [
    ["pages become bytes", "pswpin 2\npswpout 3\n", { inBytes: 8192, outBytes: 12288 }],
    ["names that only begin alike", "xpswpin 2\npswpin_x 3\npswpout 1\n", undefined],
    ["a kernel without swap", "pgpgin 1\n", undefined],
    ["nothing", "", undefined],
  ];
  test.each(table)("%s", (_, text, expected) => {
    expect(parseProcVmstat(text, 4096)).toEqual(expected as never);
  });
});

describe("parsePressure", () => {
  const table: [string, string, object][] = [
    [
      "both lines",
      "some avg10=0.18 avg60=0.68 avg300=0.42 total=6\n" +
        "full avg10=1.00 avg60=99.90 avg300=0.00 total=0\n",
      { some: 0.68, full: 99.9 },
    ],
    [
      "one line (cpu before kernel 5.13)",
      "some avg10=0.18 avg60=0.68 avg300=0.42 total=6\n",
      { some: 0.68 },
    ],
    ["nothing", "", {}],
    ["something else", "full of it\n", {}],
  ];
  test.each(table)("%s", (_, text, expected) => {
    expect(parsePressure(text)).toEqual(expected);
  });

  test("an old kernel has no pressure, and that is no problem", () => {
    expect(readProcPressure(fixture("kernel-2.6.32"))).toEqual({ cpu: {}, memory: {}, io: {} });
    const { cpu, io } = readProcPressure(fixture("debian-12-vm"));
    expect([Object.keys(cpu), Object.keys(io)]).toEqual([
      ["some", "full"],
      ["some", "full"],
    ]);
  });
});

describe("page size", () => {
  const auxv = (...pairs: [bigint, bigint][]) =>
    new Uint8Array(new BigUint64Array(pairs.flat()).buffer);
  const table: [string, Uint8Array, number | undefined][] = [
    ["64 KiB on some ARM kernels", auxv([33n, 1n], [6n, 65536n], [0n, 0n]), 65536],
    ["no such entry", auxv([33n, 1n], [0n, 0n]), undefined],
    ["a size that is none", auxv([6n, 4097n]), undefined],
    ["nothing", new Uint8Array(), undefined],
    ["cut off", auxv([6n, 4096n]).subarray(0, 15), undefined],
  ];
  test.each(table)("%s", (_, bytes, expected) => {
    expect(parseAuxvPageBytes(bytes)).toBe(expected as never);
  });

  test("falls back on smaps, and then on 4 KiB", () => {
    expect(parseSmapsPageBytes("Size: 4 kB\nKernelPageSize:       16 kB\n")).toBe(16384);
    expect(parseSmapsPageBytes("")).toBeUndefined();
    expect(readPageBytes(fixture("container"))).toBe(4096);
  });
});
