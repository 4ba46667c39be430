/** The four lines of protocol 1: what each figure becomes, and what is refused. */
import { describe, expect, test } from "bun:test";
import { decodeMessage } from "../../../src/protocol/decode.ts";
import type { ProcessReport, Report, UserReport } from "../../../src/protocol/report.ts";
import { cpuFiguresV1, type FiguresV1 } from "../../../src/protocol/v1/figures.ts";
import { decodeReportV1, encodeReportV1 } from "../../../src/protocol/v1/report.ts";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

const FULL: Report = {
  name: "anna",
  uptimeSeconds: 93_784.9,
  cpu: { userPercent: 11.2, nicePercent: 1, systemPercent: 2.4, iowaitPercent: 3, idlePercent: 90 },
  load: { one: 0.15, five: 12.34, fifteen: 0 },
  memory: {
    totalBytes: 8 * GIB,
    usedBytes: 3.3 * GIB,
    activeBytes: 2.4 * GIB,
    inactiveBytes: GIB,
    buffersCachedBytes: 4 * GIB,
    swapTotalBytes: 16 * GIB,
    swapUsedBytes: 12 * GIB,
  },
  swap: { inBytesPerSecond: (8 * GIB) / 6000, outBytesPerSecond: (8 * GIB) / 600 },
  disk: { readBytesPerSecond: (20 * MIB) / 60, writeBytesPerSecond: MIB },
  network: { receiveBytesPerSecond: 0.4 * MIB, transmitBytesPerSecond: 100 * MIB },
  users: [
    { name: "anna", terminal: "pts/0", loginAgeSeconds: 7830, command: "octave" },
    { name: "ben", loginAgeSeconds: 273_600 },
  ],
  processes: [
    {
      user: "root",
      cpuPercent: 12.5,
      memoryPercent: 0.44,
      state: "S",
      cpuSeconds: 62.9,
      command: "Xorg",
    },
    {
      user: "anna",
      cpuPercent: 3100,
      memoryPercent: 10.2,
      state: "R",
      cpuSeconds: 93_784,
      command: "web content",
    },
  ],
  messages: ["May  1 12:00:00 anna kernel: link up", "May  1 12:00:05\tanna sshd[71]: closed"],
};

const LINES = [
  "anna 1117620000 60 93784 015 1234 000 41 150 30 12 11 2 87 1 10 20 60 24 6000",
  "root 12.5 0.4 S 00:01:02 Xorg\tanna 3100.0 10.2 R 1-02:03:04 web_content",
  "anna -2h10m octave\tben -3d4h ?",
  "May  1 12:00:00 anna kernel: link up\tMay  1 12:00:05 anna sshd[71]: closed",
];
const TEXT = LINES.join("\n");

const fields = (report: Report): string[] =>
  encodeReportV1(report, { wallSeconds: 1 }).split("\n", 1)[0]?.split(" ") ?? [];
const line = (report: Report, number: number): string | undefined =>
  encodeReportV1(report, { wallSeconds: 1 }).split("\n")[number - 1];
const process = (rest: Partial<ProcessReport>): Report => ({
  name: "m",
  processes: [{ user: "u", command: "c", ...rest }],
});
const user = (rest: Partial<UserReport>): Report => ({
  name: "m",
  users: [{ name: "u", ...rest }],
});

test("a full report is written as the four lines of protocol 1", () => {
  expect(encodeReportV1(FULL, { wallSeconds: 1_117_620_000 })).toBe(TEXT);
});

