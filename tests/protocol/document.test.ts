import { describe, expect, test } from "bun:test";
import { decodeMessage } from "../../src/protocol/decode.ts";
import type { Message } from "../../src/protocol/message.ts";
import { encodeReportV1Packet } from "../../src/protocol/v1/messages.ts";
import {
  codes,
  decode,
  exchange,
  isRequired,
  jsonPacket,
  latin1,
  packet,
  packetNames,
  reportOf,
  SIGNATURE,
  table,
  valueAt,
} from "./document.ts";
import { encodeMessage } from "./encode-message.ts";
import { Exchange } from "./exchange.ts";
import { brokenRule } from "./strict-reader.ts";

describe("each packet that docs/protocol.md shows", () => {
  const KINDS: Readonly<Record<string, Message["kind"]>> = {
    query: "initial-query",
    list: "address-list",
    request: "request",
    alive: "alive",
    "report-1": "report-v1",
    question: "question",
    answer: "answer",
    "answer-nothing-newer": "answer",
    "answer-live": "answer",
    "answer-full": "answer",
    goodbye: "goodbye",
    hint: "hint",
    forget: "removal-request",
    "ring-question": "ring-question",
    "ring-answer": "ring-answer",
  };

  test("has its kind listed in this test", () => {
    expect(packetNames().sort()).toEqual(Object.keys(KINDS).sort());
  });

  test.each(Object.entries(KINDS))("is read and written with the same bytes (%s)", (name, kind) => {
    const message = decode(packet(name));
    expect(message.kind).toBe(kind);
    expect(encodeMessage(SIGNATURE, message)).toEqual([packet(name)]);
  });

  test.each(["protocol-2", "watching", "protocol-1", "stranger"])(
    'is written with the same bytes in the exchange "%s"',
    (name) => {
      const lines = exchange(name);
      expect(lines.length).toBeGreaterThan(5);
      for (const line of lines) {
        expect(encodeMessage(SIGNATURE, decode(line.packet))).toEqual([line.packet]);
      }
    },
  );

  test("has a sign that the table of signs lists", () => {
    const rows = table("### Signature and sign");
    expect(rows.map(({ sign }) => codes(sign)[0])).toEqual([..."?!>>><<<<<<<#"]);
    const sealed = decodeMessage(Buffer.from("lab#123"), SIGNATURE);
    expect(sealed).toEqual({ ok: false, reason: "sealed" });
  });
});

describe("the addresses of a list and a hint", () => {
  test("are read from the samples in docs/protocol.md", () => {
    const addresses = ["10.0.0.2", "10.0.0.3", "fd00::3"];
    expect(decode(packet("list"))).toEqual({ kind: "address-list", addresses, skipped: 0 });
    expect(decode(packet("hint"))).toEqual({ kind: "hint", addresses: ["10.0.0.2", "fd00::3"] });
  });
});

