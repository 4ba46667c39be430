/** Packets and their messages in both directions, and for what reason a packet is refused. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeMessage } from "../../src/protocol/decode.ts";
import { encodeAnswer, encodeHints } from "../../src/protocol/encode.ts";
import type { DropReason, Message } from "../../src/protocol/message.ts";
import { encodeAddressLists, encodeReportV1Packet } from "../../src/protocol/v1/messages.ts";
import { message, signature, wildReport } from "./arbitraries.ts";
import { encodeMessage } from "./encode-message.ts";
import { brokenRule } from "./strict-reader.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const text = (packet: Uint8Array): string => new TextDecoder().decode(packet);

const HEAD_V1 = "anna 1117620000 60 93784 015 1234 000 41 0 30 12 7 2 91 0 0 60 0 120 0";
const ANSWER =
  '{"answer":7,"id":"a1","boot":"b2","sequence":3,"interval":600,"age":1.5,"clock":1700000000000,"name":"anna"}';

/** Packets of network `lab`, without `lab`, and their messages: exact in both directions. */
const WIRE: readonly (readonly [string, Message])[] = [
  ["?", { kind: "initial-query" }],
  ["!", { kind: "address-list", addresses: [], skipped: 0 }],
  ["!10.0.0.7", { kind: "address-list", addresses: ["10.0.0.7"], skipped: 0 }],
  [
    "!10.0.0.7 2001:db8::7 127.0.0.1",
    { kind: "address-list", addresses: ["10.0.0.7", "2001:db8::7", "127.0.0.1"], skipped: 0 },
  ],
  [">", { kind: "request" }],
  ["<", { kind: "alive" }],
  ['>{"question":0,"id":"a1"}', { kind: "question", question: 0, id: "a1", watching: false }],
  [
    '>{"question":281474976710655,"id":"a1","boot":"b_-2","sequence":9007199254740991,"liveSequence":4,"watching":true}',
    {
      kind: "question",
      question: 2 ** 48 - 1,
      id: "a1",
      incarnation: "b_-2",
      sequence: Number.MAX_SAFE_INTEGER,
      liveSequence: 4,
      watching: true,
    },
  ],
  [
    `<${ANSWER}`,
    {
      kind: "answer",
      answer: 7,
      id: "a1",
      incarnation: "b2",
      sequence: 3,
      intervalSeconds: 600,
      ageSeconds: 1.5,
      wallMs: 1_700_000_000_000,
      name: "anna",
    },
  ],
  [
    '<{"answer":7,"id":"a1","boot":"b2","sequence":3,"liveSequence":9,"interval":600,"age":0,"clock":1,"you":"10.0.0.7","name":"é","report":{"name":"é","load":{"one":0.15}}}',
    {
      kind: "answer",
      answer: 7,
      id: "a1",
      incarnation: "b2",
      sequence: 3,
      liveSequence: 9,
      intervalSeconds: 600,
      ageSeconds: 0,
      wallMs: 1,
      you: "10.0.0.7",
      name: "é",
      report: { name: "é", load: { one: 0.15 } },
    },
  ],
  ['<{"bye":{"id":"a1","boot":"b2"}}', { kind: "goodbye", id: "a1", incarnation: "b2" }],
  [
    '<{"hint":["10.0.0.7","2001:db8::7"]}',
    { kind: "hint", addresses: ["10.0.0.7", "2001:db8::7"] },
  ],
  ['<{"forget":{"id":"a1","boot":"b2"}}', { kind: "removal-request", id: "a1", incarnation: "b2" }],
  ['<{"forget":{"id":"10.0.0.7"}}', { kind: "removal-request", id: "10.0.0.7" }],
  ['<{"forget":{"id":"2001:db8::7"}}', { kind: "removal-request", id: "2001:db8::7" }],
  [
    '<{"answer":7,"id":"a1","boot":"b2","sequence":3,"interval":600,"age":0,"clock":1,"name":"é","ring":true}',
    {
      kind: "answer",
      answer: 7,
      id: "a1",
      incarnation: "b2",
      sequence: 3,
      intervalSeconds: 600,
      ageSeconds: 0,
      wallMs: 1,
      name: "é",
      ring: true,
    },
  ],
  [">AAAAAAAA", { kind: "ring-question", number: 0 }],
  [">AAAAAAAB", { kind: "ring-question", number: 1 }],
  [">________", { kind: "ring-question", number: 2 ** 48 - 1 }],
  [
    "<Ej9sQ0aBc4d07a96",
    { kind: "ring-answer", number: 0x123f6c434681, incarnationStart: "c4d07a96" },
  ],
  ["<AAAAAAABb", { kind: "ring-answer", number: 1, incarnationStart: "b" }],
  ["<AAAAAAAB-_aZ09xy", { kind: "ring-answer", number: 1, incarnationStart: "-_aZ09xy" }],
];