test("the four lines of protocol 1 are read as percentages, because they do not state the size of memory", () => {
  expect(decodeReportV1(TEXT)).toEqual({
    ok: true,
    value: {
      wallSeconds: 1_117_620_000,
      report: {
        name: "anna",
        uptimeSeconds: 93_784,
        load: { one: 0.15, five: 12.34, fifteen: 0 },
        memory: {
          usedPercent: 41,
          swapUsedPercentOfMemory: 150,
          activePercent: 30,
          inactivePercent: 12,
        },
        cpu: { userPercent: 11, systemPercent: 2, idlePercent: 87 },
        swap: { inPercentOfMemoryPerMinute: 1, outPercentOfMemoryPerMinute: 10 },
        disk: { readBytesPerSecond: (20 * MIB) / 60, writeBytesPerSecond: MIB },
        network: { receiveBytesPerSecond: 0.4 * MIB, transmitBytesPerSecond: 100 * MIB },
        users: [
          { name: "anna", loginAgeSeconds: 7800, command: "octave" },
          { name: "ben", loginAgeSeconds: 273_600 },
        ],
        processes: [
          {
            user: "root",
            cpuPercent: 12.5,
            memoryPercent: 0.4,
            state: "S",
            cpuSeconds: 62,
            command: "Xorg",
          },
          {
            user: "anna",
            cpuPercent: 3100,
            memoryPercent: 10.2,
            state: "R",
            cpuSeconds: 93_784,
            command: "web_content",
          },
        ],
        messages: ["May  1 12:00:00 anna kernel: link up", "May  1 12:00:05 anna sshd[71]: closed"],
      },
    },
  });
});

test("a protocol-1 report that was read is written as the same four lines", () => {
  const decoded = decodeReportV1(TEXT);
  if (!decoded.ok) throw new Error(decoded.reason);
  expect(encodeReportV1(decoded.value.report, decoded.value)).toBe(TEXT);
});

test("a report of nothing but a name is written with zeros for all that is unknown", () => {
  const text = encodeReportV1({ name: "m" }, { wallSeconds: 0 });
  expect(text).toBe("m 0 60 0 000 000 000 0 0 0 0 0 0 0 0 0 0 0 0 0\n\n\n");
  expect(decodeReportV1(text)).toMatchObject({
    ok: true,
    value: { report: { name: "m", users: [], processes: [], messages: [] } },
  });
});

test("zeros for uptime, CPU and memory are read as unknown, not as an idle machine without memory", () => {
  const decoded = decodeReportV1("m 0 60 0 000 000 000 0 0 0 0 0 0 0 0 0 0 0 0 0\n\n\n");
  const keys = decoded.ok ? Object.keys(decoded.value.report) : [];
  expect(keys).not.toContain("uptimeSeconds");
  expect(keys).not.toContain("cpu");
  expect(keys).not.toContain("memory");
});

describe("a load in a protocol-1 report has the digits of /proc/loadavg without the point:", () => {
  const loads: readonly (readonly [number | undefined, string])[] = [
    [undefined, "000"],
    [0, "000"],
    [0.01, "001"],
    [0.05, "005"],
    [0.15, "015"],
    [0.1, "010"],
    [1, "100"],
    [12.34, "1234"],
    [128.5, "12850"],
    [-1, "000"],
    [Number.NaN, "000"],
    [Number.POSITIVE_INFINITY, "999999999999"],
  ];
  for (const [load, digits] of loads) {
    test(`${load} is ${digits}`, () => {
      expect(
        fields(load === undefined ? { name: "m" } : { name: "m", load: { one: load } })[4],
      ).toBe(digits);
    });
  }
});

