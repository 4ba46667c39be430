/** The text of a key file: what is read, and what is refused without being quoted. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatKey, parseKey } from "../../src/sealing/key-format.ts";

const SECRET = new Uint8Array(32).fill(7);
const KEY = "unagi-key-1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

function reasonOf(result: { ok: boolean; reason?: string }): string {
  return result.ok ? "" : (result.reason ?? "");
}

describe("the text of a key file", () => {
  const GOOD = {
    "a line": `${KEY}\n`,
    "a line without its end": KEY,
    "a line with the end of another system": `${KEY}\r\n`,
  };
  test.each(Object.entries(GOOD))("%s is read", (_, text) => {
    expect(parseKey(text)).toEqual({ ok: true, value: SECRET });
  });

  const BAD: Record<string, [string, string]> = {
    nothing: ["", "is empty"],
    "a line end": ["\n", "is empty"],
    "a password": ["correct horse battery staple\n", "is no key file of unagi"],
    "a private key of another program": [
      "-----BEGIN OPENSSH PRIVATE KEY-----\n",
      "is no key file of unagi",
    ],
    "the secret alone": [`${KEY.slice(12)}\n`, "is no key file of unagi"],
    "a space before it": [` ${KEY}\n`, "is no key file of unagi"],
    "a later format": [KEY.replace("-1:", "-2:"), "is a key of another version of unagi"],
    "the beginning alone": ["unagi-key-1:\n", "holds a secret of 0 bytes instead of 32"],
    "a short secret": [formatKey(new Uint8Array(31)), "holds a secret of 31 bytes"],
    "a long secret": [formatKey(new Uint8Array(64)), "holds a secret of 64 bytes"],
    "a character lost": [KEY.slice(0, -1), "holds a secret of 31 bytes"],
    "a character that cannot be the last": [`${KEY.slice(0, -1)}d`, "is damaged"],
    "a character too many": [`${KEY}A`, "holds a secret of 33 bytes"],
    padding: [`${KEY}=`, "is damaged"],
    "a comment behind it": [`${KEY} lab\n`, "is damaged: it holds more than a key"],
    "two keys": [`${KEY}\n${KEY}\n`, "is damaged: it holds more than a key"],
    "an empty line behind it": [`${KEY}\n\n`, "is damaged: it holds more than a key"],
    "a NUL": [`${KEY}\0`, "is damaged: it holds more than a key"],
  };
  test.each(Object.entries(BAD))("%s is refused", (_, [text, reason]) => {
    expect(reasonOf(parseKey(text))).toContain(reason);
  });

  test("any secret comes back as it was written", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (secret) => {
        expect(parseKey(formatKey(secret))).toEqual({ ok: true, value: secret });
      }),
    );
  });

  test("any text gives a secret or a reason that does not quote it", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((tail) => `unagi-key-1:${tail}`),
      fc.string({ minLength: 20, maxLength: 80, unit: fc.constantFrom(..."ABab01-_=") }),
    );
    fc.assert(
      fc.property(text, (content) => {
        const parsed = parseKey(content);
        if (parsed.ok) expect(parsed.value.length).toBe(32);
        else if (content.length >= 20) expect(parsed.reason).not.toContain(content.slice(12));
      }),
    );
  });
});
