/** XAES-256-GCM against the vectors of https://c2sp.org/XAES-256-GCM. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { createDerivation, createXaes, TAG_BYTES } from "../../src/sealing/xaes.ts";

const VECTORS = [
  {
    name: "for L without its highest bit",
    key: "01".repeat(32),
    derived: "c8612c9ed53fe43e8e005b828a1631a0bbcb6ab2f46514ec4f439fcfd0fa969b",
    additional: "",
    sealed: "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271",
  },
  {
    name: "for L with its highest bit",
    key: "03".repeat(32),
    derived: "e9c621d4cdd9b11b00a6427ad7e559aeedd66b3857646677748f8ca796cb3fd8",
    additional: "c2sp.org/XAES-256-GCM",
    sealed: "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d",
  },
];
const nonce = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWX");
const plaintext = Buffer.from("XAES-256-GCM");

describe("XAES-256-GCM agrees with the published vector", () => {
  test.each(VECTORS)("$name", ({ key, derived, additional, sealed }) => {
    const secret = Buffer.from(key, "hex");
    const additionalData = Buffer.from(additional);
    const xaes = createXaes(secret);
    expect(createDerivation(secret)(nonce).toString("hex")).toBe(derived);
    const packet = xaes.seal({ nonce, plaintext, additionalData });
    expect(packet.toString("hex")).toBe(sealed);
    expect(xaes.open({ nonce, sealed: packet, additionalData })).toEqual(plaintext);
  });

  test("of 10,000 random inputs, read from SHAKE-128 and collected in another", () => {
    const iterations = 10_000;
    // Each input takes 32 + 24 + 1 + 255 + 1 + 255 bytes at most.
    const stream = createHash("shake128", { outputLength: iterations * 568 }).digest();
    expect(stream.toString("hex", 0, 16)).toBe("7f9c2ba4e88f827d616045507605853e");
    let at = 0;
    const take = (count: number) => {
      at += count;
      return stream.subarray(at - count, at);
    };
    const takeShort = () => take(take(1)[0] ?? 0);
    const gathered = createHash("shake128", { outputLength: 32 });
    for (let i = 0; i < iterations; i++) {
      const xaes = createXaes(take(32));
      const input = { nonce: take(24), plaintext: takeShort(), additionalData: takeShort() };
      const sealed = xaes.seal(input);
      const opened = xaes.open({ ...input, sealed });
      if (opened === undefined || !opened.equals(input.plaintext)) throw new Error(`vector ${i}`);
      gathered.update(sealed);
    }
    const published = "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939";
    expect(gathered.digest("hex")).toBe(published);
  });
});

describe("XAES-256-GCM does not open a packet with", () => {
  const xaes = createXaes(Buffer.alloc(32, 1));
  const additionalData = Buffer.from("lab");
  const sealed = xaes.seal({ nonce, plaintext, additionalData });
  const other = Buffer.from(nonce).fill(0, 0, 1);
  const cases = {
    "another key": createXaes(Buffer.alloc(32, 2)).open({ nonce, sealed, additionalData }),
    "another first half of the nonce": xaes.open({ nonce: other, sealed, additionalData }),
    "other additional data": xaes.open({ nonce, sealed, additionalData: Buffer.from("la") }),
    "a nonce cut short": xaes.open({ nonce: nonce.subarray(1), sealed, additionalData }),
    "a tag cut short": xaes.open({
      nonce,
      sealed: sealed.subarray(0, TAG_BYTES - 1),
      additionalData,
    }),
    "a byte more": xaes.open({
      nonce,
      sealed: Buffer.concat([sealed, Buffer.alloc(1)]),
      additionalData,
    }),
    "nothing in it": xaes.open({ nonce, sealed: Buffer.alloc(0), additionalData }),
  };
  test.each(Object.entries(cases))("%s", (_, opened) => {
    expect(opened).toBeUndefined();
  });
});

test("one XAES-256-GCM cipher serves many packets, in any order", () => {
  const xaes = createXaes(Buffer.alloc(32, 7));
  const additionalData = Buffer.from("lab");
  const inputs = Array.from({ length: 200 }, (_, i) => ({
    nonce: Buffer.alloc(24, i),
    plaintext: Buffer.alloc(i, i),
    additionalData,
  }));
  const sealed = inputs.map((input) => xaes.seal(input));
  for (const [i, input] of [...inputs.entries()].reverse()) {
    const packet = sealed[i] ?? Buffer.alloc(0);
    expect(xaes.open({ nonce: input.nonce, sealed: packet, additionalData })).toEqual(
      input.plaintext,
    );
  }
});

test("XAES-256-GCM throws for a key or a nonce of the wrong length", () => {
  expect(() => createXaes(Buffer.alloc(16))).toThrow("32 bytes");
  const xaes = createXaes(Buffer.alloc(32));
  const short = Buffer.alloc(12);
  expect(() => xaes.seal({ nonce: short, plaintext, additionalData: short })).toThrow("24 bytes");
});
