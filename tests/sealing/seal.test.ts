/** Sealed packets: their form, what is dropped and why, and that nothing in them makes it throw. */
import { describe, expect, test } from "bun:test";
import { hkdfSync } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import {
  createPacketCipher,
  MAX_MESSAGE_BYTES,
  MAX_SEALED_BYTES,
  type Opened,
  type PacketCipherOptions,
  SEAL_DROP_REASONS,
  SEALING_OVERHEAD_BYTES,
} from "../../src/sealing/seal.ts";
import { createXaes } from "../../src/sealing/xaes.ts";
import { runs } from "../fuzz/spoil.ts";
import { encodeMessage } from "../protocol/encode-message.ts";
import { SAMPLE_MESSAGES } from "../protocol/sample-messages.ts";

const SIGNATURE = "localhost";
const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const ALPHA = { id: "00000000000000a1", incarnation: "b000000000000001" };
const BETA = { id: "00000000000000a2", incarnation: "b000000000000002" };

/** Nonces that count: no chance in tests, and none comes twice from one sealer. */
function countingBytes(): (count: number) => Uint8Array {
  let drawn = 0;
  return (count) => {
    const bytes = Buffer.alloc(count);
    bytes.writeUInt32BE(++drawn, count - 4);
    return bytes;
  };
}

function sealer(
  who: { id: string; incarnation: string },
  options: Partial<PacketCipherOptions> = {},
) {
  return createPacketCipher({
    signature: SIGNATURE,
    secrets: [OLD],
    randomBytes: countingBytes(),
    ...who,
    ...options,
  });
}

const alpha = sealer(ALPHA);
const beta = sealer(BETA);

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

function message(opened: Opened): string {
  return opened.ok ? Buffer.from(opened.message).toString("latin1") : `dropped: ${opened.reason}`;
}

function reason(packet: Uint8Array): string {
  const opened = beta.open(packet);
  return opened.ok ? "none" : opened.reason;
}

/** A packet by someone who has the key but keeps to nothing else. */
function sealRaw(plaintext: Uint8Array, nonce: Uint8Array = Buffer.alloc(24, 9)): Buffer {
  const key = hkdfSync("sha256", OLD, SIGNATURE, "unagi sealed packet 1", 32);
  const sealed = createXaes(new Uint8Array(key)).seal({
    nonce,
    plaintext,
    additionalData: bytes(SIGNATURE),
  });
  return Buffer.concat([bytes(`${SIGNATURE}#`), nonce, sealed]);
}

function header(flags: number, who = ALPHA): Buffer {
  return Buffer.from(
    `${who.id}${who.incarnation}000000000007${flags.toString(16).padStart(2, "0")}`,
    "hex",
  );
}

