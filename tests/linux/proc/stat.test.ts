/** /proc/stat: any number of cores, old kernels, and lines that are not what they should be. */
import { describe, expect, test } from "bun:test";
import { parseProcStat, readProcStat } from "../../../src/linux/proc/stat.ts";
import { fixture } from "../fixture.ts";

const zero = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0 };

describe("parseProcStat", () => {
  test("reads the columns and leaves the guests out, who are in user already", () => {
    const result = parseProcStat(
      "cpu  1 2 3 4 5 6 7 8 9 10 11\ncpu3 1 1 1 1 1 1 1 1 1 1\nintr 9\n",
    );
    const all = { user: 1, nice: 2, system: 3, idle: 4, iowait: 5, irq: 6, softirq: 7, steal: 8 };
    expect(result).toMatchObject({ ok: true, value: { all } });
    expect(result.ok && [...result.value.cores.keys()]).toEqual([3]);
  });

  const table: [string, string, object | undefined][] = [
    [
      "the four columns of kernel 2.4",
      "cpu 1 2 3 4\n",
      { ...zero, user: 1, nice: 2, system: 3, idle: 4 },
    ],
    ["no newline at the end", "cpu 0 0 0 4", { ...zero, idle: 4 }],
    ["nothing", "", undefined],
    ["no line of all cores", "cpu0 1 2 3 4\n", undefined],
    ["too few columns", "cpu 1 2 3\n", undefined],
    ["words in place of numbers", "cpu a b c d\n", undefined],
    ["a negative counter", "cpu 1 2 -3 4\n", undefined],
    ["lines in another order", "intr 1\ncpu 1 2 3 4\n", undefined],
  ];
  test.each(table)("%s", (_, text, all) => {
    const result = parseProcStat(text);
    expect(result.ok ? result.value.all : undefined).toEqual(all as never);
  });

  test("skips a core whose line is broken, and keeps the others", () => {
    const result = parseProcStat("cpu 1 2 3 4\ncpu0 1 2\ncpu1 1 2 3 4\ncpux 1 2 3 4\n");
    expect(result.ok && [...result.value.cores.keys()]).toEqual([1]);
  });
});

describe("readProcStat", () => {
  const table: [string, number][] = [
    ["debian-12-vm", 2],
    ["kernel-2.6.32", 2],
    ["cores-256", 248],
    ["container", 1],
  ];
  test.each(table)("finds the cores of %s that are switched on", (host, cores) => {
    const result = readProcStat(fixture(host));
    expect(result.ok && result.value.cores.size).toBe(cores);
  });

  test("names the file that is missing", () => {
    const reason = "/proc/stat does not exist";
    expect(readProcStat(fixture("no-utmp"))).toEqual({ ok: false, reason, code: "ENOENT" });
  });
});
