/** What is taken from a report that somebody else wrote, and how a report is made to fit. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fitReport } from "../../src/protocol/fit-report.ts";
import type { Report } from "../../src/protocol/report.ts";
import { parseReport } from "../../src/protocol/report-json.ts";
import { wildReport } from "./arbitraries.ts";

const GIB = 2 ** 30;

/** Every field that there is. */
const FULL: Required<Report> = {
  name: "anna",
  version: "0.1.0",
  httpPort: 8000,
  tags: ["lab", "gpu"],
  updateSeconds: 600,
  averageSeconds: 599.8,
  uptimeSeconds: 93_784.12,
  host: { cores: 4, model: "A CPU @ 3 GHz", kernel: "6.1.0", os: "Debian GNU/Linux 12" },
  cpu: {
    userPercent: 11.2,
    nicePercent: 0.1,
    systemPercent: 2.4,
    iowaitPercent: 3,
    stealPercent: 0,
    idlePercent: 83.3,
    cores: [1, 99.5, 0, 100],
  },
  load: { one: 0.15, five: 12.34, fifteen: 0, running: 2, tasks: 412 },
  memory: {
    totalBytes: 8 * GIB,
    availableBytes: 4 * GIB,
    usedBytes: 3 * GIB,
    activeBytes: 2 * GIB,
    inactiveBytes: GIB,
    buffersCachedBytes: 4 * GIB,
    swapTotalBytes: GIB,
    swapUsedBytes: 0,
    usedPercent: 41,
    activePercent: 30,
    inactivePercent: 13,
    swapUsedPercentOfMemory: 150,
  },
  pressure: {
    cpuSomePercent: 1.5,
    memorySomePercent: 0,
    memoryFullPercent: 0,
    ioSomePercent: 2.25,
    ioFullPercent: 1,
  },
  swap: {
    inBytesPerSecond: 0,
    outBytesPerSecond: 4096,
    inPercentOfMemoryPerMinute: 1,
    outPercentOfMemoryPerMinute: 120,
  },
  disk: { readBytesPerSecond: 1e6, writeBytesPerSecond: 123.5 },
  filesystems: [{ mount: "/", type: "ext4", totalBytes: 1e12, freeBytes: 5e11 }, { mount: "/mnt" }],
  network: {
    receiveBytesPerSecond: 1e5,
    transmitBytesPerSecond: 2e5,
    interfaces: [
      {
        name: "eth0",
        receiveBytesPerSecond: 1e5,
        transmitBytesPerSecond: 2e5,
        errors: 0,
        drops: 1,
      },
    ],
  },
  users: [
    {
      name: "anna",
      terminal: "pts/0",
      from: "10.0.0.7",
      loginAgeSeconds: 7800,
      idleSeconds: 3,
      command: "vim",
    },
    { name: "ben" },
  ],
  userCount: 2,
  processes: [
    {
      pid: 4711,
      user: "anna",
      cpuPercent: 3100,
      memoryPercent: 1.2,
      state: "R",
      cpuSeconds: 93_784.5,
      command: "octave-cli",
    },
    { user: "root", command: "[kworker/0:1]" },
  ],
  processCount: 300,
  messages: ["May  1 12:00:00 anna kernel: link up"],
  messageCount: 7,
  problems: [
    { subject: "messages", reason: "permission denied", remedy: "add the user to group adm" },
    { subject: "users", reason: "no utmp" },
  ],
};

const parse = (value: unknown): Report => {
  const result = parseReport(value);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};

/** `json` as it would come from the network, so `1e999` and `"__proto__"` are what JSON makes of them. */
const parseText = (json: string): Report => parse(JSON.parse(json));

test("a full report is taken as it is", () => {
  expect(parse(structuredClone(FULL))).toEqual(FULL);
  expect(parseText(JSON.stringify(FULL))).toEqual(FULL);
});

