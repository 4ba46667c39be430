/** The sealed packets of docs/protocol.md, opened by hand and by the product. */
import { describe, expect, test } from "bun:test";
import { createDecipheriv, hkdfSync } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { DICTIONARY } from "../../src/sealing/dictionary.ts";
import { parseKey } from "../../src/sealing/key-format.ts";
import { WINDOW_WIDTH } from "../../src/sealing/replay-window.ts";
import {
  createPacketCipher,
  MAX_MESSAGE_BYTES,
  MAX_SEALED_BYTES,
  SEALING_OVERHEAD_BYTES,
} from "../../src/sealing/seal.ts";
import { createDerivation } from "../../src/sealing/xaes.ts";
import { block, DOCUMENT, packet, SIGNATURE } from "./document.ts";

const ALPHA = { id: "6a1f0c52d3e84b97", incarnation: "c4d07a96e1b35f28" };
const HEADER_BYTES = 23;
const TAG_BYTES = 16;

function hex(name: string): Buffer {
  return Buffer.from(block(`hex ${name}`), "hex");
}

function secret(): Uint8Array {
  const key = parseKey(block("key"));
  if (!key.ok) throw new Error(key.reason);
  return key.value;
}

/** Opens a packet step by step as the document says, with AES-256-GCM once the packet key is derived. */
function openByHand(sealed: Buffer, packetKey: Uint8Array): Buffer {
  const start = SIGNATURE.length + 1;
  expect(sealed.toString("latin1", 0, start)).toBe(`${SIGNATURE}#`);
  const nonce = sealed.subarray(start, start + 24);
  const cipher = createDecipheriv("aes-256-gcm", packetKey, nonce.subarray(12));
  cipher.setAAD(Buffer.from(SIGNATURE));
  cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const body = sealed.subarray(start + 24, -TAG_BYTES);
  return Buffer.concat([cipher.update(body), cipher.final()]);
}

function nonceOf(sealed: Buffer): Buffer {
  return sealed.subarray(SIGNATURE.length + 1, SIGNATURE.length + 25);
}

const reader = () =>
  createPacketCipher({
    ...{
      signature: SIGNATURE,
      secrets: [secret()],
      id: "0".repeat(16),
      incarnation: "0".repeat(16),
    },
    randomBytes: (count) => Buffer.alloc(count),
  });

describe("the sealed packets of docs/protocol.md", () => {
  const key = Buffer.from(hkdfSync("sha256", secret(), SIGNATURE, "unagi sealed packet 1", 32));

  test("have the secret, the key and the packet key that the document gives", () => {
    expect([...secret()]).toEqual(Array.from({ length: 32 }, (_, index) => index));
    expect(key.toString("hex")).toBe(block("hex key"));
    const packetKey = createDerivation(key)(nonceOf(hex("sealed-query")));
    expect(packetKey.toString("hex")).toBe(block("hex packet-key"));
  });

  test("begin with id, incarnation, counter and flags", () => {
    const query = openByHand(hex("sealed-query"), hex("packet-key"));
    expect(query.toString("hex")).toBe(`${ALPHA.id}${ALPHA.incarnation}00000000000102${"3f"}`);
  });

  test("contain the answer, compressed with the dictionary", () => {
    const sealed = hex("sealed-answer");
    const plain = openByHand(sealed, createDerivation(key)(nonceOf(sealed)));
    const header = plain.toString("hex", 0, HEADER_BYTES);
    expect(header).toBe(`${ALPHA.id}${ALPHA.incarnation}00000000000203`);
    const dictionary = Buffer.from(block("text dictionary"));
    const message = inflateRawSync(plain.subarray(HEADER_BYTES), { dictionary });
    expect(`${SIGNATURE}${message}`).toBe(Buffer.from(packet("answer")).toString());
  });

  test("are opened by the product", () => {
    const query = reader().open(hex("sealed-query"));
    expect(query).toMatchObject({ ok: true, ...ALPHA, counter: 1 });
    expect(query.ok && Buffer.from(query.message)).toEqual(Buffer.from(packet("query")));
    const answer = reader().open(hex("sealed-answer"));
    expect(answer).toMatchObject({ ok: true, ...ALPHA, counter: 2 });
    expect(answer.ok && Buffer.from(answer.message)).toEqual(Buffer.from(packet("answer")));
  });

  test("are the bytes that the product seals", () => {
    const sealed = hex("sealed-query");
    const alpha = createPacketCipher({
      ...{ signature: SIGNATURE, secrets: [secret()], ...ALPHA },
      randomBytes: () => nonceOf(sealed),
    });
    expect(Buffer.from(alpha.seal(packet("query"))).toString("hex")).toBe(
      block("hex sealed-query"),
    );
  });
});

test("the dictionary in docs/protocol.md is the product's", () => {
  expect(block("text dictionary")).toBe(Buffer.from(DICTIONARY).toString());
});

test.each([
  `at most ${MAX_SEALED_BYTES.toLocaleString("en")} bytes, its message ${MAX_MESSAGE_BYTES.toLocaleString("en")}`,
  `Sealing adds at most ${SEALING_OVERHEAD_BYTES} bytes`,
  `a counter up to ${WINDOW_WIDTH - 1} below the highest counts once`,
  `${DICTIONARY.length.toLocaleString("en")} bytes; the line breaks`,
])('docs/protocol.md states a limit of sealing in the words "%s"', (text) => {
  expect(DOCUMENT.replace(/\s+/g, " ")).toContain(text);
});
