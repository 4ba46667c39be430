/**
 * Generated reports and messages for property tests: everything that is valid, with a preference for
 * the awkward (spaces, tabs, emoji, huge numbers, empty lists).
 */
import fc from "fast-check";
import type { Message } from "../../src/protocol/message.ts";
import type { Report } from "../../src/protocol/report.ts";

const awkward = fc.constantFrom(
  " ",
  "\t",
  "\n",
  "\0",
  "\u007f",
  "\u0085",
  "\u00a0",
  "{",
  "é",
  "€",
  "😀",
  "\ud800",
  "\u202e",
  '"',
  "\\",
);

/** Any text that a daemon may find on its machine. */
export const wildText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.string({ maxLength: 12 }), awkward), { maxLength: 8 })
  .map((parts) => parts.join(""));

const percent = fc.double({ min: 0, max: 100, noNaN: true });
const amount = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e15, noNaN: true }));
const count = fc.nat({ max: 4_000_000 });
const load = fc.oneof(
  fc.constantFrom(0, 0.05, 0.15, 0.995, 12.34),
  fc.double({ min: 0, max: 1e5, noNaN: true }),
);

const wildName = wildText.map((text) => `m${text}`);

/** A report of the right types with any values, as the collectors might make it. */
export const wildReport: fc.Arbitrary<Report> = fc.record(
  {
    name: fc.oneof(wildName, wildText),
    version: fc.constant("0.1.0"),
    httpPort: fc.integer({ min: 1, max: 65535 }),
    tags: fc.array(wildText, { maxLength: 20 }),
    updateSeconds: fc.integer({ min: 1, max: 86_400 }),
    uptimeSeconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
    host: fc.record({ cores: fc.integer({ min: 1, max: 512 }), model: wildText }),
    cpu: fc.record(
      {
        userPercent: percent,
        nicePercent: percent,
        systemPercent: percent,
        idlePercent: percent,
        cores: fc.array(percent, { maxLength: 300 }),
      },
      { requiredKeys: [] },
    ),
    load: fc.record({ one: load, five: load, fifteen: load }, { requiredKeys: [] }),
    memory: fc.record(
      {
        totalBytes: amount,
        usedBytes: amount,
        activeBytes: amount,
        inactiveBytes: amount,
        swapUsedBytes: amount,
      },
      { requiredKeys: [] },
    ),
    swap: fc.record({ inBytesPerSecond: amount, outBytesPerSecond: amount }),
    disk: fc.record({ readBytesPerSecond: amount, writeBytesPerSecond: amount }),
    filesystems: fc.array(fc.record({ mount: wildText, totalBytes: amount }), { maxLength: 70 }),
    network: fc.record({
      receiveBytesPerSecond: amount,
      interfaces: fc.array(fc.record({ name: wildName, errors: count }), { maxLength: 70 }),
    }),
    temperatures: fc.array(
      fc.record(
        { sensor: wildText, label: wildText, celsius: amount, highCelsius: amount },
        { requiredKeys: ["sensor", "celsius"] },
      ),
      { maxLength: 10 },
    ),
    users: fc.array(
      fc.record(
        { name: wildText, loginAgeSeconds: amount, command: wildText, from: wildText },
        { requiredKeys: ["name"] },
      ),
      { maxLength: 12 },
    ),
    userCount: count,
    processes: fc.array(
      fc.record(
        {
          pid: count,
          user: wildText,
          cpuPercent: amount,
          memoryPercent: percent,
          state: wildText,
          cpuSeconds: amount,
          command: wildText,
        },
        { requiredKeys: ["user", "command"] },
      ),
      { maxLength: 12 },
    ),
    processCount: count,
    messages: fc.array(fc.oneof(wildText, fc.string({ maxLength: 2000 })), { maxLength: 7 }),
    messageCount: count,
    problems: fc.array(fc.record({ subject: wildName, reason: wildName }), { maxLength: 40 }),
  },
  { requiredKeys: ["name"] },
);

/** Signatures that the configuration accepts: no space or control character, and no `?!><#` at the end. */
export const signature: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(..."aZ09._-?!><#{é€😀"), { maxLength: 20 })
  .map((letters) => `${letters.join("")}x`);

const ringNumber = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const safeInteger = fc.maxSafeNat();
const identifier = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((o) => o.join("."));
const ipv6 = fc.integer({ min: 1, max: 0xffff }).map((n) => `2001:db8::${n.toString(16)}`);
const addresses = fc.array(fc.oneof(ipv4, ipv6), { maxLength: 60 });
const machineName = fc.constantFrom("anna", "render 7", "é", "😀");

/** Valid messages, except protocol-1 reports, which are made from `wildReport`. */
export const message: fc.Arbitrary<Exclude<Message, { kind: "report-v1" }>> = fc.oneof(
  fc.constant({ kind: "initial-query" as const }),
  fc.constant({ kind: "request" as const }),
  fc.constant({ kind: "alive" as const }),
  fc.record({
    kind: fc.constant("address-list" as const),
    addresses,
    skipped: fc.constant(0),
  }),
  fc.record(
    {
      kind: fc.constant("question" as const),
      question: safeInteger,
      id: identifier,
      incarnation: identifier,
      sequence: safeInteger,
      liveSequence: safeInteger,
      watching: fc.boolean(),
    },
    { requiredKeys: ["kind", "question", "id", "watching"] },
  ),
  fc.record(
    {
      kind: fc.constant("answer" as const),
      answer: safeInteger,
      id: identifier,
      incarnation: identifier,
      sequence: safeInteger,
      liveSequence: safeInteger,
      intervalSeconds: fc.integer({ min: 1, max: 86_400 }),
      ageSeconds: fc.double({ min: 0, max: 1e6, noNaN: true }).map((age) => age + 0),
      wallMs: safeInteger,
      you: fc.oneof(ipv4, ipv6),
      name: machineName,
      ring: fc.constant(true as const),
      report: machineName.map((name) => ({ name, processCount: 7, load: { one: 0.15 } })),
    },
    {
      requiredKeys: [
        "kind",
        "answer",
        "id",
        "incarnation",
        "sequence",
        "intervalSeconds",
        "ageSeconds",
        "wallMs",
        "name",
      ],
    },
  ),
  fc.record({ kind: fc.constant("goodbye" as const), id: identifier, incarnation: identifier }),
  fc.record({ kind: fc.constant("hint" as const), addresses }),
  fc.record({ kind: fc.constant("ring-question" as const), number: ringNumber }),
  fc.record({
    kind: fc.constant("ring-answer" as const),
    number: ringNumber,
    incarnationStart: identifier.map((incarnation) => incarnation.slice(0, 8)),
  }),
  fc.record(
    {
      kind: fc.constant("removal-request" as const),
      id: fc.oneof(identifier, ipv4, ipv6),
      incarnation: identifier,
    },
    { requiredKeys: ["kind", "id"] },
  ),
);