describe("a login's age in a protocol-1 report:", () => {
  const ages: readonly (readonly [number | undefined, string])[] = [
    [undefined, "-0m"],
    [0, "-0m"],
    [59, "-0m"],
    [300, "-5m"],
    [3599, "-59m"],
    [3600, "-1h0m"],
    [7830, "-2h10m"],
    [86_399, "-23h59m"],
    [86_400, "-1d0h"],
    [273_600, "-3d4h"],
    [-5, "-0m"],
    [Number.NaN, "-0m"],
    [Number.POSITIVE_INFINITY, "-99999d23h"],
  ];
  for (const [seconds, text] of ages) {
    test(`${seconds} s are written ${text}`, () => {
      const written = line(user(seconds === undefined ? {} : { loginAgeSeconds: seconds }), 3);
      expect(written).toBe(`u ${text} ?`);
    });
  }

  const texts: readonly (readonly [string, number | undefined])[] = [
    ["-5m", 300],
    ["-2h10m", 7800],
    ["-3d4h", 273_600],
    ["-3d", 259_200],
    ["-1d2h3m", 93_780],
    ["5m", undefined],
    ["-", undefined],
    ["-?", undefined],
    ["-5", undefined],
    ["-m", undefined],
    ["-5s", undefined],
    ["--5m", undefined],
    ["-5m5h", undefined],
    ["-999999d", undefined],
  ];
  for (const [text, seconds] of texts) {
    test(`${text} is read as ${seconds}`, () => {
      const decoded = decodeReportV1([LINES[0], "", `u ${text} sh`, ""].join("\n"));
      expect(decoded.ok && decoded.value.report.users?.[0]?.loginAgeSeconds).toBe(seconds);
    });
  }
});

describe("CPU time in a protocol-1 report has the form of ps:", () => {
  const times: readonly (readonly [number | undefined, string])[] = [
    [undefined, "00:00:00"],
    [0.9, "00:00:00"],
    [62, "00:01:02"],
    [86_399, "23:59:59"],
    [93_784, "1-02:03:04"],
    [Number.NaN, "00:00:00"],
    [1e300, "99999-23:59:59"],
  ];
  for (const [seconds, text] of times) {
    test(`${seconds} s are written ${text}`, () => {
      const written = line(process(seconds === undefined ? {} : { cpuSeconds: seconds }), 2);
      expect(written).toBe(`u 0.0 0.0 ? ${text} c`);
    });
  }

  const texts: readonly (readonly [string, number | undefined])[] = [
    ["00:01:02", 62],
    ["1-02:03:04", 93_784],
    ["0:05", 5],
    ["600:05", 36_005],
    ["5", undefined],
    ["1:2", undefined],
    ["-00:01:02", undefined],
    ["9999999:00", undefined],
    ["?", undefined],
  ];
  for (const [text, seconds] of texts) {
    test(`${text} is read as ${seconds}`, () => {
      const decoded = decodeReportV1([LINES[0], `u 0.0 0.0 S ${text} sh`, "", ""].join("\n"));
      expect(decoded.ok && decoded.value.report.processes?.[0]?.cpuSeconds).toBe(seconds);
    });
  }
});

describe("a word in a protocol-1 report:", () => {
  const words: readonly (readonly [string, string])[] = [
    ["web content", "web_content"],
    ["a\tb\nc\0d\u007fe", "a_b_c_d_e"],
    ["no\u00a0break\u0085", "no_break_"],
    ["é", "é"],
    ["€😀\ud800", "???"],
    ["", "?"],
    ["x".repeat(100), "x".repeat(64)],
  ];
  for (const [text, word] of words) {
    test(`${JSON.stringify(text.slice(0, 20))} is written as ${word.slice(0, 20)}`, () => {
      expect(line(process({ command: text }), 2)?.split(" ")[5]).toBe(word);
      expect(line(process({ user: text }), 2)?.split(" ")[0]).toBe(word);
      expect(line(user({ command: text }), 3)?.split(" ")[2]).toBe(word);
    });
  }

  test("the name of a machine never looks like JSON", () => {
    expect(fields({ name: "{x}" })[0]).toBe("(x}");
  });

  test("only the first letter of a process state is kept", () => {
    const decoded = decodeReportV1([LINES[0], "u 0 0 Ss+ 0:01 sh", "", ""].join("\n"));
    expect(decoded.ok && decoded.value.report.processes?.[0]?.state).toBe("S");
  });
});