describe("the protocol-1 report of docs/protocol.md", () => {
  const message = decode(packet("report-1"));
  const [head = "", processes = "", users = "", messages = ""] = latin1(packet("report-1"))
    .slice("lab<".length)
    .split("\n");

  test.each([
    { heading: "#### Line 1: 20 fields", line: head, count: 20, path: "" },
    { heading: "#### Line 2: up to 5 processes", line: processes, count: 6, path: "processes[]." },
    { heading: "#### Line 3: up to 10 users", line: users, count: 3, path: "users[]." },
  ])(
    'has the fields of the table below "$heading", in its order',
    ({ heading, line, count, path }) => {
      const rows = table(heading);
      const [record = ""] = line.split("\t");
      expect(rows.map((row) => row["no."])).toEqual(rows.map((_row, index) => String(index + 1)));
      expect(rows.map((row) => codes(row["sample"])[0] ?? row["sample"])).toEqual(
        record.split(" "),
      );
      expect(rows).toHaveLength(count);
      const read = rows.filter((row) => row["read as"] !== "–");
      expect(read.length).toBeGreaterThanOrEqual(count - 2);
      for (const row of read) {
        const found = valueAt(reportOf(message), path + codes(row["read as"])[0]);
        expect({ row, found }).toEqual({ row, found: JSON.parse(codes(row["value"])[0] ?? "") });
      }
    },
  );

  test("has its time in field 2 and its messages in Latin-1", () => {
    expect(message).toMatchObject({ wallSeconds: 1_784_000_000 });
    expect(reportOf(message)).toMatchObject({ messages: messages.split("\t") });
    expect(messages).toEndWith("3 éléments");
  });

  test("is what the full protocol-2 report is converted to", () => {
    const fullReport = reportOf(decode(packet("answer-full")));
    const encoded = encodeReportV1Packet(SIGNATURE, fullReport, { wallSeconds: 1_784_000_000 });
    expect(latin1(encoded)).toBe(latin1(packet("report-1")));
    expect(brokenRule(encoded, SIGNATURE)).toBeUndefined();
  });

  test.each([
    { why: "3 lines", text: `${head}\n\n` },
    { why: "5 lines", text: `${head}\n\n\n\n` },
    { why: "19 fields", text: `${head.replace(" 000", "")}\n\n\n` },
    { why: "21 fields", text: `${head} 0\n\n\n` },
    { why: "an empty name", text: `${head.replace("alpha", "")}\n\n\n` },
    { why: "a process of 5 fields", text: `${head}\nroot 12.5 0.4 S 00:01:02\n\n` },
    { why: "a user of 4 fields", text: `${head}\n\nuser1 -2h10m octave x\n` },
  ])("is refused with $why", ({ text }) => {
    expect(decodeMessage(Buffer.from(`lab<${text}`, "latin1"), SIGNATURE).ok).toBe(false);
  });

  test.each([
    { why: "a fraction", text: `${head.replace(" 41 ", " 4.1 ")}\n\n\n` },
    { why: "13 digits", text: `${head.replace("93784", "1234567890123")}\n\n\n` },
    { why: "a negative number", text: `${head.replace(" 41 ", " -41 ")}\n\n\n` },
    { why: "a third field of 61", text: `${head.replace(" 60 ", " 61 ")}\n\n\n` },
    { why: "6 processes", text: `${head}\n${repeat("root 1.0 0.4 S 00:01:02 sh", 6)}\n\n` },
    { why: "11 users", text: `${head}\n\n${repeat("user1 -5m ?", 11)}\n` },
    { why: "6 messages", text: `${head}\n\n\n${repeat("hello", 6)}` },
    { why: "over 4,096 bytes", text: `${head}\n\n\n${"x".repeat(4096)}` },
  ])("is accepted with $why", ({ text }) => {
    expect(decodeMessage(Buffer.from(`lab<${text}`, "latin1"), SIGNATURE).ok).toBe(true);
  });

  test("is accepted with an unreadable number in line 2, which is left out", () => {
    const text = `lab<${head}\nroot much 0.4 S 00:01:02 sh\n\n`;
    const [process] = reportOf(decode(Buffer.from(text))).processes ?? [];
    expect(process).toMatchObject({ user: "root", memoryPercent: 0.4 });
    expect(process?.cpuPercent).toBeUndefined();
  });
});

type Fields<Kind> = Exclude<keyof Extract<Message, { kind: Kind }>, "kind">;

/** Each field of a message and its key on the wire. Without one of them the test does not compile. */
const QUESTION_KEYS: Readonly<Record<Fields<"question">, string>> = {
  question: "question",
  id: "id",
  incarnation: "boot",
  sequence: "sequence",
  liveSequence: "liveSequence",
  watching: "watching",
};
const ANSWER_KEYS: Readonly<Record<Fields<"answer">, string>> = {
  answer: "answer",
  id: "id",
  incarnation: "boot",
  sequence: "sequence",
  liveSequence: "liveSequence",
  intervalSeconds: "interval",
  ageSeconds: "age",
  wallMs: "clock",
  you: "you",
  name: "name",
  ring: "ring",
  report: "report",
};
const GOODBYE_KEYS: Readonly<Record<Fields<"goodbye">, string>> = { id: "id", incarnation: "boot" };
const FORGET_KEYS: Readonly<Record<Fields<"removal-request">, string>> = {
  id: "id",
  incarnation: "boot",
};