describe("a sealed packet", () => {
  test("on the wire is what the protocol says", () => {
    const nonce = Buffer.alloc(24);
    nonce[23] = 1;
    const packet = sealer(ALPHA).seal(bytes("localhost>"));
    const head = Buffer.from(`${ALPHA.id}${ALPHA.incarnation}00000000000102`, "hex");
    expect(packet).toEqual(sealRaw(Buffer.concat([head, bytes(">")]), nonce));
  });

  test("has the same bytes today as ever", () => {
    // Anyone who changes these speaks another protocol, and says so by another mark than `#`.
    const hex =
      "6c6f63616c686f737423000000000000000000000000000000000000000000000001ac5c8dbe380d1ed1" +
      "aefa6e4482a01223d8db2b0e4b3d2a22f76df4527d042db172aa59710b8af3a2";
    expect(Buffer.from(sealer(ALPHA).seal(bytes("localhost?"))).toString("hex")).toBe(hex);
  });

  test("says who sealed it, and counts", () => {
    const sender = sealer(ALPHA);
    for (const counter of [1, 2, 3]) {
      const opened = beta.open(sender.seal(bytes("localhost?")));
      expect(opened).toMatchObject({ ok: true, ...ALPHA, counter });
    }
  });

  test("shows nothing of what is in it but its length", () => {
    const packet = Buffer.from(alpha.seal(bytes('localhost<{"user":"carla"}'.repeat(3))));
    for (const hidden of ["user", "carla", "<{", ALPHA.id, ALPHA.incarnation]) {
      expect(packet.includes(hidden)).toBe(false);
    }
    expect(packet.includes(Buffer.from(ALPHA.id, "hex"))).toBe(false);
  });

  const MESSAGES = {
    "an empty one": "",
    "the signature alone": "localhost",
    "a query": "localhost?",
    "one without the signature": "abc",
    "another signature": "localhos?",
    "the signature twice": "localhostlocalhost?",
    "one of 127 bytes": `localhost<${"a".repeat(117)}`,
    "a long one": `localhost<${'{"name":"alpha"}'.repeat(1_000)}`,
    "every byte": String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)),
    "the longest": "a".repeat(MAX_MESSAGE_BYTES),
  };
  test.each(Object.entries(MESSAGES))("brings back %s", (_, text) => {
    expect(message(beta.open(alpha.seal(Buffer.from(text, "latin1"))))).toBe(text);
  });

  test("brings back any message under any signature, at most 64 bytes longer than it was", () => {
    const word = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" });
    const body = fc.uint8Array({ maxLength: 2_000 });
    fc.assert(
      fc.property(word, body, (signature, tail) => {
        const plain = Buffer.concat([bytes(signature), tail]);
        const packet = sealer(ALPHA, { signature }).seal(plain);
        const opened = sealer(BETA, { signature }).open(packet);
        expect(opened).toMatchObject({ ok: true });
        expect(message(opened)).toBe(plain.toString("latin1"));
        expect(packet.length - plain.length).toBeLessThanOrEqual(SEALING_OVERHEAD_BYTES);
      }),
      runs(300),
    );
  });

  test("leaves a ring message 17 bytes after a signature of 9, to be 90 long in all", () => {
    expect(alpha.seal(bytes(`localhost${"x".repeat(17)}`)).length).toBe(90);
  });

  test("is deflated only where that is shorter", () => {
    const repeated = bytes(`localhost<${"all the same ".repeat(50)}`);
    expect(alpha.seal(repeated).length).toBeLessThan(200);
    const noise = Buffer.from(hkdfSync("sha256", OLD, "", "noise", 1_000));
    expect(alpha.seal(noise).length).toBe(9 + SEALING_OVERHEAD_BYTES + 1_000);
  });

  test("does not change when the bytes it was made of do", () => {
    const plain = bytes("localhost>");
    const packet = alpha.seal(plain);
    plain.fill(0);
    expect(message(beta.open(packet))).toBe("localhost>");
  });
});

describe("several keys", () => {
  const before = { secrets: [OLD] };
  const both = { secrets: [OLD, NEW] };
  const turned = { secrets: [NEW, OLD] };
  const after = { secrets: [NEW] };

  // Every machine takes each step at its own time: neighbours in this list live side by side.
  const STEPS = [before, both, turned, after];
  const NEIGHBOURS = STEPS.flatMap((step, i) =>
    [step, STEPS[i + 1]].flatMap((next) =>
      next === undefined ? [] : [{ step: i, a: step, b: next }],
    ),
  );
  test.each(NEIGHBOURS)(
    "step $step: those before and after it understand each other",
    ({ a, b }) => {
      const [one, two] = [sealer(ALPHA, a), sealer(BETA, b)];
      expect(message(two.open(one.seal(bytes("localhost?"))))).toBe("localhost?");
      expect(message(one.open(two.seal(bytes("localhost!"))))).toBe("localhost!");
    },
  );

  test("a step left out is a gap", () => {
    const [one, two] = [sealer(ALPHA, before), sealer(BETA, turned)];
    expect(one.open(two.seal(bytes("localhost?")))).toEqual({
      ok: false,
      reason: "sealed with another key",
    });
  });
});