describe("a protocol-1 report that is too long", () => {
  const big: Report = {
    name: "m",
    processes: Array.from({ length: 10 }, (_, i) => ({ user: "u", command: `c${i}` })),
    users: Array.from({ length: 12 }, (_, i) => ({ name: `user${i}`, command: "k".repeat(64) })),
    messages: Array.from({ length: 7 }, (_, i) => `${i} ${"m".repeat(900)}`),
  };
  const at = (maxBytes: number): readonly number[] => {
    const text = encodeReportV1(big, { wallSeconds: 1, maxBytes });
    expect(text.length).toBeLessThanOrEqual(maxBytes);
    expect(decodeReportV1(text).ok).toBe(true);
    return text
      .split("\n")
      .slice(1)
      .map((part) => (part === "" ? 0 : part.split("\t").length));
  };

  test("has at most 5 processes, 10 users and 5 messages in any case", () => {
    expect(at(4096)).toEqual([5, 10, 5]);
  });

  test("loses messages first, then processes, then users", () => {
    expect(at(1500)).toEqual([5, 10, 1]);
    expect(at(1000)).toEqual([5, 10, 0]);
    expect(at(880)).toEqual([3, 10, 0]);
    expect(at(300)).toEqual([0, 3, 0]);
    expect(at(60)).toEqual([0, 0, 0]);
  });

  test("keeps the newest messages, which are the last", () => {
    expect(
      line(big, 4)
        ?.split("\t")
        .map((text) => text[0]),
    ).toEqual(["2", "3", "4", "5", "6"]);
    const cut = encodeReportV1(big, { wallSeconds: 1, maxBytes: 1500 });
    expect(cut.split("\n")[3]).toStartWith("6 mmm");
  });

  test("loses messages of nothing but white space", () => {
    expect(line({ name: "m", messages: ["", " \t", "a", "\0"] }, 4)).toBe("a");
  });
});

describe("a protocol-1 report is refused", () => {
  const [head = "", processes = "", users = "", messages = ""] = LINES;
  const record = "u 0.0 0.0 S 00:00:00 sh";
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["when empty", [""]],
    ["with three lines", [head, processes, users]],
    ["with five lines", [...LINES, ""]],
    ["with 19 fields", [head.replace(" 6000", ""), "", "", ""]],
    ["with 21 fields", [`${head} 0`, "", "", ""]],
    ["with a trailing space", [`${head} `, "", "", ""]],
    ["with two spaces between fields", [head.replace(" ", "  "), "", "", ""]],
    ["without a name", [head.replace("anna", ""), "", "", ""]],
    ["with a process of 5 fields", [head, "u 0.0 0.0 S 00:00:00", "", ""]],
    ["with a process of 7 fields", [head, `${record} -c`, "", ""]],
    ["with an empty process", [head, `${record}\t`, "", ""]],
    ["with a user of 2 fields", [head, "", "u -5m", ""]],
    ["with a user of 4 fields", [head, "", "u -5m vi x", ""]],
    ["with its lines in another order", [processes, head, users, messages]],
  ];
  for (const [name, lines] of cases) {
    test(name, () => {
      expect(decodeReportV1(lines.join("\n")).ok).toBe(false);
    });
  }
});

test("an invalid number in a process of a protocol-1 report costs only that figure", () => {
  const decoded = decodeReportV1([LINES[0], "u nan 1e5 R x sh", "", ""].join("\n"));
  expect(decoded.ok && decoded.value.report.processes).toEqual([
    { user: "u", state: "R", command: "sh" },
  ]);
});

