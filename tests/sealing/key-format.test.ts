/** The text of a key file: what is read, and what is refused without quoting it. */
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
  test.each(Object.entries(GOOD))("is read if it is %s", (_, text) => {
    expect(parseKey(text)).toEqual({ ok: true, value: SECRET });
  });

  const BAD: Record<string, [string, string]> = {
    "an empty file": ["", "is empty"],
    "a line end alone": ["\n", "is empty"],
    "a password": ["correct horse battery staple\n", "is no key file of unagi"],
    "a private key of another program": [
      "-----BEGIN OPENSSH PRIVATE KEY-----\n",
      "is no key file of unagi",
    ],
    "the secret alone": [`${KEY.slice(12)}\n`, "is no key file of unagi"],
    "a key with a space before it": [` ${KEY}\n`, "is no key file of unagi"],
    "a key of a later format": [KEY.replace("-1:", "-2:"), "is a key of another version of unagi"],
    "the beginning of a key alone": ["unagi-key-1:\n", "holds a secret of 0 bytes instead of 32"],
    "a key with a short secret": [formatKey(new Uint8Array(31)), "holds a secret of 31 bytes"],
    "a key with a long secret": [formatKey(new Uint8Array(64)), "holds a secret of 64 bytes"],
    "a key without its last character": [KEY.slice(0, -1), "holds a secret of 31 bytes"],
    "a key with an impossible last character": [`${KEY.slice(0, -1)}d`, "is damaged"],
    "a key with a character too many": [`${KEY}A`, "holds a secret of 33 bytes"],
    "a padded key": [`${KEY}=`, "is damaged"],
    "a key with a comment behind it": [`${KEY} lab\n`, "is damaged: it holds more than a key"],
    "two keys": [`${KEY}\n${KEY}\n`, "is damaged: it holds more than a key"],
    "a key with an empty line behind it": [`${KEY}\n\n`, "is damaged: it holds more than a key"],
    "a key with a NUL behind it": [`${KEY}\0`, "is damaged: it holds more than a key"],
  };
  test.each(Object.entries(BAD))("is refused if it is %s", (_, [text, reason]) => {
    expect(reasonOf(parseKey(text))).toContain(reason);
  });

  test("that was written for any secret is read back as that secret", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (secret) => {
        expect(parseKey(formatKey(secret))).toEqual({ ok: true, value: secret });
      }),
    );
  });

  test("gives a secret or a reason that does not quote it, whatever it is", () => {
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