describe("a message on the wire", () => {
  for (const [wire, value] of WIRE) {
    test(`lab${wire.slice(0, 60)} is read as ${value.kind}`, () => {
      expect(decodeMessage(bytes(`lab${wire}`), "lab")).toEqual({ ok: true, value });
    });
    test(`${value.kind} is written as lab${wire.slice(0, 60)}`, () => {
      expect(encodeMessage("lab", value).map(text)).toEqual([`lab${wire}`]);
    });
  }
});

/** Packets that the product reads but never writes. */
const LENIENT: readonly (readonly [string, Message])[] = [
  [
    "!  10.0.0.7   nonsense 010.0.0.1\t10.0.0.8\r\n",
    { kind: "address-list", addresses: ["10.0.0.7", "10.0.0.8"], skipped: 2 },
  ],
  [
    "!::ffff:10.0.0.7 2001:DB8::7 fe80::1%eth0",
    { kind: "address-list", addresses: ["10.0.0.7", "2001:db8::7"], skipped: 1 },
  ],
  ["!lab!10.0.0.7", { kind: "address-list", addresses: [], skipped: 1 }],
  [
    '>{"question":1,"id":"a1","future":{"x":[1]},"watching":"yes","sequence":-1,"boot":"a b"}',
    { kind: "question", question: 1, id: "a1", watching: false },
  ],
  [
    '>{"__proto__":{"watching":true},"constructor":1,"question":1,"id":"a1"}',
    { kind: "question", question: 1, id: "a1", watching: false },
  ],
  [
    '<{"hint":["10.0.0.7",7,null,"x",["10.0.0.8"],"::ffff:10.0.0.9"]}',
    { kind: "hint", addresses: ["10.0.0.7", "10.0.0.9"] },
  ],
  [
    '<{"bye":{"id":"a1","boot":"b2","why":"fun"},"x":1}',
    { kind: "goodbye", id: "a1", incarnation: "b2" },
  ],
  ['<{"hint":[]}', { kind: "hint", addresses: [] }],
  ['<{"forget":{"id":"a1","boot":"b 2","all":true}}', { kind: "removal-request", id: "a1" }],
  ['<{"forget":{"id":"::ffff:10.0.0.7","boot":7}}', { kind: "removal-request", id: "10.0.0.7" }],
];

describe("a message from another version", () => {
  for (const [wire, value] of LENIENT) {
    test(`lab${JSON.stringify(wire).slice(1, 70)} is read as ${value.kind}`, () => {
      expect(decodeMessage(bytes(`lab${wire}`), "lab")).toEqual({ ok: true, value });
    });
  }

  test("is still an answer without a usable `you`", () => {
    const wire = `lab<${ANSWER.replace("}", ',"you":"10.1","liveSequence":1.5}')}`;
    const decoded = decodeMessage(bytes(wire), "lab");
    expect(decoded).toMatchObject({ ok: true, value: { kind: "answer", answer: 7 } });
    expect(decoded.ok && Object.keys(decoded.value)).not.toContain("you");
    expect(decoded.ok && Object.keys(decoded.value)).not.toContain("liveSequence");
  });

  test("loses control characters in an answer's name, which is also shortened", () => {
    const name = `\\u001b[31manna\\ud800${"x".repeat(500)}`;
    const decoded = decodeMessage(bytes(`lab<${ANSWER.replace("anna", name)}`), "lab");
    if (!decoded.ok || decoded.value.kind !== "answer") throw new Error("no answer");
    expect(decoded.value.name).toStartWith("[31manna\ufffdxxx");
    expect(decoded.value.name.length).toBeLessThanOrEqual(128);
  });
});

