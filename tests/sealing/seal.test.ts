/** Sealed packets: their form, what is dropped and why, and that nothing in them causes an exception. */
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

/** Nonces that count up: reproducible, and never the same twice from one sealer. */
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

/** A packet by a sender that has the key but follows no other rule. */
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
  test("has the bytes that the protocol prescribes", () => {
    const nonce = Buffer.alloc(24);
    nonce[23] = 1;
    const packet = sealer(ALPHA).seal(bytes("localhost>"));
    const head = Buffer.from(`${ALPHA.id}${ALPHA.incarnation}00000000000102`, "hex");
    expect(packet).toEqual(sealRaw(Buffer.concat([head, bytes(">")]), nonce));
  });

  test("has the same bytes as in the first version", () => {
    // A change of these bytes is another protocol, which needs another mark than `#`.
    const hex =
      "6c6f63616c686f737423000000000000000000000000000000000000000000000001ac5c8dbe380d1ed1" +
      "aefa6e4482a01223d8db2b0e4b3d2a22f76df4527d042db172aa59710b8af3a2";
    expect(Buffer.from(sealer(ALPHA).seal(bytes("localhost?"))).toString("hex")).toBe(hex);
  });

  test("names the machine that sealed it and a rising counter", () => {
    const sender = sealer(ALPHA);
    for (const counter of [1, 2, 3]) {
      const opened = beta.open(sender.seal(bytes("localhost?")));
      expect(opened).toMatchObject({ ok: true, ...ALPHA, counter });
    }
  });

  test("reveals nothing of its content but the length", () => {
    const packet = Buffer.from(alpha.seal(bytes('localhost<{"user":"carla"}'.repeat(3))));
    for (const hidden of ["user", "carla", "<{", ALPHA.id, ALPHA.incarnation]) {
      expect(packet.includes(hidden)).toBe(false);
    }
    expect(packet.includes(Buffer.from(ALPHA.id, "hex"))).toBe(false);
  });

  const MESSAGES = {
    "an empty message": "",
    "the signature alone": "localhost",
    "a query": "localhost?",
    "a message without the signature": "abc",
    "a message with another signature": "localhos?",
    "the signature twice": "localhostlocalhost?",
    "a message of 127 bytes": `localhost<${"a".repeat(117)}`,
    "a long message": `localhost<${'{"name":"alpha"}'.repeat(1_000)}`,
    "every byte": String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)),
    "the longest message": "a".repeat(MAX_MESSAGE_BYTES),
  };
  test.each(Object.entries(MESSAGES))("contains %s unchanged", (_, text) => {
    expect(message(beta.open(alpha.seal(Buffer.from(text, "latin1"))))).toBe(text);
  });

  test("contains any message under any signature and is at most 64 bytes longer", () => {
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

  test("has 90 bytes for a ring message of 17 bytes after a signature of 9", () => {
    expect(alpha.seal(bytes(`localhost${"x".repeat(17)}`)).length).toBe(90);
  });

  test("is compressed only if that makes it shorter", () => {
    const repeated = bytes(`localhost<${"all the same ".repeat(50)}`);
    expect(alpha.seal(repeated).length).toBeLessThan(200);
    const noise = Buffer.from(hkdfSync("sha256", OLD, "", "noise", 1_000));
    expect(alpha.seal(noise).length).toBe(9 + SEALING_OVERHEAD_BYTES + 1_000);
  });

  test("does not change when the bytes that it was made of do", () => {
    const plain = bytes("localhost>");
    const packet = alpha.seal(plain);
    plain.fill(0);
    expect(message(beta.open(packet))).toBe("localhost>");
  });
});

describe("while keys are changed,", () => {
  const before = { secrets: [OLD] };
  const both = { secrets: [OLD, NEW] };
  const turned = { secrets: [NEW, OLD] };
  const after = { secrets: [NEW] };

  // Each machine takes each step at its own time, so that neighbours in this list run side by side.
  const STEPS = [before, both, turned, after];
  const NEIGHBOURS = STEPS.flatMap((step, i) =>
    [step, STEPS[i + 1]].flatMap((next) =>
      next === undefined ? [] : [{ step: i, a: step, b: next }],
    ),
  );
  test.each(NEIGHBOURS)(
    "machines before and after step $step can open each other's packets",
    ({ a, b }) => {
      const [one, two] = [sealer(ALPHA, a), sealer(BETA, b)];
      expect(message(two.open(one.seal(bytes("localhost?"))))).toBe("localhost?");
      expect(message(one.open(two.seal(bytes("localhost!"))))).toBe("localhost!");
    },
  );

  test("machines two steps apart cannot open each other's packets", () => {
    const [one, two] = [sealer(ALPHA, before), sealer(BETA, turned)];
    expect(one.open(two.seal(bytes("localhost?")))).toEqual({
      ok: false,
      reason: "sealed with another key",
    });
  });
});