describe("a packet is dropped", () => {
  const sealed = Buffer.from(alpha.seal(bytes("localhost>")));
  const stranger = sealer(ALPHA, { secrets: [NEW] });
  const neighbour = sealer(ALPHA, { signature: "localhose" });
  const zeros = deflateRawSync(Buffer.alloc(MAX_MESSAGE_BYTES + 1));
  const full = deflateRawSync(Buffer.alloc(MAX_MESSAGE_BYTES));
  const CASES: Record<string, [Uint8Array, string]> = {
    "with nothing in it": [Buffer.alloc(0), "wrong signature"],
    "with half the signature": [bytes("local"), "wrong signature"],
    "with the signature alone": [bytes("localhost"), "wrong signature"],
    "of a network with a longer signature": [bytes("localhost2#…"), "wrong signature"],
    "of another network with the same key": [
      neighbour.seal(bytes("localhose>")),
      "wrong signature",
    ],
    "a plain query": [bytes("localhost?"), "not sealed"],
    "a plain list": [bytes("localhost!10.0.0.1"), "not sealed"],
    "a plain request": [bytes("localhost>"), "not sealed"],
    "a plain report": [bytes("localhost<a b c"), "not sealed"],
    "the mark alone": [bytes("localhost#"), "malformed seal"],
    "one byte short of an empty message": [sealed.subarray(0, 72), "malformed seal"],
    "a byte short": [sealed.subarray(0, -1), "sealed with another key"],
    "a byte too long": [Buffer.concat([sealed, bytes("\0")]), "sealed with another key"],
    "of another key": [stranger.seal(bytes("localhost>")), "sealed with another key"],
    "noise of the right form": [
      Buffer.concat([bytes("localhost#"), Buffer.alloc(80)]),
      "sealed with another key",
    ],
    "huge noise": [
      Buffer.concat([bytes("localhost#"), Buffer.alloc(MAX_SEALED_BYTES - 9)]),
      "too long",
    ],
    "sealed by ourselves": [sealer(BETA).seal(bytes("localhost>")), "our own, sent back"],
    "authentic, its header cut": [sealRaw(header(0).subarray(0, 22)), "malformed seal"],
    "authentic, empty": [sealRaw(Buffer.alloc(0)), "malformed seal"],
    "authentic, a flag unknown": [
      sealRaw(Buffer.concat([header(4), bytes("a")])),
      "malformed seal",
    ],
    "authentic, all flags": [sealRaw(Buffer.concat([header(255), bytes("a")])), "malformed seal"],
    "authentic, deflated nothing": [sealRaw(header(1)), "malformed seal"],
    "authentic, deflated garbage": [
      sealRaw(Buffer.concat([header(1), bytes("garbage!")])),
      "malformed seal",
    ],
    "authentic, deflated and cut": [
      sealRaw(Buffer.concat([header(1), full.subarray(0, -4)])),
      "malformed seal",
    ],
    "authentic, inflates over the cap": [sealRaw(Buffer.concat([header(1), zeros])), "too long"],
    // Its end is missing: who inflates beyond the cap calls it malformed.
    "authentic, inflates far over the cap": [
      sealRaw(Buffer.concat([header(1), deflateRawSync(Buffer.alloc(4_000_000)).subarray(0, -9)])),
      "too long",
    ],
    "authentic, over the cap with the signature": [
      sealRaw(Buffer.concat([header(3), full])),
      "too long",
    ],
  };
  test.each(Object.entries(CASES))("%s", (_, [packet, expected]) => {
    expect(reason(packet)).toBe(expected);
  });

  test("but not one of our earlier incarnation, or of a clone", () => {
    const earlier = sealer({ id: BETA.id, incarnation: ALPHA.incarnation });
    expect(message(beta.open(earlier.seal(bytes("localhost>"))))).toBe("localhost>");
  });
});