const without = (key: string): string => {
  const { [key]: _, ...rest } = JSON.parse(ANSWER) as Record<string, unknown>;
  return `lab<${JSON.stringify(rest)}`;
};
const withValue = (key: string, json: string): string =>
  `lab<${ANSWER.replace(new RegExp(`"${key}":[^,}]+`), `"${key}":${json}`)}`;

const REFUSED: readonly (readonly [string | Uint8Array, DropReason])[] = [
  ["", "wrong signature"],
  ["l", "wrong signature"],
  ["lab", "wrong signature"],
  ["la?", "wrong signature"],
  ["LAB?", "wrong signature"],
  ["xlab?", "wrong signature"],
  [" lab?", "wrong signature"],
  // Networks whose signatures begin with `lab`.
  ["lab ?", "wrong signature"],
  ["lab\0?", "wrong signature"],
  ["lablab?", "wrong signature"],
  ["lab-2?", "wrong signature"],
  ["lab#", "sealed"],
  ["lab#\0\x01garbage", "sealed"],
  ["lab? ", "malformed query"],
  ["lab?\n", "malformed query"],
  ["lab?{}", "malformed query"],
  ["lab> ", "malformed question"],
  ["lab>\0", "malformed question"],
  ["lab>lab>", "malformed question"],
  ["lab>{", "malformed question"],
  ["lab>{}", "malformed question"],
  ["lab>[]", "malformed question"],
  ["lab>null", "malformed question"],
  ['lab>{"question":1}', "malformed question"],
  ['lab>{"id":"a1"}', "malformed question"],
  ['lab>{"question":"1","id":"a1"}', "malformed question"],
  ['lab>{"question":-1,"id":"a1"}', "malformed question"],
  ['lab>{"question":1.5,"id":"a1"}', "malformed question"],
  ['lab>{"question":1e999,"id":"a1"}', "malformed question"],
  ['lab>{"question":9007199254740992,"id":"a1"}', "malformed question"],
  ['lab>{"question":1,"id":""}', "malformed question"],
  ['lab>{"question":1,"id":"a 1"}', "malformed question"],
  ['lab>{"question":1,"id":"10.0.0.7"}', "malformed question"],
  ['lab>{"question":1,"id":"a1\\n"}', "malformed question"],
  [`lab>{"question":1,"id":"${"a".repeat(65)}"}`, "malformed question"],
  ['lab>{"question":1,"id":"a1"}}', "malformed question"],
  ['lab>{"question":1,"id":"a1"}\0', "malformed question"],
  [`lab>{"question":1,"id":"a1","x":"${"x".repeat(16_384)}"}`, "too long"],
  [`lab>${"x".repeat(65_000)}`, "too long"],
  [`lab>{"x":${"[".repeat(8000)}`, "malformed question"],
  ["lab<{", "malformed report"],
  ["lab<{}", "unknown message"],
  ['lab<{"report":{"name":"x"}}', "unknown message"],
  ['lab<{"__proto__":{"bye":{"id":"a","boot":"b"}}}', "unknown message"],
  ['lab<{"answer":null}', "malformed answer"],
  ['lab<{"answer":7}', "malformed answer"],
  ...["id", "boot", "sequence", "interval", "age", "clock", "name"].map(
    (key) => [without(key), "malformed answer"] as const,
  ),
  [withValue("interval", "0"), "malformed answer"],
  [withValue("interval", "-1"), "malformed answer"],
  [withValue("interval", "1e999"), "malformed answer"],
  [withValue("age", "-0.5"), "malformed answer"],
  [withValue("age", "1e999"), "malformed answer"],
  [withValue("clock", "1e20"), "malformed answer"],
  [withValue("sequence", "9007199254740992"), "malformed answer"],
  [withValue("name", '" "'), "malformed answer"],
  [withValue("name", "7"), "malformed answer"],
  [`lab<${ANSWER.replace("}", ',"report":null}')}`, "malformed report"],
  [`lab<${ANSWER.replace("}", ',"report":{}}')}`, "malformed report"],
  [`lab<${ANSWER.replace("}", ',"report":[{"name":"x"}]}')}`, "malformed report"],
  [`lab<{"answer":7,"x":"${"x".repeat(16_384)}"}`, "too long"],
  [`lab<${'{"a":'.repeat(3000)}`, "malformed report"],
  ['lab<{"bye":{}}', "malformed goodbye"],
  ['lab<{"bye":null}', "malformed goodbye"],
  ['lab<{"bye":["a1","b2"]}', "malformed goodbye"],
  ['lab<{"bye":{"id":"a1"}}', "malformed goodbye"],
  ['lab<{"hint":null}', "malformed hint"],
  ['lab<{"hint":{"0":"10.0.0.7","length":1}}', "malformed hint"],
  ['lab<{"hint":"10.0.0.7"}', "malformed hint"],
  ['lab<{"forget":null}', "malformed removal request"],
  ['lab<{"forget":"a1"}', "malformed removal request"],
  ['lab<{"forget":["a1"]}', "malformed removal request"],
  ['lab<{"forget":{}}', "malformed removal request"],
  ['lab<{"forget":{"boot":"b2"}}', "malformed removal request"],
  ['lab<{"forget":{"id":""}}', "malformed removal request"],
  ['lab<{"forget":{"id":["a1"]}}', "malformed removal request"],
  ['lab<{"forget":{"id":"node07 "}}', "malformed removal request"],
  ['lab<{"forget":{"id":"a1~b2"}}', "malformed removal request"],
  ['lab<{"forget":{"id":"10.0.0"}}', "malformed removal request"],
  [`lab<{"forget":{"id":"${"a".repeat(65)}"}}`, "malformed removal request"],
  ["lab>AAAAAAA", "malformed question"],
  ["lab>AAAAAAAAA", "malformed question"],
  ["lab>AAAA AAA", "malformed question"],
  ["lab>AAAAAA==", "malformed question"],
  ["lab>AAAAAA+/", "malformed question"],
  ["lab>AAAAAAA\n", "malformed question"],
  ["lab>\0\0\0\0\0\0\0\0", "malformed question"],
  ["lab>ÄÄÄÄ", "malformed question"],
  ["lab<AAAAAAAA", "malformed report"],
  ["lab<AAAAAAAAbbbbbbbbb", "malformed report"],
  ["lab<AAAAAAAAbbbb bbb", "malformed report"],
  ["lab<AAAAAAAA\n\n\n", "malformed report"],
  ["lab<AAAAAA=Abbbbbbbb", "malformed report"],
  ["lab<anna", "malformed report"],
  [`lab<${HEAD_V1}`, "malformed report"],
  [`lab<${HEAD_V1}\n\n\n\n`, "malformed report"],
  [`lab<${HEAD_V1}\r\n\r\n\r\n`, "malformed report"],
];

