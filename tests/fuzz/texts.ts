/**
 * Every decoder of text or bytes that come from outside, with samples of valid input and what must hold
 * for the value of any input. `tests/fuzz/decoders.test.ts` runs them.
 */
import { expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  readClusterQuery,
  readEntryQuery,
  readEventQuery,
  readFresh,
  readMachineQuery,
} from "../../src/api/query.ts";
import { parseClusterJson } from "../../src/api/reader.ts";
import { cleanText } from "../../src/base/clean-text.ts";
import { parseCluster } from "../../src/cli/commands/check/ask-running.ts";
import { readOutcome } from "../../src/cli/commands/forget/outcome.ts";
import { readKeygenArguments } from "../../src/cli/commands/keygen.ts";
import { wholeDisks } from "../../src/collectors/disk.ts";
import { selectMounts } from "../../src/collectors/filesystems/select-mounts.ts";
import { parseStatfsAnswer } from "../../src/collectors/filesystems/statfs-probe.ts";
import { parseJournal } from "../../src/collectors/messages/message-journal.ts";
import { cleanLine } from "../../src/collectors/messages/message-source.ts";
import { physicalInterfaces } from "../../src/collectors/network.ts";
import { parseArguments } from "../../src/config/parse-arguments.ts";
import { parseConfigFile } from "../../src/config/parse-config-file.ts";
import { isAllowedHost } from "../../src/http/host-names.ts";
import { parseLogindSession } from "../../src/linux/logind-sessions.ts";
import { parseMachineId } from "../../src/linux/machine-id.ts";
import { parseOsRelease } from "../../src/linux/os-release.ts";
import { parsePasswd } from "../../src/linux/passwd.ts";
import { parseAuxvPageBytes, parseSmapsPageBytes } from "../../src/linux/proc/auxv.ts";
import { parseCpuinfo } from "../../src/linux/proc/cpuinfo.ts";
import { parseProcDiskstats } from "../../src/linux/proc/diskstats.ts";
import { parseOpenFilesLimit } from "../../src/linux/proc/limits.ts";
import { parseProcLoadavg } from "../../src/linux/proc/loadavg.ts";
import { parseProcMeminfo } from "../../src/linux/proc/meminfo.ts";
import { parseProcMountinfo } from "../../src/linux/proc/mountinfo.ts";
import { parseArp } from "../../src/linux/proc/net-arp.ts";
import { parseProcNetDev } from "../../src/linux/proc/net-dev.ts";
import { parseSockets } from "../../src/linux/proc/net-sockets.ts";
import { parseCredentials, parseProcPidStatusOwner } from "../../src/linux/proc/pid.ts";
import { emptyStat, parseProcPidStat } from "../../src/linux/proc/pid-stat.ts";
import { parsePressure } from "../../src/linux/proc/pressure.ts";
import { parseProcStat } from "../../src/linux/proc/stat.ts";
import { parseProcUptime } from "../../src/linux/proc/uptime.ts";
import { parseProcVmstat } from "../../src/linux/proc/vmstat.ts";
import { parseCounter } from "../../src/linux/read-text.ts";
import { parseResolvConf } from "../../src/linux/resolv-conf.ts";
import { parseMillidegrees } from "../../src/linux/sys/hwmon.ts";
import { parseUtmp } from "../../src/linux/utmp.ts";
import {
  canonicalAddress,
  formatAddress,
  parseAddress,
  parseIpv4Number,
} from "../../src/net/address.ts";
import { parseCidr } from "../../src/net/interval.ts";
import { parseRange, rangeSize, SCAN_LIMIT } from "../../src/net/ranges.ts";
import { cellAt } from "../../src/page/client/strip-cells.ts";
import { parsePageQuery } from "../../src/page/components/page-query.ts";
import { parseReport } from "../../src/protocol/report-json.ts";
import { readRingAnswer, readRingQuestion } from "../../src/protocol/ring.ts";
import { decodeReportV1, encodeReportV1 } from "../../src/protocol/v1/report.ts";
import {
  formatCpuTime,
  formatLoginAge,
  parseCpuTime,
  parseLoginAge,
} from "../../src/protocol/v1/times.ts";
import { createServiceManager } from "../../src/runtime/service-manager.ts";
import { canonicalSource } from "../../src/runtime/udp.ts";
import { formatKey, parseKey } from "../../src/sealing/key-format.ts";
import { parseLockHolder } from "../../src/store/history-file.ts";
import { packJson, unpackJson } from "../../src/store/packed-json.ts";
import { createTimes } from "../../src/view/times.ts";
import { fixture } from "../linux/fixture.ts";