test("a report that is good in all is not copied", () => {
  const value: unknown = JSON.parse(JSON.stringify(FULL));
  expect(parse(value)).toBe(value as Report);
});

test("what nobody checks is left out wherever it lies, and the rest is kept", () => {
  const unchecked = { secret: "x", ["__proto__"]: { secret: "x" } };
  const add = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(add);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, field]) => [key, add(field)]);
    return Object.fromEntries([...entries, ...Object.entries(unchecked)]);
  };
  const report = parse(add(FULL));
  expect(report).toEqual(FULL);
  expect(JSON.stringify(report)).not.toContain("secret");
});

test("a name is all that a report needs", () => {
  expect(parse({ name: "anna" })).toEqual({ name: "anna" });
});

describe("there is no report in", () => {
  const nothing: readonly unknown[] = [
    undefined,
    null,
    0,
    "anna",
    true,
    [],
    [{ name: "anna" }],
    {},
    { name: "" },
    { name: " \t\n" },
    { name: "\u0000\u001b" },
    { name: 7 },
    { name: ["anna"] },
    { name: null },
    { Name: "anna" },
  ];
  for (const value of nothing) {
    test(`${JSON.stringify(value)}`, () => {
      expect(parseReport(value)).toEqual({ ok: false, reason: "a report needs a name" });
    });
  }
});

/** A report with one field, and what is left of it. */
const FIELDS: readonly (readonly [string, string, unknown])[] = [
  ["an unknown field is left out", '{"future":1}', {}],
  ["a known field of the wrong kind is left out", '{"cpu":7,"load":[],"users":{},"tags":"x"}', {}],
  ["null is not there", '{"cpu":null,"users":null,"uptimeSeconds":null}', {}],
  ["a number as text is none", '{"uptimeSeconds":"7"}', {}],
  ["infinity is no number", '{"uptimeSeconds":1e999,"disk":{"readBytesPerSecond":-1e999}}', {}],
  [
    "a negative number is left out",
    '{"uptimeSeconds":-1,"load":{"one":-0.1,"five":1}}',
    { load: { five: 1 } },
  ],
  ["minus zero is zero", '{"uptimeSeconds":-0,"userCount":-0}', { uptimeSeconds: 0, userCount: 0 }],
  ["a port is from 1 to 65535", '{"httpPort":65536}', {}],
  ["port 0 is none", '{"httpPort":0}', {}],
  ["a count is whole", '{"userCount":1.5,"processCount":3}', { processCount: 3 }],
  [
    "a percentage a little over 100 is 100",
    '{"cpu":{"userPercent":100.4}}',
    { cpu: { userPercent: 100 } },
  ],
  [
    "a percentage far over 100 is none",
    '{"cpu":{"userPercent":130,"idlePercent":1}}',
    { cpu: { idlePercent: 1 } },
  ],
  [
    "a process may use many cores",
    '{"processes":[{"user":"u","command":"c","cpuPercent":25600}]}',
    { processes: [{ user: "u", command: "c", cpuPercent: 25600 }] },
  ],
  [
    "no process uses more cores than there are",
    '{"processes":[{"user":"u","command":"c","cpuPercent":1e9}]}',
    { processes: [{ user: "u", command: "c" }] },
  ],
  [
    "one bad core makes all per-core figures worthless",
    '{"cpu":{"userPercent":1,"cores":[1,null,3]}}',
    { cpu: { userPercent: 1 } },
  ],
  ["a section without a good field is left out", '{"cpu":{"userPercent":"x"},"host":{}}', {}],
  [
    "an item without its name is skipped",
    '{"users":[{"terminal":"tty1"},{"name":"anna"},7,null,[]]}',
    { users: [{ name: "anna" }] },
  ],
  [
    "a process needs user and command",
    '{"processes":[{"user":"u"},{"command":"c"},{"user":"u","command":"c"}]}',
    { processes: [{ user: "u", command: "c" }] },
  ],
  [
    "a file system needs its mount",
    '{"filesystems":[{"type":"ext4"},{"mount":"/"}]}',
    { filesystems: [{ mount: "/" }] },
  ],
  ["a list of nothing good is empty, not unknown", '{"users":[7]}', { users: [] }],
  [
    "prototypes are not to be had",
    '{"__proto__":{"version":"x"},"constructor":{"prototype":{"version":"x"}}}',
    {},
  ],
  [
    "nor in sections",
    '{"cpu":{"__proto__":{"userPercent":7}},"tags":["__proto__"]}',
    { tags: ["__proto__"] },
  ],
  [
    "a terminal's escapes are taken out of text",
    '{"messages":["\\u001b[2Ja\\u0007\\r\\nb\\u009bc\\u007f"]}',
    { messages: [" [2Ja   b c "] },
  ],
  [
    "text cannot change its direction",
    '{"host":{"os":"a\\u202eb\\u2066c\\u2028d"}}',
    { host: { os: "a b c d" } },
  ],
  [
    "a lone surrogate is replaced",
    '{"host":{"os":"a\\ud800b\\udc00"}}',
    { host: { os: "a\ufffdb\ufffd" } },
  ],
  [
    "a pair of surrogates is one character",
    '{"host":{"os":"\\ud83d\\ude00"}}',
    { host: { os: "😀" } },
  ],
  ["HTML is text", '{"messages":["<script>"]}', { messages: ["<script>"] }],
];