describe("a number in line 1 of a protocol-1 report makes its figure unknown and no other", () => {
  const NUMBERS = ["-24", "-194972100", "93.85", "93e85", "0x37", "9".repeat(13), "٩٣", "", "nan"];
  for (const number of NUMBERS) {
    test(`when it is ${JSON.stringify(number)}`, () => {
      const at = (index: number): Report => {
        const words = (LINES[0] ?? "").split(" ");
        words[index] = number;
        const decoded = decodeReportV1([words.join(" "), ...LINES.slice(1)].join("\n"));
        if (!decoded.ok) throw new Error(decoded.reason);
        return decoded.value.report;
      };
      const whole = decodeReportV1(TEXT);
      const good = whole.ok ? whole.value.report : { name: "" };
      const { uptimeSeconds: _uptime, ...others } = good;
      expect(at(3)).toEqual(others);
      expect(at(13)).toEqual({ ...good, cpu: { userPercent: 11, systemPercent: 2 } });
      expect(at(16)).toEqual({ ...good, disk: { writeBytesPerSecond: MIB } });
      expect(at(18)).toEqual({ ...good, network: { transmitBytesPerSecond: 100 * MIB } });
    });
  }

  test("when it is a percentage that cannot be", () => {
    const head = "m 1 60 1 000 000 000 101 250 100 100 130 0 0 0 0 0 0 0 0";
    expect(decodeReportV1(`${head}\n\n\n`)).toMatchObject({
      value: {
        report: {
          memory: { usedPercent: 100, swapUsedPercentOfMemory: 250 },
          cpu: { systemPercent: 0, idlePercent: 0 },
        },
      },
    });
    expect(decodeReportV1(`${head}\n\n\n`)).not.toHaveProperty("value.report.cpu.userPercent");
  });

  test("when it is the time of the report, which is then taken for 0", () => {
    expect(decodeReportV1(TEXT.replace("1117620000", "-5"))).toMatchObject({
      value: { wallSeconds: 0, report: { name: "anna", uptimeSeconds: 93_784 } },
    });
  });
});

describe("the rates of a protocol-1 report", () => {
  const rates = (unit: string) => {
    const decoded = decodeReportV1(TEXT.replace(" 60 ", ` ${unit} `));
    return decoded.ok && [decoded.value.report.disk, decoded.value.report.swap];
  };

  test("are reckoned with the unit that field 3 names", () => {
    expect(rates("30")).toEqual([
      { readBytesPerSecond: (20 * MIB) / 30, writeBytesPerSecond: 2 * MIB },
      { inPercentOfMemoryPerMinute: 2, outPercentOfMemoryPerMinute: 20 },
    ]);
  });

  for (const unit of ["0", "-60", "x"]) {
    test(`are unknown when that unit is ${unit}`, () => {
      expect(rates(unit)).toEqual([undefined, undefined]);
    });
  }

  const averaged = (averageSeconds: number) => fields({ ...FULL, averageSeconds }).slice(11);

  test("are written as 0 with the CPU when they are averaged over less than 5 s", () => {
    expect(averaged(4.9)).toEqual(Array(9).fill("0"));
    expect(averaged(5)).toEqual(["11", "2", "87", "1", "10", "20", "60", "24", "6000"]);
  });
});

test("a machine that reports every 3 s sends its figures, but for its first report", () => {
  const cpuOf = (averageSeconds: number) =>
    fields({ ...FULL, updateSeconds: 3, averageSeconds }).slice(11, 14);
  expect(cpuOf(0.5)).toEqual(["0", "0", "0"]);
  expect(cpuOf(2.9)).toEqual(["11", "2", "87"]);
});

describe("of more than a protocol-1 report may have", () => {
  const decoded = (...lines: readonly string[]): Report => {
    const read = decodeReportV1([LINES[0], ...lines].join("\n"));
    if (!read.ok) throw new Error(read.reason);
    return read.value.report;
  };

  test("the first 5 processes are read, whatever the sixth looks like", () => {
    const records = Array.from({ length: 5 }, (_, i) => `u 0.0 0.0 S 00:00:00 sh${i}`);
    const { processes = [] } = decoded([...records, "u 0.0 sixth"].join("\t"), "", "");
    expect(processes.map(({ command }) => command)).toEqual(["sh0", "sh1", "sh2", "sh3", "sh4"]);
  });

  test("the first 10 users are read", () => {
    const records = Array.from({ length: 12 }, (_, i) => `u${i} -5m vi`);
    expect(
      decoded("", records.join("\t"), "")
        .users?.map(({ name }) => name)
        .at(-1),
    ).toBe("u9");
  });

  test("the last 5 messages are read, which are the newest", () => {
    expect(decoded("", "", "a\tb\tc\td\te\tf").messages).toEqual(["b", "c", "d", "e", "f"]);
  });
});

