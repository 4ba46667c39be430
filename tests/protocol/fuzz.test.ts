/**
 * The codec's invariant: any bytes give a message or one of the known reasons, never an exception, and
 * a message that was read is the same when it is encoded and read again.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeMessage } from "../../src/protocol/decode.ts";
import { DROP_REASONS, type Message } from "../../src/protocol/message.ts";
import { runs } from "../fuzz/spoil.ts";
import { message, wildReport } from "./arbitraries.ts";
import { encodeMessage } from "./encode-message.ts";

const SIGNATURE = "lab";

/** Reads these bytes and checks what must hold for all bytes. */
function check(packet: Uint8Array): void {
  const decoded = decodeMessage(packet, SIGNATURE);
  if (!decoded.ok) {
    expect(DROP_REASONS).toContain(decoded.reason);
    return;
  }
  const packets = encodeMessage(SIGNATURE, decoded.value);
  const again = packets.map((bytes) => decodeMessage(bytes, SIGNATURE));
  if (decoded.value.kind === "address-list" || decoded.value.kind === "hint") {
    const addresses = again.flatMap((one) =>
      one.ok && "addresses" in one.value ? one.value.addresses : [],
    );
    expect(addresses).toEqual([...decoded.value.addresses]);
  } else if (decoded.value.kind === "report-v1") {
    // Protocol 1 has no unknown figures: they are written as 0 and stay 0.
    const rewritten = again.map((one) => one.ok && encodeMessage(SIGNATURE, one.value));
    expect(rewritten).toEqual([packets]);
  } else {
    expect(again).toEqual([{ ok: true, value: decoded.value }]);
  }
}

const reportPacket = wildReport.map(
  (report): Message => ({ kind: "report-v1", report, wallSeconds: 7 }),
);
const validPacket = fc
  .oneof({ weight: 2, arbitrary: message }, { weight: 1, arbitrary: reportPacket })
  .map((value) => encodeMessage(SIGNATURE, value)[0] ?? new Uint8Array());

/** One change to a packet, of the kind that networks, other versions and attackers make. */
const damage = fc.record({
  kind: fc.constantFrom("replace", "insert", "delete", "truncate", "repeat"),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  text: fc.oneof(
    fc.constantFrom(...'?!><#{}[]",: \n\r\t\0\x7f\xff'),
    fc.constantFrom(
      "lab",
      "lab<",
      "null",
      "1e999",
      "-1",
      '"__proto__":',
      "\\ud800",
      "\xc3\x28",
      "60",
    ),
    fc.string({ maxLength: 4 }),
  ),
});

function applyDamage(
  packet: Uint8Array,
  { kind, at, text }: { readonly kind: string; readonly at: number; readonly text: string },
): Uint8Array {
  const place = Math.floor(at * packet.length);
  const before = packet.subarray(0, place);
  const inserted = kind === "insert" || kind === "replace" ? Buffer.from(text, "latin1") : [];
  const skip = kind === "replace" ? text.length : kind === "delete" ? 1 : 0;
  if (kind === "truncate") return before;
  if (kind === "repeat") return Uint8Array.from([...before, ...packet]);
  return Uint8Array.from([...before, ...inserted, ...packet.subarray(place + skip)]);
}

test("any bytes give a message or a reason", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), check), runs(500));
});

test("any bytes after the signature give a message or a reason", () => {
  const body = fc.tuple(fc.constantFrom(..."?!><#{"), fc.uint8Array({ maxLength: 600 }));
  fc.assert(
    fc.property(body, ([mark, bytes]) => {
      check(Uint8Array.from([...Buffer.from(`${SIGNATURE}${mark}`), ...bytes]));
    }),
    runs(500),
  );
});

test("any JSON after the signature gives a message or a reason", () => {
  const key = fc.constantFrom(
    "answer",
    "bye",
    "hint",
    "removal-request",
    "question",
    "id",
    "boot",
    "sequence",
    "interval",
    "age",
    "clock",
    "name",
    "you",
    "report",
    "cpu",
    "cores",
    "users",
    "watching",
    "liveSequence",
    "ring",
    "__proto__",
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(null, true, -1, 0, 7, 0.5, 2 ** 53, "a1", "", "10.0.0.7", "\ud800"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 12 }),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom(..."<>"), fc.dictionary(key, value), (mark, json) => {
      check(new TextEncoder().encode(`${SIGNATURE}${mark}${JSON.stringify(json)}`));
    }),
    runs(500),
  );
});

test("a valid packet with a few changes gives a message or a reason", () => {
  fc.assert(
    fc.property(validPacket, fc.array(damage, { maxLength: 3 }), (packet, changes) => {
      check(changes.reduce(applyDamage, packet));
    }),
    runs(1500),
  );
});

/** Packets that a careless reader would be slow for; UDP carries 65,507 bytes at most. */
const HUGE: readonly (readonly [string, string])[] = [
  ["nested arrays", `lab>{"question":${"[".repeat(65_000)}`],
  ["nested objects", `lab<${'{"report":'.repeat(1600)}`],
  ["an address list of colons", `lab!${"1:".repeat(32_000)}`],
  ["an address list of IPv6 addresses", `lab!${"1:2:3:4:5:6:7:8 ".repeat(4000)}`],
  ["an address list of spaces", `lab!${" ".repeat(65_000)}`],
  ["a report of spaces", `lab<${" ".repeat(4000)}`],
  ["a report of tabs", `lab<\n\t\n${"\t".repeat(2000)}\n${"\t".repeat(2000)}`],
  ["a report of newlines", `lab<${"\n".repeat(4000)}`],
  ["a report of one digit", `lab<m ${"9".repeat(4000)}`],
];

/**
 * Reading 65 KB of text takes about a millisecond. A quadratic reader takes seconds, and for this many
 * repetitions more than a test may take.
 */
const TIMES = 20;

for (const [name, packet] of HUGE) {
  test(`a packet of ${name} is read without quadratic cost`, () => {
    const bytes = new TextEncoder().encode(packet);
    for (let time = 0; time < TIMES; time++) check(bytes);
  });
}