export interface Decoder {
  /** The name of the exported function. */
  readonly name: string;
  /** Valid input; for a decoder of bytes, the bytes as Latin-1. */
  readonly samples: readonly string[];
  readonly decode: (text: string) => unknown;
  /** What must hold beyond the checks for all decoders in `decoders.test.ts`. */
  readonly check?: (value: never, text: string) => void;
  /** Negative numbers are valid in the value. */
  readonly maySigned?: true;
  /** The greatest length of the value, in UTF-16 units; by default in proportion to the input. */
  readonly mostUnits?: number;
}

const ROOTS = ["debian-12-vm", "kernel-2.6.32", "container", "cores-256", "interfaces-20"];

/** The file's contents on the hosts of the fixtures and on this one. */
function kernelFile(path: string): readonly string[] {
  const texts = [...ROOTS.map((root) => join(fixture(root), path)), path].flatMap(textOf);
  if (texts.length === 0) throw new Error(`no ${path} anywhere`);
  return texts.map((text) => text.slice(0, 20_000));
}

function textOf(path: string): string[] {
  try {
    return [readFileSync(path, "latin1")];
  } catch {
    return []; // Not every host has every file.
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => textOf(join(folder, name)));
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

const NOW_MS = Date.UTC(2026, 10, 24, 9, 13, 7);
const times = createTimes("Europe/Vienna");
const clock = { times, nowMs: NOW_MS };

function query(text: string): URLSearchParams {
  return new URLSearchParams(text);
}

const QUERIES = [
  "sort=-cpu&filter=anna&tag=gpu&by=user&at=2026-11-24T03:10&open=node02@03:10&page=2",
  "at=03:10:07&open=a@b@1700000000000",
  "at=2026-11-24T03:10:00Z&sort=machine",
  "limit=144&before=2026-11-24T03:10:00Z",
  "fresh=2&report=summary",
  "report=none&since=1700000000000",
  "fresh=0.5",
];

/** A sample of /proc/net/tcp and /proc/net/tcp6. */
const TCP_TABLE = [
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
  "   4: 0100007F:D431 0100007F:1F40 01 00000000:00000000 00:00000000 00000000  1000        0 52343 1",
  "   5: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 52344 1",
  "   6: 00000000000000000000000000000000:1F40 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 7 1",
].join("\n");

const CLUSTER = JSON.stringify({
  network: "lab",
  isSealed: true,
  candidates: 3,
  machines: [
    {
      ...{ name: "anna", address: "10.0.0.2", state: "up", isSelf: true, lastHeardSeconds: 0.5 },
      ...{ clockOffsetSeconds: -3, report: { problems: [{ subject: "cpu", reason: "gone" }] } },
    },
    { name: "ben", address: "10.0.0.3", state: "down" },
    {
      ...{ id: "10.0.0.4", name: "old", address: "10.0.0.4", state: "up" },
      reportTrouble: { kind: "refused", since: "2026-11-24T03:10:00Z", reason: "not four lines" },
    },
  ],
});

const V1 = [
  "alpha 1784000000 60 93784 015 1234 000 41 1 30 12 7 2 90 0 2 3 1 1 2\n" +
    "root 12.5 0.4 S 00:01:02 Xorg\tuser1 3.0 10.2 R 1-02:03:04 octave\n" +
    "user1 -2h10m octave\tuser2 -3d4h ?\n" +
    "Jul 14 03:20:01 alpha kernel: eth0: link up\tJul 14 03:20:05 alpha backup: 3 \xe9l\xe9ments",
  "m 1 60 0 000 000 000 0 0 0 0 0 0 0 0 0 0 0 0 0\n\n\n",
];

const TOML = [
  'p2p-allow = ["192.168.1.", "lan"]\nsignature = "render-corner"\nupdate = 60\n# a word\n' +
    'tag = ["gpu", "night"]\nmessages = false\ndebug = 1\nhttp-port = 8000\n',
  'scan = []\n[table]\nname = "x"\n[[list]]\na.b = 2026-01-01T00:00:00Z\nd = 0x1f\ne = 1e5\n',
  'name = """\nlong\n"""\n"quoted key" = \'literal\'\n',
];

const RANGES = [
  ..."192.168.1.7 192.168.1.10-20 192.168.1. 10.1. 10.1.0.0/22 fd00::7 fd00::/64 lan".split(" "),
  ..."lan+wireless 0.0.0.0/0 ::/0 ::ffff:10.0.0.1 ::ffff:0:0/96 224.0.0.1 255.255.255.255".split(
    " ",
  ),
];

const SESSION =
  "UID=1000\nUSER=alice\nCLASS=user\nSTATE=active\nTTY=pts/0\nREMOTE_HOST=192.0.2.7\n" +
  "REALTIME=1700000000000000\nLEADER=4242\n";

/** Two logins in utmp's layout of x86-64 (384 bytes) or with 64-bit times (400 bytes). */
function utmp(bytes: 384 | 400): string {
  const record = Buffer.alloc(bytes * 2);
  for (const start of [0, bytes]) {
    record.writeInt16LE(7, start);
    record.writeInt32LE(4242, start + 4);
    record.write("pts/0", start + 8);
    record.write("alice", start + 44);
    record.write("192.0.2.7", start + 76);
    if (bytes === 384) record.writeUInt32LE(1_700_000_000, start + 340);
    else record.writeBigInt64LE(1_700_000_000n, start + 344);
  }
  return record.toString("latin1");
}

function auxv(): string {
  const pairs = new BigUint64Array([33n, 0x7ffcn, 6n, 4096n, 17n, 100n, 0n, 0n]);
  return Buffer.from(pairs.buffer).toString("latin1");
}

function inRange(value: number | undefined, least: number, most: number): void {
  if (value === undefined) return;
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}

const COLLECTORS: readonly Decoder[] = [
  {
    name: "parseProcStat",
    samples: kernelFile("/proc/stat"),
    decode: (text) => parseProcStat(text),
  },
  {
    name: "parseProcMeminfo",
    samples: kernelFile("/proc/meminfo"),
    decode: (text) => parseProcMeminfo(text),
    check: (read: ReturnType<typeof parseProcMeminfo>) => {
      if (read.ok) inRange(read.value.usedBytes, 0, read.value.totalBytes ?? 0);
    },
  },
  {
    name: "parseProcLoadavg",
    samples: kernelFile("/proc/loadavg"),
    decode: (text) => parseProcLoadavg(text),
  },
  {
    name: "parseProcUptime",
    samples: kernelFile("/proc/uptime"),
    decode: (text) => parseProcUptime(text),
  },
  {
    name: "parseProcVmstat",
    samples: kernelFile("/proc/vmstat"),
    decode: (text) => parseProcVmstat(text, 4096),
  },
  {
    name: "parseProcDiskstats",
    samples: kernelFile("/proc/diskstats"),
    decode: (text) => {
      const devices = parseProcDiskstats(text);
      return [devices, wholeDisks(devices, undefined), wholeDisks(devices, new Set(["vda"]))];
    },
  },
  {
    name: "parseProcNetDev",
    samples: kernelFile("/proc/net/dev"),
    decode: (text) => {
      const all = parseProcNetDev(text);
      return [all, physicalInterfaces(all, undefined)];
    },
  },
  {
    name: "parseProcMountinfo",
    samples: kernelFile("/proc/self/mountinfo"),
    decode: (text) => {
      const mounts = parseProcMountinfo(text);
      return mounts.ok ? [mounts, selectMounts(mounts.value)] : mounts;
    },
  },
  {
    name: "parsePressure",
    samples: kernelFile("/proc/pressure/io"),
    decode: (text) => parsePressure(text),
  },
  {
    name: "parseProcPidStat",
    samples: filesIn(join(fixture("processes"), "proc")).concat(kernelFile("/proc/self/stat")),
    decode: (text) => {
      const [into, bytes] = [emptyStat(), bytesOf(text)];
      return parseProcPidStat(bytes, Math.min(1024, bytes.length), into) ? into : undefined;
    },
    check: (read: ReturnType<typeof emptyStat> | undefined, text) => {
      if (read !== undefined) inRange(read.nameEnd, read.nameStart, text.length);
    },
    maySigned: true,
  },
  {
    name: "parseProcPidStatusOwner",
    samples: kernelFile("/proc/self/status"),
    decode: (text) => parseProcPidStatusOwner(text),
  },
  {
    name: "parseCredentials",
    samples: kernelFile("/proc/self/status"),
    decode: (text) => parseCredentials(text),
  },
  {
    name: "parseSockets",
    samples: [TCP_TABLE],
    decode: (text) => [parseSockets(text, 0xd431), parseSockets(text, 0x1f40)],
  },
  {
    name: "parseMillidegrees",
    samples: ["47000\n", "-5500\n"],
    decode: (text) => parseMillidegrees(text),
    check: (read: number | undefined) => inRange(read, -10_000, 10_000),
    maySigned: true,
  },
  {
    name: "parseCpuinfo",
    samples: kernelFile("/proc/cpuinfo"),
    decode: (text) => parseCpuinfo(text),
    mostUnits: 64,
  },
  {
    name: "parseAuxvPageBytes",
    samples: [auxv()],
    decode: (text) => parseAuxvPageBytes(bytesOf(text)),
  },
  {
    name: "parseSmapsPageBytes",
    samples: ["Size: 4 kB\nKernelPageSize:        4 kB\nMMUPageSize: 4 kB\n"],
    decode: (text) => parseSmapsPageBytes(text),
    check: (read: number | undefined) => inRange(read, 1024, 1024 * 1024),
  },
  {
    name: "parseUtmp",
    samples: [utmp(384), utmp(400)],
    decode: (text) => parseUtmp(bytesOf(text)),
    check: (read: ReturnType<typeof parseUtmp>) => {
      for (const { loginSeconds } of read.ok ? read.value : []) inRange(loginSeconds, 0, 2 ** 32);
    },
  },
  {
    name: "parseLogindSession",
    samples: [SESSION, ...filesIn(join(fixture("no-utmp"), "run/systemd/sessions"))],
    decode: (text) => parseLogindSession(text),
    check: (read: ReturnType<typeof parseLogindSession>) => {
      expect(Number.isSafeInteger(read?.pid ?? 0)).toBe(true);
      expect(Number.isSafeInteger(read?.loginSeconds ?? 0)).toBe(true);
    },
  },
  { name: "parseCounter", samples: ["4096"], decode: (text) => parseCounter(text) || 0 },
  {
    name: "parsePasswd",
    samples: kernelFile("/etc/passwd"),
    decode: (text) => parsePasswd(text),
    check: (read: ReturnType<typeof parsePasswd>) => {
      for (const { id, gid } of read) inRange(id + (gid ?? 0), 0, 2e10);
    },
  },
  {
    name: "parseOsRelease",
    samples: kernelFile("/etc/os-release"),
    decode: (text) => parseOsRelease(text),
  },
  {
    name: "parseJournal",
    samples: [
      "Nov 24 09:13:07 anna sshd[71]: closed\n continued\n-- Boot 1f --\nNov 24 x\n-- cursor: s=1;i=2\n",
    ],
    decode: (text) => parseJournal(text),
  },
  {
    name: "cleanLine",
    samples: ["Nov 24 09:13:07 anna sshd[71]: \u001b[31mclosed\u202e"],
    decode: (text) => cleanLine(text),
    mostUnits: 512,
  },
  {
    name: "parseStatfsAnswer",
    samples: [
      '{"ok":true,"size":{"totalBytes":100,"freeBytes":40}}\n',
      '{"ok":false,"code":"EIO"}',
    ],
    decode: (text) => parseStatfsAnswer(text),
  },
];

const PROTOCOL: readonly Decoder[] = [
  {
    name: "decodeReportV1",
    samples: V1,
    decode: (text) => decodeReportV1(bytesOf(text).toString("latin1")),
    check: (read: ReturnType<typeof decodeReportV1>) => {
      if (!read.ok) return;
      const { report, wallSeconds } = read.value;
      // Nothing is lost when the report is passed on as JSON or stored.
      expect(parseReport(JSON.parse(JSON.stringify(report)))).toEqual({ ok: true, value: report });
      const again = decodeReportV1(encodeReportV1(report, { wallSeconds }));
      expect(again.ok && again.value.report.name).toBe(report.name.replace(/^\{/, "("));
    },
  },
  {
    name: "parseCpuTime",
    samples: ["00:01:02", "1-02:03:04", "01:02"],
    decode: (text) => parseCpuTime(text),
    check: (read: number | undefined) => {
      if (read !== undefined)
        expect(parseCpuTime(formatCpuTime(read))).toBe(Math.min(read, 8.64e9 - 1));
    },
  },
  {
    name: "parseLoginAge",
    samples: ["3d4h", "2h10m", "5m"],
    decode: (text) => parseLoginAge(text),
    check: (read: number | undefined) => {
      const again = read === undefined ? undefined : parseLoginAge(formatLoginAge(read));
      if (read !== undefined && read < 8.64e9) inRange(again, read - 3600, read);
    },
  },
  {
    name: "readRingQuestion",
    samples: ["Ej9sQ0aB", "________"],
    decode: (text) => readRingQuestion(bytesOf(text)),
    check: (read: ReturnType<typeof readRingQuestion>) => inRange(read?.number, 0, 2 ** 48 - 1),
  },
  {
    name: "readRingAnswer",
    samples: ["Ej9sQ0aBc4d07a96", "Ej9sQ0aBc"],
    decode: (text) => readRingAnswer(bytesOf(text)),
    check: (read: ReturnType<typeof readRingAnswer>) => {
      inRange(read?.number, 0, 2 ** 48 - 1);
      inRange(read?.incarnationStart.length, 1, 8);
    },
  },
  {
    name: "canonicalAddress",
    samples: RANGES,
    decode: (text) => canonicalAddress(text),
    check: (read: string | undefined, text) => {
      if (read === undefined) return;
      expect(canonicalAddress(read)).toBe(read);
      // The two parsers of addresses agree.
      const value = parseAddress(text);
      expect(value === undefined ? undefined : formatAddress(value)).toBe(read);
    },
    mostUnits: 45,
  },
  {
    name: "cleanText",
    samples: ["a\u0000b\u202ec\ud800d"],
    decode: (text) => cleanText(text),
    check: (read: string, text) => {
      expect(read.length).toBeLessThanOrEqual(text.length);
      expect(read.isWellFormed()).toBe(true);
      expect(cleanText(read)).toBe(read);
    },
  },
];

const CONFIG: readonly Decoder[] = [
  {
    name: "parseConfigFile",
    // Values are only read here; load-config refuses those out of range.
    maySigned: true,
    samples: TOML,
    decode: (text) => parseConfigFile(text, "/etc/unagi/unagi.toml"),
    check: (read: ReturnType<typeof parseConfigFile>) => oneLineEach(read.problems),
    // The problems name each unknown key with the path of the file.
    mostUnits: 4_000_000,
  },
  {
    name: "parseArguments",
    samples: [
      "-s 192.168.1. -n lan -u 600 -dd --name=atlas -H 144",
      "--key-file /etc/unagi/key --tag gpu -- rest",
      "-h -d -u -5 --help --nmae x",
    ],
    decode: (text) => parseArguments(text.split(" ")),
    check: (read: ReturnType<typeof parseArguments>) => oneLineEach(read.problems),
    mostUnits: 4_000_000,
  },
  {
    name: "parseRange",
    samples: RANGES,
    decode: (text) => {
      const [allow, scan] = [parseRange(text, "allow"), parseRange(text, "scan")];
      if (scan.ok) {
        // A range that may be scanned may also be allowed, and is never too large.
        expect(allow.ok).toBe(true);
        expect(rangeSize(scan.value)).toBeLessThanOrEqual(BigInt(SCAN_LIMIT));
      }
      for (const read of [allow, scan]) if (!read.ok) oneLineEach([read.reason]);
      return undefined;
    },
  },
  {
    name: "parseAddress",
    samples: RANGES,
    decode: (text) => {
      const value = parseAddress(text);
      return value === undefined ? undefined : formatAddress(value);
    },
    check: (read: string | undefined, text) => expect(read).toBe(canonicalAddress(text)),
    mostUnits: 45,
  },
  {
    name: "parseIpv4Number",
    samples: ["192.168.1.7", "255.255.255.255"],
    decode: (text) => parseIpv4Number(text),
    check: (read: number | undefined) => inRange(read, 0, 2 ** 32 - 1),
  },
  {
    name: "parseCidr",
    samples: ["10.1.0.0/22", "fd00::/64", "::ffff:10.0.0.0/120", "0.0.0.0/0"],
    decode: (text) => {
      const read = parseCidr(text);
      if (read !== undefined) expect(read.first <= read.last && read.last < 1n << 128n).toBe(true);
      return undefined;
    },
  },
  {
    name: "parseArp",
    samples: [
      "IP address       HW type     Flags       HW address            Mask     Device\n" +
        "192.168.1.1      0x1         0x2         52:54:00:12:34:56     *        eth0\n",
    ],
    decode: (text) => parseArp(text),
  },
  {
    name: "readKeygenArguments",
    samples: ["/etc/unagi/key", "-- -odd", "--help", "a b"],
    decode: (text) => readKeygenArguments(text.split(" ")),
    mostUnits: 6000,
  },
];

const RUNTIME: readonly Decoder[] = [
  {
    name: "parseKey",
    samples: [formatKey(Buffer.alloc(32, 7)), "unagi-key-2:xyz\n"],
    decode: (text) => parseKey(text),
    check: (read: ReturnType<typeof parseKey>, text) => {
      if (read.ok)
        expect(formatKey(read.value)).toBe(text.replace(/\r?\n$/, "\n").replace(/\n?$/, "\n"));
      else expect(read.reason.length).toBeLessThan(100);
    },
    mostUnits: 500,
  },
  {
    name: "parseMachineId",
    samples: ["0123456789abcdef0123456789ABCDEF\n", "uninitialized\n"],
    decode: (text) => parseMachineId(text),
    check: (read: string | undefined) => expect(read ?? "0".repeat(32)).toMatch(/^[0-9a-f]{32}$/),
  },
  {
    name: "createServiceManager",
    samples: ["/run/systemd/notify 30000000 1", "@abstract 1 x", "relative 0 "],
    decode: (text) => {
      const [path, usec, pid] = text.split(" ");
      const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: usec, WATCHDOG_PID: pid };
      // Without a C library, nothing is sent to the service manager.
      return createServiceManager(env, { library: "none.so", pid: 1 }).watchdogIntervalMs ?? null;
    },
  },
  {
    name: "canonicalSource",
    samples: ["::ffff:10.0.0.7", "fe80::1%eth0", "10.0.0.7"],
    decode: (text) => canonicalSource(text),
  },
  {
    name: "parseLockHolder",
    samples: ["1: POSIX  ADVISORY  WRITE 7997 fe:00:2154532 1073741824 1073742335\n"],
    decode: (text) => parseLockHolder(text, 2_154_532),
  },
  {
    name: "parseOpenFilesLimit",
    samples: kernelFile("/proc/self/limits"),
    decode: (text) => parseOpenFilesLimit(text) ?? null,
    check: (read: number | null) => expect(Number.isNaN(read ?? 0)).toBe(false),
    maySigned: true,
  },
];

const HTTP: readonly Decoder[] = [
  {
    name: "parseResolvConf",
    samples: [
      "# made by systemd-resolved\nnameserver 192.168.1.1\nsearch lab.example.org example.org\n",
    ],
    decode: (text) => parseResolvConf(text),
    check: (read: readonly string[]) => inRange(read.length, 0, 32),
  },
  {
    name: "isAllowedHost",
    samples: ["localhost:8000", "[fd00::7]:8000", "192.168.1.7", "lab.example."],
    decode: (text) => isAllowedHost(text, new Set(["localhost"])),
    check: (read: boolean, text) => {
      const isOurs = /^(localhost\.?|\[?[0-9a-f:.]+\]?)(:\d{1,5})?$/i.test(text.trim());
      if (!isOurs) expect(read).toBe(false);
    },
  },
  {
    name: "parsePageQuery",
    samples: QUERIES,
    decode: (text) => parsePageQuery(query(text), clock),
    check: (read: ReturnType<typeof parsePageQuery>) => {
      oneLineEach(read.notices);
      inRange(read.atWallMs, Number.NEGATIVE_INFINITY, NOW_MS);
      inRange(read.page, 1, 999_999);
      for (const value of Object.values(read.raw)) inRange(value.length, 0, 200);
    },
    maySigned: true,
    mostUnits: 20_000,
  },
  {
    name: "readFresh",
    samples: QUERIES,
    decode: (text) => readFresh(query(text)),
    check: (read: number | undefined) => inRange(read, 0, 999_999.999),
  },
  { name: "readClusterQuery", samples: QUERIES, decode: (text) => readClusterQuery(query(text)) },
  {
    name: "readEventQuery",
    samples: QUERIES,
    decode: (text) => readEventQuery(query(text), text),
  },
  { name: "readMachineQuery", samples: QUERIES, decode: (text) => readMachineQuery(query(text)) },
  {
    name: "readEntryQuery",
    samples: QUERIES,
    decode: (text) => readEntryQuery(query(text), clock),
    check: (read: ReturnType<typeof readEntryQuery>) => {
      if ("limit" in read) inRange(read.limit, 1, 1000);
    },
    maySigned: true,
  },
  {
    name: "parseClusterJson",
    samples: [CLUSTER],
    decode: (text) => parseClusterJson(text),
    maySigned: true,
  },
  {
    name: "parseCluster",
    samples: [CLUSTER],
    decode: (text) => parseCluster(text),
    maySigned: true,
  },
  {
    name: "readOutcome",
    samples: [
      '{"forgotten":{"name":"anna","address":"10.0.0.2"}}',
      '{"error":"x","choices":[{"id":"a","address":"b","state":"down"}]}',
    ],
    decode: (text) =>
      [200, 300, 403, 404, 409, 500].map((status) =>
        readOutcome({ kind: "text", status, text }, { machine: "anna", port: 8000 }),
      ),
    mostUnits: 40_000,
  },
  {
    name: "cellAt",
    samples: ["M107 11h3m4 0h1", "M0 11h144"],
    decode: (text) =>
      cellAt(
        [
          ["cpu-idle", text],
          ["disk-heavy", text],
          ["no-data", "M0 0h1"],
        ],
        108,
      ),
    check: (read: ReturnType<typeof cellAt>) => inRange(read.cpuLevel, 0, 4),
  },
];

const STORE: readonly Decoder[] = [
  {
    name: "unpackJson",
    samples: [{ name: "anna" }, [1, 2], { a: "x".repeat(2000) }].map((value) =>
      Buffer.from(packJson(value)).toString("latin1"),
    ),
    decode: (text) => unpackJson(bytesOf(text)),
    mostUnits: 200_000,
    maySigned: true,
  },
];

export const DECODERS: readonly Decoder[] = [
  ...[...PROTOCOL, ...COLLECTORS, ...CONFIG, ...RUNTIME, ...HTTP, ...STORE],
];

/** A message for the user stays on one line and has no control characters. */
function oneLineEach(texts: readonly string[]): void {
  for (const text of texts) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
}