describe("the keys of protocol 2 in docs/protocol.md", () => {
  const cases = [
    { name: "question", heading: "### Question", keys: QUESTION_KEYS, within: undefined },
    { name: "answer", heading: "### Answer", keys: ANSWER_KEYS, within: undefined },
    { name: "goodbye", heading: "### Goodbye", keys: GOODBYE_KEYS, within: "bye" },
    { name: "forget", heading: "### Forget", keys: FORGET_KEYS, within: "forget" },
  ] as const;

  test.each(cases)("are those of the $name, with the values of its sample", (one) => {
    const rows = table(one.heading);
    expect(rows.map(({ key }) => codes(key)[0])).toEqual(Object.values(one.keys));
    const message: Readonly<Record<string, unknown>> = { ...decode(packet(one.name)) };
    for (const [field, key] of Object.entries<string>(one.keys)) {
      const [sample] = codes(rows.find((row) => codes(row["key"])[0] === key)?.["sample"]);
      const value = sample === undefined ? undefined : JSON.parse(sample);
      expect({ field, value: message[field] }).toEqual({ field, value });
    }
  });

  test.each(cases)("are called required if a $name without them is dropped", (one) => {
    for (const row of table(one.heading)) {
      const [key = ""] = codes(row["key"]);
      const text = latin1(packet(one.name));
      const start = text.indexOf("{");
      const body = JSON.parse(text.slice(start));
      const inner = one.within === undefined ? body : body[one.within];
      const isThere = key in inner;
      delete inner[key];
      const without = Buffer.from(text.slice(0, start) + JSON.stringify(body));
      const isTaken = decodeMessage(without, SIGNATURE).ok;
      expect({ key, isTaken }).toEqual({ key, isTaken: !isRequired(row) });
      expect(isThere || !isRequired(row)).toBe(true);
    }
  });

  test("are all in an answer with nothing newer, except the report", () => {
    const { report, ...rest } = decode(packet("answer")) as Extract<Message, { kind: "answer" }>;
    expect(report).toBeDefined();
    expect(decode(packet("answer-nothing-newer"))).toEqual(rest);
  });

  test("have the stated largest numbers", () => {
    const question = (value: number) =>
      decodeMessage(jsonPacket(">", { question: value, id: "x" }), "lab");
    expect(question(2 ** 53 - 1).ok).toBe(true);
    expect(question(2 ** 53).ok).toBe(false);
    const head = { answer: 1, id: "x", boot: "y", sequence: 0, clock: 0, name: "z", age: 0 };
    const answer = (interval: number) =>
      decodeMessage(jsonPacket("<", { ...head, interval }), "lab");
    expect(answer(31_536_000).ok).toBe(true);
    expect(answer(31_536_001).ok).toBe(false);
    expect(answer(0).ok).toBe(false);
    const withId = (id: string) => decodeMessage(jsonPacket(">", { question: 1, id }), "lab").ok;
    expect(withId("aZ0_-".padEnd(64, "x"))).toBe(true);
    expect(withId("x".repeat(65))).toBe(false);
    expect(withId("10.0.0.1")).toBe(false);
  });
});

describe("the core plays the exchange in docs/protocol.md with", () => {
  const alpha = { id: "6a1f0c52d3e84b97", incarnation: "c4d07a96e1b35f28" };
  const report = { name: "alpha", uptimeSeconds: 5000 };

  test("a protocol-2 peer, up to its goodbye", () => {
    const run = new Exchange(alpha, report);
    const { shown, happened } = run.play(exchange("protocol-2"));
    expect(happened).toEqual(shown);
    expect(run.stateOf("beta")).toBe("up");
    expect(run.sentUntil(664_000)).toEqual([]);
    expect(run.stateOf("beta")).toBe("stopped");
  });

  test("a peer that watches", () => {
    const run = new Exchange(alpha, report);
    const { shown, happened } = run.play(exchange("watching"));
    expect(happened).toEqual(shown);
    // Being watched does not make alpha ask more often.
    expect(run.sentUntil(60_000)).toEqual([]);
  });

  test("a protocol-1 peer", () => {
    const run = new Exchange(alpha, report);
    const { shown, happened } = run.play(exchange("protocol-1"));
    expect(happened).toEqual(shown);
    expect(run.stateOf("gamma")).toBe("up");
    expect(run.sentUntil(60_000)).toEqual([]);
  });

  test("an unknown machine that never answers", () => {
    const run = new Exchange(alpha, report);
    const { shown, happened } = run.play(exchange("stranger"));
    expect(happened).toEqual(shown);
    expect(run.sentUntil(41_000)).toEqual([]);
    expect(run.candidates()).toBe(1);
    expect(run.sentUntil(41_100)).toEqual([]);
    expect(run.candidates()).toBe(0);
  });
});

function repeat(record: string, count: number): string {
  return Array(count).fill(record).join("\t");
}