describe("of an untrusted report", () => {
  for (const [name, json, expected] of FIELDS) {
    test(name, () => {
      const report = parseText(json.replace("{", '{"name":"m",'));
      expect(report).toEqual({ name: "m", ...(expected as Partial<Report>) });
      expect((report as Partial<Report>).version).toBeUndefined();
    });
  }

  test("lists are cut", () => {
    const many = <T>(item: T): readonly T[] => Array(10_000).fill(item);
    const report = parse({
      name: "m",
      tags: many("t"),
      users: many({ name: "u" }),
      processes: many({ user: "u", command: "c" }),
      messages: many("x"),
      filesystems: many({ mount: "/" }),
      network: { interfaces: many({ name: "eth0" }) },
      problems: many({ subject: "s", reason: "r" }),
    });
    expect(report.tags?.length).toBe(16);
    expect(report.users?.length).toBe(10);
    expect(report.processes?.length).toBe(10);
    expect(report.messages?.length).toBe(5);
    expect(report.filesystems?.length).toBe(64);
    expect(report.network?.interfaces?.length).toBe(64);
    expect(report.problems?.length).toBe(32);
  });

  test("up to 4,096 cores are kept, and none of more", () => {
    expect(parse({ name: "m", cpu: { cores: Array(4096).fill(1) } }).cpu?.cores?.length).toBe(4096);
    expect(parse({ name: "m", cpu: { cores: Array(4097).fill(1) } }).cpu).toBeUndefined();
  });

  test("text is clamped, and never in the middle of a character", () => {
    const text = `x${"😀".repeat(5000)}`;
    const report = parse({
      name: text,
      version: text,
      host: { model: text },
      messages: [text],
      problems: [{ subject: text, reason: text, remedy: text }],
      filesystems: [{ mount: text }],
      processes: [{ user: text, command: text, state: text }],
    });
    expect(report.name.length).toBe(127);
    expect(report.version?.length).toBe(63);
    expect(report.host?.model?.length).toBe(127);
    expect(report.messages?.[0]?.length).toBe(1023);
    expect(report.problems?.[0]?.reason.length).toBe(255);
    expect(report.filesystems?.[0]?.mount.length).toBe(255);
    expect(report.processes?.[0]?.state?.length).toBe(7);
    expect(JSON.stringify(report)).not.toContain("\ufffd");
  });

  test("what was taken is taken again unchanged, for any JSON", () => {
    const key = fc.constantFrom(...Object.keys(FULL), "__proto__", "userPercent", "mount", "user");
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(null, true, -1, 0, 1.5, 1e300, "", "x", "\u0000\ud800"),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(key, tie("value"), { maxKeys: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(key, json), (value) => {
        const report = parse({ ...value, name: "m" });
        expect(parse(report)).toEqual(report);
        expect(parseText(JSON.stringify(report))).toEqual(report);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a report that has to fit", () => {
  const bytes = (report: Report): number => Buffer.byteLength(JSON.stringify(report));
  const big: Report = {
    ...FULL,
    cpu: { ...FULL.cpu, cores: Array(256).fill(99.5) },
    messages: Array.from({ length: 5 }, (_, i) => `${i} ${"é".repeat(800)}`),
    processes: Array.from({ length: 10 }, (_, i) => ({
      user: "anna",
      command: `c${i}`.padEnd(60, "x"),
    })),
    users: Array.from({ length: 10 }, (_, i) => ({ name: `u${i}`, from: "x".repeat(100) })),
    network: {
      receiveBytesPerSecond: 1,
      interfaces: Array.from({ length: 20 }, (_, i) => ({ name: `eth${i}`, errors: 0 })),
    },
    filesystems: Array.from({ length: 20 }, (_, i) => ({ mount: `/mnt/${i}`.padEnd(60, "x") })),
  };

  test("is left alone where it does fit", () => {
    expect(fitReport(big, bytes(big))).toBe(big);
  });

  test("has its messages shortened before any is lost", () => {
    const fitted = fitReport(big, bytes(big) - 1);
    expect(fitted.messages?.map((message) => message.length)).toEqual([120, 120, 120, 120, 120]);
    expect({ ...fitted, messages: [] }).toEqual({ ...big, messages: [] });
  });

  test("loses the oldest messages first, and no more than it must", () => {
    const shortened = bytes(fitReport(big, bytes(big) - 1));
    const fitted = fitReport(big, shortened - 300);
    expect(fitted.messages?.map((message) => message[0])).toEqual(["2", "3", "4"]);
    expect(fitted.processes).toEqual(big.processes ?? []);
  });

  test("then loses processes, users, interfaces, file systems, cores, in this order", () => {
    const order: string[] = [];
    for (let room = bytes(big); room > 250; room -= 20) {
      const fitted = fitReport(big, room);
      expect(bytes(fitted)).toBeLessThanOrEqual(room);
      const left: readonly (readonly [string, unknown])[] = [
        ["messages", fitted.messages],
        ["processes", fitted.processes],
        ["users", fitted.users],
        ["interfaces", fitted.network?.interfaces],
        ["filesystems", fitted.filesystems],
        ["cores", fitted.cpu?.cores],
        ["problems", fitted.problems],
        ["tags", fitted.tags],
      ];
      for (const [key, value] of left) {
        if (value === undefined && !order.includes(key)) order.push(key);
      }
    }
    expect(order).toEqual([
      "messages",
      "processes",
      "users",
      "interfaces",
      "filesystems",
      "cores",
      "problems",
      "tags",
    ]);
  });

  test("keeps the counts of what it lost", () => {
    const fitted = fitReport(big, 2500);
    expect(fitted.processes).toBeUndefined();
    expect(fitted).toMatchObject({ processCount: 300, userCount: 2, messageCount: 7 });
  });

  test("is never changed itself", () => {
    const before = structuredClone(big);
    fitReport(big, 500);
    expect(big).toEqual(before);
  });

  test("fits any room from 1,000 bytes on, whatever is in it", () => {
    fc.assert(
      fc.property(wildReport, fc.integer({ min: 1000, max: 8000 }), (report, room) => {
        expect(bytes(fitReport({ ...report, name: "m" }, room))).toBeLessThanOrEqual(room);
      }),
      { numRuns: 200 },
    );
  });
});