describe("whatever is done to a packet", () => {
  const PACKETS = SAMPLE_MESSAGES.flatMap((sample) =>
    encodeMessage(SIGNATURE, sample).map((plain) => ({
      kind: sample.kind,
      sealed: alpha.seal(plain),
    })),
  );

  test.each(PACKETS)("any single bit flipped gets it dropped: $kind", ({ sealed }) => {
    expect(beta.open(sealed).ok).toBe(true);
    const survivors: number[] = [];
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped.writeUInt8((flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
      if (beta.open(flipped).ok) survivors.push(bit);
    }
    expect(survivors).toEqual([]);
  });

  test.each(PACKETS)("cut anywhere it is dropped: $kind", ({ sealed }) => {
    for (let length = 0; length < sealed.length; length++) {
      expect(beta.open(sealed.subarray(0, length)).ok).toBe(false);
      expect(beta.open(sealed.subarray(sealed.length - length)).ok).toBe(false);
    }
  });

  test("parts put together of two packets are dropped, unless they are one of the two", () => {
    const packets = PACKETS.map(({ sealed }) => sealed);
    const any = fc.constantFrom(...packets);
    const cut = fc.nat({ max: 200 });
    fc.assert(
      fc.property(any, any, cut, cut, (one, two, from, to) => {
        const spliced = Buffer.concat([one.subarray(0, from), two.subarray(to)]);
        const isWhole = packets.some((packet) => spliced.equals(packet));
        expect(beta.open(spliced).ok).toBe(isWhole);
      }),
      runs(2_000),
    );
  });

  test("any bytes give a message or a reason", () => {
    const garbage = fc.uint8Array({ maxLength: 300 });
    const beginnings = fc.constantFrom("", "local", "localhost", "localhost#", "localhost<");
    fc.assert(
      fc.property(beginnings, garbage, (beginning, tail) => {
        const opened = beta.open(Buffer.concat([bytes(beginning), tail]));
        expect(opened.ok ? "" : opened.reason).toBeOneOf([...SEAL_DROP_REASONS]);
      }),
      runs(2_000),
    );
  });

  test("any plaintext of a key's holder gives a message within the cap, or a reason", () => {
    const plaintext = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ maxLength: 200 }))
        .map(([flags, body]) => Buffer.concat([header(flags), body])),
      fc
        .tuple(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 1, max: 2_000 }), fc.nat(40))
        .map(([piece, times, cut]) => {
          const whole = deflateRawSync(Buffer.concat(Array.from({ length: times }, () => piece)));
          const body = whole.subarray(0, Math.max(0, whole.length - Math.max(0, cut - 20)));
          return Buffer.concat([header(1 + (times % 2) * 2), body]);
        }),
    );
    fc.assert(
      fc.property(plaintext, (content) => {
        const opened = beta.open(sealRaw(content));
        if (!opened.ok) expect(["malformed seal", "too long"]).toContain(opened.reason);
        else expect(opened.message.length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      }),
      runs(500),
    );
  });
});

describe("our own misuse is a bug, not a packet", () => {
  const CASES: Record<string, () => unknown> = {
    "no secret": () => sealer(ALPHA, { secrets: [] }),
    "an id of another form": () => sealer({ ...ALPHA, id: "A".repeat(16) }),
    "a short boot": () => sealer({ ...ALPHA, incarnation: "b1" }),
    "too few random bytes": () =>
      sealer(ALPHA, { randomBytes: () => Buffer.alloc(12) }).seal(bytes("a")),
    "a message that nobody would open": () => alpha.seal(Buffer.alloc(MAX_MESSAGE_BYTES + 1)),
    "a packet that nobody would open": () =>
      alpha.seal(Buffer.from(hkdfSync("sha512", OLD, "", "noise", 16_320))),
  };
  test.each(Object.entries(CASES))("%s throws", (_, misuse) => {
    expect(misuse).toThrow();
  });
});