describe("a packet that is no valid message", () => {
  for (const [packet, reason] of REFUSED) {
    const wire = typeof packet === "string" ? bytes(packet) : packet;
    test(`${JSON.stringify(text(wire).slice(0, 60))} (${wire.length} bytes): ${reason}`, () => {
      expect(decodeMessage(wire, "lab")).toMatchObject({ ok: false, reason });
    });
  }

  test("tells what is wrong with a report of protocol 1", () => {
    expect(decodeMessage(bytes("lab<anna"), "lab")).toEqual({
      ok: false,
      reason: "malformed report",
      reportFault: "not four lines",
    });
  });
});

describe("a network's signature", () => {
  const signatures: readonly string[] = [
    "x",
    "a?b",
    "net>1",
    "größe",
    "网络",
    "😀",
    "s".repeat(900),
  ];
  for (const name of signatures) {
    test(`${name.slice(0, 10)} is written as its UTF-8 bytes and read back`, () => {
      const [packet = new Uint8Array()] = encodeMessage(name, { kind: "initial-query" });
      expect(packet).toEqual(bytes(`${name}?`));
      expect(decodeMessage(packet, name)).toEqual({ ok: true, value: { kind: "initial-query" } });
    });
  }

  test("is a different one in Latin-1 than in UTF-8", () => {
    expect(decodeMessage(latin1("größe?"), "größe")).toEqual({
      ok: false,
      reason: "wrong signature",
    });
  });

  test("is compared by bytes, so that invalid UTF-8 does not match U+FFFD", () => {
    expect(decodeMessage(Uint8Array.of(0xff, 0x3f), "\ufffd").ok).toBe(false);
  });

  test("is read from the packet's own bytes if the packet is part of a larger buffer", () => {
    const buffer = bytes("....lab?....");
    const decoded = decodeMessage(buffer.subarray(4, 8), "lab");
    expect(decoded).toEqual({ ok: true, value: { kind: "initial-query" } });
  });
});