describe("a packet is dropped if it", () => {
  const sealed = Buffer.from(alpha.seal(bytes("localhost>")));
  const stranger = sealer(ALPHA, { secrets: [NEW] });
  const neighbour = sealer(ALPHA, { signature: "localhose" });
  const zeros = deflateRawSync(Buffer.alloc(MAX_MESSAGE_BYTES + 1));
  const full = deflateRawSync(Buffer.alloc(MAX_MESSAGE_BYTES));
  const CASES: Record<string, [Uint8Array, string]> = {
    "is empty": [Buffer.alloc(0), "wrong signature"],
    "has half the signature": [bytes("local"), "wrong signature"],
    "is the signature alone": [bytes("localhost"), "wrong signature"],
    "is of a network with a longer signature": [bytes("localhost2#…"), "wrong signature"],
    "is of another network with the same key": [
      neighbour.seal(bytes("localhose>")),
      "wrong signature",
    ],
    "is a plain query": [bytes("localhost?"), "not sealed"],
    "is a plain list": [bytes("localhost!10.0.0.1"), "not sealed"],
    "is a plain request": [bytes("localhost>"), "not sealed"],
    "is a plain report": [bytes("localhost<a b c"), "not sealed"],
    "is the signature and the mark alone": [bytes("localhost#"), "malformed seal"],
    "is one byte short of an empty message": [sealed.subarray(0, 72), "malformed seal"],
    "is a byte short": [sealed.subarray(0, -1), "sealed with another key"],
    "is a byte too long": [Buffer.concat([sealed, bytes("\0")]), "sealed with another key"],
    "is sealed with another key": [stranger.seal(bytes("localhost>")), "sealed with another key"],
    "is noise of the right form": [
      Buffer.concat([bytes("localhost#"), Buffer.alloc(80)]),
      "sealed with another key",
    ],
    "is huge noise": [
      Buffer.concat([bytes("localhost#"), Buffer.alloc(MAX_SEALED_BYTES - 9)]),
      "too long",
    ],
    "was sealed by this machine": [sealer(BETA).seal(bytes("localhost>")), "our own, sent back"],
    "is authentic with a cut header": [sealRaw(header(0).subarray(0, 22)), "malformed seal"],
    "is authentic and empty": [sealRaw(Buffer.alloc(0)), "malformed seal"],
    "is authentic with an unknown flag": [
      sealRaw(Buffer.concat([header(4), bytes("a")])),
      "malformed seal",
    ],
    "is authentic with all flags": [
      sealRaw(Buffer.concat([header(255), bytes("a")])),
      "malformed seal",
    ],
    "is authentic with nothing compressed in it": [sealRaw(header(1)), "malformed seal"],
    "is authentic with garbage as compressed data": [
      sealRaw(Buffer.concat([header(1), bytes("garbage!")])),
      "malformed seal",
    ],
    "is authentic with compressed data cut short": [
      sealRaw(Buffer.concat([header(1), full.subarray(0, -4)])),
      "malformed seal",
    ],
    "is authentic and decompresses beyond the cap": [
      sealRaw(Buffer.concat([header(1), zeros])),
      "too long",
    ],
    // Its end is missing, so that a reader that decompressed beyond the cap would call it malformed.
    "is authentic and decompresses far beyond the cap": [
      sealRaw(Buffer.concat([header(1), deflateRawSync(Buffer.alloc(4_000_000)).subarray(0, -9)])),
      "too long",
    ],
    "is authentic and exceeds the cap with the signature": [
      sealRaw(Buffer.concat([header(3), full])),
      "too long",
    ],
  };
  test.each(Object.entries(CASES))("%s", (_, [packet, expected]) => {
    expect(reason(packet)).toBe(expected);
  });
});

test("a packet sealed by an earlier incarnation or a clone of this machine is opened", () => {
  const earlier = sealer({ id: BETA.id, incarnation: ALPHA.incarnation });
  expect(message(beta.open(earlier.seal(bytes("localhost>"))))).toBe("localhost>");
});

describe("a sealed packet that was tampered with", () => {
  const PACKETS = SAMPLE_MESSAGES.flatMap((sample) =>
    encodeMessage(SIGNATURE, sample).map((plain) => ({
      kind: sample.kind,
      sealed: alpha.seal(plain),
    })),
  );

  test.each(PACKETS)("is dropped whichever single bit was flipped ($kind)", ({ sealed }) => {
    expect(beta.open(sealed).ok).toBe(true);
    const survivors: number[] = [];
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped.writeUInt8((flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
      if (beta.open(flipped).ok) survivors.push(bit);
    }
    expect(survivors).toEqual([]);
  });

  test.each(PACKETS)("is dropped wherever it was cut ($kind)", ({ sealed }) => {
    for (let length = 0; length < sealed.length; length++) {
      expect(beta.open(sealed.subarray(0, length)).ok).toBe(false);
      expect(beta.open(sealed.subarray(sealed.length - length)).ok).toBe(false);
    }
  });

  test("is dropped if it was put together from two packets", () => {
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

  test("gives a message or a reason, whatever bytes it has", () => {
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

  test("gives a message within the cap or a reason if a holder of the key has sealed any plaintext", () => {
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

describe("sealing throws for a bug of the caller:", () => {
  const CASES: Record<string, () => unknown> = {
    "no secret key": () => sealer(ALPHA, { secrets: [] }),
    "an id of the wrong form": () => sealer({ ...ALPHA, id: "A".repeat(16) }),
    "an incarnation that is too short": () => sealer({ ...ALPHA, incarnation: "b1" }),
    "too few random bytes": () =>
      sealer(ALPHA, { randomBytes: () => Buffer.alloc(12) }).seal(bytes("a")),
    "a message too long to be opened": () => alpha.seal(Buffer.alloc(MAX_MESSAGE_BYTES + 1)),
    "a packet too long to be opened": () =>
      alpha.seal(Buffer.from(hkdfSync("sha512", OLD, "", "noise", 16_320))),
  };
  test.each(Object.entries(CASES))("%s", (_, misuse) => {
    expect(misuse).toThrow();
  });
});
