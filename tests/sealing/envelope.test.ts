/** What the core gets of a sealed packet, and the reasons for what it does not get. */
import { describe, expect, test } from "bun:test";
import { createEnvelope } from "../../src/sealing/envelope.ts";

const ALPHA = { id: "00000000000000a1", incarnation: "b000000000000001" };
const BETA = { id: "00000000000000a2", incarnation: "b000000000000002" };

function envelope(who: typeof ALPHA, key = 1) {
  let drawn = 0;
  return createEnvelope({
    ...who,
    signature: "lab",
    secrets: [Buffer.alloc(32, key)],
    randomBytes: (count) => Buffer.alloc(count, ++drawn),
  });
}

function what(opened: ReturnType<ReturnType<typeof envelope>["open"]>): string {
  return opened.ok ? Buffer.from(opened.message).toString() : opened.reason;
}

describe("an envelope", () => {
  test("opens what another with the same key has sealed, and says which machine sealed it", () => {
    const opened = envelope(BETA).open(envelope(ALPHA).seal(Buffer.from("lab?")));
    expect(opened).toMatchObject({ ok: true, ...ALPHA });
    expect(what(opened)).toBe("lab?");
  });

  test("opens each packet once, also if a later one came first", () => {
    const [alpha, beta] = [envelope(ALPHA), envelope(BETA)];
    const [first, second] = ["lab?", "lab>"].map((text) => alpha.seal(Buffer.from(text)));
    const packets = [second, first, second, first].map((packet) => packet ?? Buffer.alloc(0));
    expect(packets.map((packet) => what(beta.open(packet)))).toEqual([
      ...["lab>", "lab?", "seen before", "seen before"],
    ]);
  });

  test("keeps the windows of two incarnations apart", () => {
    const beta = envelope(BETA);
    const again = envelope({ ...ALPHA, incarnation: "b000000000000003" });
    expect(what(beta.open(envelope(ALPHA).seal(Buffer.from("lab?"))))).toBe("lab?");
    expect(what(beta.open(again.seal(Buffer.from("lab?"))))).toBe("lab?");
  });

  test.each([
    ["not sealed", Buffer.from("lab?")],
    ["wrong signature", Buffer.from("bar?")],
    ["sealed with another key", envelope(ALPHA, 2).seal(Buffer.from("lab?"))],
    ["malformed seal", Buffer.from("lab#")],
    ["too long", Buffer.concat([Buffer.from("lab#"), Buffer.alloc(20_000)])],
    ["our own, sent back", envelope(BETA).seal(Buffer.from("lab?"))],
  ])('refuses a packet with the reason "%s"', (reason, packet) => {
    expect(what(envelope(BETA).open(packet))).toBe(reason);
  });
});