describe("a protocol-1 report in its packet", () => {
  test("is the signature, `<`, and four lines in Latin-1", () => {
    const packet = encodeReportV1Packet(
      "größe",
      { name: "anna", messages: ["grüß € Gott"] },
      { wallSeconds: 1_117_620_000 },
    );
    const lines = `anna 1117620000 60 0 000 000 000${" 0".repeat(13)}\n\n\ngrüß ? Gott`;
    expect(packet).toEqual(Uint8Array.from([...bytes("größe<"), ...latin1(lines)]));
    const decoded = decodeMessage(packet, "größe");
    expect(decoded).toMatchObject({
      ok: true,
      value: { kind: "report-v1", report: { messages: ["grüß ? Gott"] } },
    });
  });

  test("has at most 4,096 bytes with the signature, and loses messages first", () => {
    const messages = Array.from({ length: 5 }, (_, i) => `${i}${"m".repeat(600)}`);
    const report = { name: "anna", messages };
    const short = encodeReportV1Packet("lab", report, { wallSeconds: 1 });
    const long = encodeReportV1Packet("s".repeat(3000), report, { wallSeconds: 1 });
    expect(text(short).split("\t").length).toBe(5);
    expect(text(long).split("\t").length).toBe(2);
    expect(text(long)).toContain("4mmm");
    expect(long.length).toBeLessThanOrEqual(4096);
  });

  test("is never taken for JSON, whatever the machine's name", () => {
    const packet = encodeReportV1Packet("lab", { name: '{"bye":1}' }, { wallSeconds: 1 });
    const decoded = decodeMessage(packet, "lab");
    expect(decoded).toMatchObject({ value: { kind: "report-v1", report: { name: '("bye":1}' } } });
  });

  test("keeps every rule of protocol 1, for any report and signature", () => {
    fc.assert(
      fc.property(wildReport, signature, fc.nat(), (report, network, wallSeconds) => {
        const packet = encodeReportV1Packet(network, report, { wallSeconds });
        expect(brokenRule(packet, network)).toBeUndefined();
        const decoded = decodeMessage(packet, network);
        expect(decoded).toMatchObject({ ok: true, value: { kind: "report-v1", wallSeconds } });
      }),
      { numRuns: 300 },
    );
  });
});

