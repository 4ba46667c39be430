/** Bugs found by fuzzing and by reading the code beside it, each as a named test. */
import { describe, expect, test } from "bun:test";
import { parseStatfsAnswer } from "../../src/collectors/filesystems/statfs-probe.ts";
import { LARGEST_CONFIG_FILE, parseConfigFile } from "../../src/config/parse-config-file.ts";
import { parseLogindSession } from "../../src/linux/logind-sessions.ts";
import { parseCpuinfo } from "../../src/linux/proc/cpuinfo.ts";
import { parseProcDiskstats } from "../../src/linux/proc/diskstats.ts";
import { parseProcNetDev } from "../../src/linux/proc/net-dev.ts";
import { emptyStat, parseProcPidStat } from "../../src/linux/proc/pid-stat.ts";
import { parseProcUptime } from "../../src/linux/proc/uptime.ts";
import { formatAddress, parseAddress } from "../../src/net/address.ts";
import { entryGridOf } from "../../src/page/history/entry-grid-view-model.ts";
import { parseReport } from "../../src/protocol/report-json.ts";
import { decodeReportV1 } from "../../src/protocol/v1/report.ts";
import { createTimes } from "../../src/view/times.ts";

const NET = (first: string) =>
  `eth0: ${[first, ...Array.from({ length: 15 }, () => "0")].join(" ")}`;

describe("an invalid number is not read as a number:", () => {
  test.each(["Infinity", "1e400", "0x10", "1e3", "-1", "9".repeat(400)])(
    "%p in kernel files and in a logind session",
    (text) => {
      expect(parseProcNetDev(NET(text))).toEqual([]);
      expect(parseProcDiskstats(`8 0 sda 1 1 ${text} 1 1 1 0 1 1 1`)).toEqual([]);
      expect(parseLogindSession(`USER=a\nLEADER=${text}\nREALTIME=${text}`)).toMatchObject({
        pid: 0,
        loginSeconds: 0,
      });
      expect(parseProcUptime(`${text} 1.0`).ok).toBe(false);
    },
  );

  test("a negative size and a signed zero from the statfs probe", () => {
    const answer = (size: string) => `{"ok":true,"size":{"totalBytes":${size},"freeBytes":0}}`;
    expect(parseStatfsAnswer(answer("-5"))).toEqual({ ok: false, code: "EINVAL" });
    const size = { totalBytes: 0, freeBytes: 0 };
    expect(parseStatfsAnswer(answer("-0"))).toEqual({ ok: true, size });
  });

  test("a CPU time that no number can hold", () => {
    const line = `7 (a) R ${[..."1234567890"].join(" ")} ${"9".repeat(400)} 0 0 0 0 0 0 0 0 0 0 0 0`;
    expect(parseProcPidStat(Buffer.from(line), line.length, emptyStat())).toBe(false);
  });
});

test("a protocol-1 report with impossible figures can be passed on as it was read", () => {
  const most = "999999999999";
  const head = `m 1 60 ${Array.from({ length: 17 }, () => most).join(" ")}`;
  const read = decodeReportV1(`${head}\nroot 999999.9 999.9 S 99999-00:00:00 x\nu -99999d x\n`);
  if (!read.ok) throw new Error(read.reason);
  const { report } = read.value;
  expect(parseReport(JSON.parse(JSON.stringify(report)))).toEqual({ ok: true, value: report });
  expect(report.uptimeSeconds).toBeUndefined();
  expect(report.processes?.[0]).toMatchObject({ memoryPercent: 100, cpuSeconds: 99_999 * 86_400 });
  expect(report.processes?.[0]?.cpuPercent).toBeUndefined();
});

test("::10.1.2.3 is an IPv6 address, not 10.1.2.3", () => {
  expect(formatAddress(parseAddress("::10.1.2.3") ?? 0n)).toBe("::a01:203");
  expect(formatAddress(parseAddress("::ffff:10.1.2.3") ?? 0n)).toBe("10.1.2.3");
});

test("an outage that ends thousands of years from now only fills the grid of entries", () => {
  const hour = (count: number) => Date.UTC(2026, 10, 24) + count * 3_600_000;
  const points = [
    { state: "down" as const, atWallMs: hour(1), untilWallMs: Date.UTC(9000, 0) },
    { state: "up" as const, atWallMs: hour(3), cpuPercent: 5 },
  ];
  const times = createTimes("UTC");
  const grid = entryGridOf({ points, slug: "a", times, updateSeconds: 600, nowMs: hour(4) });
  expect(grid?.columns).toEqual(["01", "02", "03"]);
});

describe("input that once took quadratic time is read at once:", () => {
  test("a line of 64 KB of spaces in /proc/cpuinfo", () => {
    expect(parseCpuinfo(`model name : x\n${" ".repeat(65_536)}`)).toBe("x");
  });

  test("a configuration file of nothing but unknown keys", () => {
    const keys = Array.from({ length: 8000 }, (_, i) => `k${i}=1`);
    const text = keys.join("\n");
    expect(text.length).toBeLessThan(LARGEST_CONFIG_FILE);
    const { problems } = parseConfigFile(text, "f");
    expect(problems[0]).toContain("f, line 1: unknown key 'k0'");
    expect(problems.length).toBeLessThan(200);
  });
});
