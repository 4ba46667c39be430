/** What is accepted of a report from another machine, and how a report is made to fit into a packet. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fitReport } from "../../src/protocol/fit-report.ts";
import type { Report } from "../../src/protocol/report.ts";
import { parseReport } from "../../src/protocol/report-json.ts";
import { wildReport } from "./arbitraries.ts";

const GIB = 2 ** 30;

/** A report with every possible field. */
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
  temperatures: [
    { sensor: "coretemp", label: "Package id 0", celsius: 71.5, highCelsius: 80 },
    { sensor: "drivetemp", celsius: -5 },
  ],
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

/** Parses JSON as from the network, so that `1e999` and `"__proto__"` are what JSON makes of them. */
const parseText = (json: string): Report => parse(JSON.parse(json));

test("a full report is accepted as it is", () => {
  expect(parse(structuredClone(FULL))).toEqual(FULL);
  expect(parseText(JSON.stringify(FULL))).toEqual(FULL);
});

test("a report that is valid throughout is not copied", () => {
  const value: unknown = JSON.parse(JSON.stringify(FULL));
  expect(parse(value)).toBe(value as Report);
});

test("unknown keys are left out at any depth and all else is kept", () => {
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

test("a report needs nothing but a name", () => {
  expect(parse({ name: "anna" })).toEqual({ name: "anna" });
});

describe("a value without a usable name is no report:", () => {
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

/** Titles, reports with one field, and what is left of them. */
const FIELDS: readonly (readonly [string, string, unknown])[] = [
  ["an unknown field is left out", '{"future":1}', {}],
  ["a known field of the wrong kind is left out", '{"cpu":7,"load":[],"users":{},"tags":"x"}', {}],
  ["null counts as missing", '{"cpu":null,"users":null,"uptimeSeconds":null}', {}],
  ["a number in quotes is left out", '{"uptimeSeconds":"7"}', {}],
  [
    "an infinite number is left out",
    '{"uptimeSeconds":1e999,"disk":{"readBytesPerSecond":-1e999}}',
    {},
  ],
  [
    "a negative number is left out",
    '{"uptimeSeconds":-1,"load":{"one":-0.1,"five":1}}',
    { load: { five: 1 } },
  ],
  ["minus zero is zero", '{"uptimeSeconds":-0,"userCount":-0}', { uptimeSeconds: 0, userCount: 0 }],
  ["a port above 65535 is left out", '{"httpPort":65536}', {}],
  ["port 0 is left out", '{"httpPort":0}', {}],
  [
    "a count with a fraction is left out",
    '{"userCount":1.5,"processCount":3}',
    { processCount: 3 },
  ],
  [
    "a percentage a little over 100 is read as 100",
    '{"cpu":{"userPercent":100.4}}',
    { cpu: { userPercent: 100 } },
  ],
  [
    "a percentage far over 100 is left out",
    '{"cpu":{"userPercent":130,"idlePercent":1}}',
    { cpu: { idlePercent: 1 } },
  ],
  [
    "a process may use more than one core",
    '{"processes":[{"user":"u","command":"c","cpuPercent":25600}]}',
    { processes: [{ user: "u", command: "c", cpuPercent: 25600 }] },
  ],
  [
    "a process that uses more cores than any machine has loses that figure",
    '{"processes":[{"user":"u","command":"c","cpuPercent":1e9}]}',
    { processes: [{ user: "u", command: "c" }] },
  ],
  [
    "one invalid core drops the figures of all cores",
    '{"cpu":{"userPercent":1,"cores":[1,null,3]}}',
    { cpu: { userPercent: 1 } },
  ],
  ["a section without a valid field is left out", '{"cpu":{"userPercent":"x"},"host":{}}', {}],
  [
    "an item without its name is skipped",
    '{"users":[{"terminal":"tty1"},{"name":"anna"},7,null,[]]}',
    { users: [{ name: "anna" }] },
  ],
  [
    "a process without a user or a command is skipped",
    '{"processes":[{"user":"u"},{"command":"c"},{"user":"u","command":"c"}]}',
    { processes: [{ user: "u", command: "c" }] },
  ],
  [
    "a file system without its mount point is skipped",
    '{"filesystems":[{"type":"ext4"},{"mount":"/"}]}',
    { filesystems: [{ mount: "/" }] },
  ],
  ["a list without a valid item is empty, not unknown", '{"users":[7]}', { users: [] }],
  [
    "keys that name prototypes are ignored",
    '{"__proto__":{"version":"x"},"constructor":{"prototype":{"version":"x"}}}',
    {},
  ],
  [
    "keys that name prototypes are ignored in sections too",
    '{"cpu":{"__proto__":{"userPercent":7}},"tags":["__proto__"]}',
    { tags: ["__proto__"] },
  ],
  [
    "terminal escapes are removed from text",
    '{"messages":["\\u001b[2Ja\\u0007\\r\\nb\\u009bc\\u007f"]}',
    { messages: [" [2Ja   b c "] },
  ],
  [
    "characters that change the direction of text are removed",
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
  ["HTML stays text", '{"messages":["<script>"]}', { messages: ["<script>"] }],
];

describe("in a report from another machine,", () => {
  for (const [name, json, expected] of FIELDS) {
    test(name, () => {
      const report = parseText(json.replace("{", '{"name":"m",'));
      expect(report).toEqual({ name: "m", ...(expected as Partial<Report>) });
      expect((report as Partial<Report>).version).toBeUndefined();
    });
  }

  test("lists are cut to their limits", () => {
    const many = <T>(item: T): readonly T[] => Array(10_000).fill(item);
    const report = parse({
      name: "m",
      tags: many("t"),
      users: many({ name: "u" }),
      processes: many({ user: "u", command: "c" }),
      messages: many("x"),
      filesystems: many({ mount: "/" }),
      network: { interfaces: many({ name: "eth0" }) },
      temperatures: many({ sensor: "nvme", celsius: 40 }),
      problems: many({ subject: "s", reason: "r" }),
    });
    expect(report.tags?.length).toBe(16);
    expect(report.users?.length).toBe(10);
    expect(report.processes?.length).toBe(10);
    expect(report.messages?.length).toBe(5);
    expect(report.filesystems?.length).toBe(64);
    expect(report.network?.interfaces?.length).toBe(64);
    expect(report.temperatures?.length).toBe(8);
    expect(report.problems?.length).toBe(32);
  });

  test("up to 4,096 cores are kept, and none if there are more", () => {
    expect(parse({ name: "m", cpu: { cores: Array(4096).fill(1) } }).cpu?.cores?.length).toBe(4096);
    expect(parse({ name: "m", cpu: { cores: Array(4097).fill(1) } }).cpu).toBeUndefined();
  });

  test("text is shortened, but never in the middle of a character", () => {
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

  test("what was accepted is accepted again unchanged, for any JSON", () => {
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

describe("a report that must fit into a packet", () => {
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

  test("is left alone if it fits", () => {
    expect(fitReport(big, bytes(big))).toBe(big);
  });

  test("has its messages shortened before any is lost", () => {
    const fitted = fitReport(big, bytes(big) - 1);
    expect(fitted.messages?.map((message) => message.length)).toEqual([120, 120, 120, 120, 120]);
    expect({ ...fitted, messages: [] }).toEqual({ ...big, messages: [] });
  });

  test("loses its oldest messages first, and no more than it must", () => {
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

  test("is not changed itself", () => {
    const before = structuredClone(big);
    fitReport(big, 500);
    expect(big).toEqual(before);
  });

  test("fits into any room of 1,000 bytes or more, whatever is in it", () => {
    fc.assert(
      fc.property(wildReport, fc.integer({ min: 1000, max: 8000 }), (report, room) => {
        expect(bytes(fitReport({ ...report, name: "m" }, room))).toBeLessThanOrEqual(room);
      }),
      { numRuns: 200 },
    );
  });
});