describe("an address list", () => {
  const many = Array.from(
    { length: 1000 },
    (_, i) => `192.168.${100 + (i >> 8)}.${100 + (i % 156)}`,
  );

  test("of a thousand machines is split into packets of at most 1,400 bytes that hold them all", () => {
    const packets = encodeAddressLists("lab", many);
    expect(Math.max(...packets.map((packet) => packet.length))).toBeLessThanOrEqual(1400);
    expect(packets.length).toBe(Math.ceil((1000 * 16) / 1397));
    const read = packets.flatMap((packet) => {
      const decoded = decodeMessage(packet, "lab");
      return decoded.ok && decoded.value.kind === "address-list" ? decoded.value.addresses : [];
    });
    expect(read).toEqual(many);
  });

  test("may be empty", () => {
    expect(encodeAddressLists("lab", []).map(text)).toEqual(["lab!"]);
  });

  test("is sent one address a packet under a signature longer than a packet", () => {
    const packets = encodeAddressLists("s".repeat(2000), ["10.0.0.7", "10.0.0.8"]);
    expect(packets.map((packet) => text(packet).slice(2000))).toEqual(["!10.0.0.7", "!10.0.0.8"]);
  });

  test("from another machine is read up to 600 words, and the rest is counted", () => {
    const decoded = decodeMessage(bytes(`lab!${"10.0.0.7 x ".repeat(5000)}`), "lab");
    if (!decoded.ok || decoded.value.kind !== "address-list") throw new Error("no list");
    expect(decoded.value.addresses.length).toBe(300);
    expect(decoded.value.skipped).toBe(9700);
  });

  test("in hints is split likewise, and no hint is sent for an empty one", () => {
    const packets = encodeHints("lab", many);
    expect(Math.max(...packets.map((packet) => packet.length))).toBeLessThanOrEqual(1400);
    const read = packets.flatMap((packet) => {
      const decoded = decodeMessage(packet, "lab");
      return decoded.ok && decoded.value.kind === "hint" ? decoded.value.addresses : [];
    });
    expect(read).toEqual(many);
    expect(encodeHints("lab", [])).toEqual([]);
  });

  test("in a hint is read up to 200 addresses", () => {
    const decoded = decodeMessage(
      bytes(`lab<${JSON.stringify({ hint: many.slice(0, 300) })}`),
      "lab",
    );
    expect(decoded).toEqual({ ok: true, value: { kind: "hint", addresses: many.slice(0, 200) } });
  });
});

describe("an answer", () => {
  test("of 4,095 bytes is sent whole, and one byte longer is shortened", () => {
    const sized = (size: number) => {
      const report = { name: "anna", processes: [{ user: "u", command: "c".repeat(size) }] };
      return encodeAnswer("lab", { ...ANSWER_HEAD, report });
    };
    const overhead = sized(0).length;
    expect(sized(4095 - overhead).length).toBe(4095);
    expect(sized(4096 - overhead).length).toBeLessThan(500);
  });

  test("with a huge report stays under 4,096 bytes and keeps the machine's name", () => {
    fc.assert(
      fc.property(wildReport, (report) => {
        const answer = { ...ANSWER_HEAD, report: { ...report, name: "anna" } };
        const packet = encodeAnswer("lab", answer);
        expect(packet.length).toBeLessThan(4096);
        expect(decodeMessage(packet, "lab")).toMatchObject({
          ok: true,
          value: { kind: "answer", report: { name: "anna" } },
        });
      }),
      { numRuns: 200 },
    );
  });
});

const ANSWER_HEAD = {
  answer: 7,
  id: "a1",
  incarnation: "b2",
  sequence: 3,
  intervalSeconds: 600,
  ageSeconds: 0,
  wallMs: 1,
  name: "anna",
};

test("every valid message is read back as it was written, under any signature", () => {
  fc.assert(
    fc.property(message, signature, (value, network) => {
      const packets = encodeMessage(network, value);
      const read = packets.map((packet) => decodeMessage(packet, network));
      if (value.kind === "address-list" || value.kind === "hint") {
        const addresses = read.flatMap((decoded) =>
          decoded.ok && "addresses" in decoded.value ? decoded.value.addresses : [],
        );
        expect(addresses).toEqual([...value.addresses]);
      } else {
        expect(read).toEqual([{ ok: true, value }]);
      }
    }),
    { numRuns: 500 },
  );
});