describe("a protocol-1 report that was cut", () => {
  const cut = (text: string): Report | string => {
    const decoded = decodeReportV1(text, { isCut: true });
    return decoded.ok ? decoded.value.report : decoded.reason;
  };
  const [head = "", processes = "", users = "", messages = ""] = LINES;

  test("in its messages counts with what is left of the last one", () => {
    expect(cut(`${head}\n${processes}\n${users}\n${messages.slice(0, 45)}`)).toMatchObject({
      users: [{ name: "anna" }, { name: "ben" }],
      messages: ["May  1 12:00:00 anna kernel: link up", "May  1 1"],
    });
  });

  test("in a user counts without that user, and its messages are unknown", () => {
    const report = cut(`${head}\n${processes}\nanna -2h10m octave\tben -3d`);
    expect(report).toMatchObject({ users: [{ name: "anna" }] });
    expect(report).not.toHaveProperty("messages");
  });

  test("in a process counts without that process, and its users are unknown", () => {
    const report = cut(`${head}\n${processes.slice(0, 40)}`);
    expect(report).toMatchObject({ processes: [{ command: "Xorg" }] });
    expect(report).not.toHaveProperty("users");
  });

  test("in line 1 is refused", () => {
    expect(cut(head.slice(0, 40))).toBe("not 20 fields in line 1");
  });

  test("but has a wrong record before its end is refused", () => {
    expect(cut(`${head}\nroot 12.5\n${users}\n`)).toBe("a process without 6 fields");
  });

  test("is one of 4,096 bytes or more, of which the first 4,096 count", () => {
    const start = `lab<${head}\n\n\n`;
    const packet = `${start}${"x".repeat(4096 - start.length - 4)}\tend`;
    const messagesOf = (text: string) => {
      const decoded = decodeMessage(Buffer.from(text, "latin1"), "lab");
      return decoded.ok && "report" in decoded.value && decoded.value.report?.messages?.at(-1);
    };
    expect(messagesOf(packet)).toBe("end");
    expect(messagesOf(`${packet}less`)).toBe("end");
  });
});

describe("the program of 2005 is told", () => {
  const sent = (report: Report, figures?: FiguresV1): string =>
    encodeReportV1(report, { wallSeconds: 1, figures }).split("\n", 1)[0] ?? "";

  test("the figures that it would have computed itself", () => {
    const cpu = { userPercent: 40, systemPercent: 5, idlePercent: 55 };
    const words = sent(FULL, { memoryUsedPercent: 56.9, cpu }).split(" ");
    expect([words[7], ...words.slice(11, 14)]).toEqual(["56", "40", "5", "55"]);
  });

  test("a CPU whose base is without waiting, interrupts and steal, each part rounded down", () => {
    expect(cpuFiguresV1({ userAndNice: 1999, system: 999, idle: 7002 })).toEqual({
      userPercent: 19,
      systemPercent: 9,
      idlePercent: 72,
    });
  });

  test("no CPU when no time has passed or a counter has stepped back", () => {
    expect(cpuFiguresV1({ userAndNice: 0, system: 0, idle: 0 })).toBeUndefined();
    expect(cpuFiguresV1({ userAndNice: -1, system: 0, idle: 5 })).toBeUndefined();
    expect(cpuFiguresV1({ userAndNice: Number.NaN, system: 0, idle: 5 })).toBeUndefined();
  });
});
