/**
 * The text of a key file: the secret that the machines of a network share, as
 * `unagi keygen FILE` writes it. No message from here quotes what is in the file.
 */
import { fail, ok, type Result } from "../base/result.ts";

/** Tells the reader and us what the line is; the number is the format's version. */
const PREFIX = "unagi-key-1:";

/**
 * 256 bits, as many as the cipher's key: fewer would be its weakest part, and more gain nothing.
 * The fixed length lets `parseKey` notice a character lost or doubled in copying.
 */
export const SECRET_BYTES = 32;

/**
 * Parses a key file's text: one line, the prefix and the secret as base64url without padding.
 * A failure's reason is a part of a sentence and never quotes the text, which may be a secret.
 *
 *     unagi-key-1:q0Jt3qf5oTnqQ3Zr5iN0tqkVQq1mK8s1m3sJmT2b7cE
 */
export function parseKey(text: string): Result<Uint8Array> {
  const line = text.replace(/\r?\n$/, "");
  if (line.trim() === "") return fail("is empty");
  if (!line.startsWith(PREFIX)) {
    return /^unagi-key-[0-9]+:/.test(line)
      ? fail("is a key of another version of unagi")
      : fail("is no key file of unagi");
  }
  const encoded = line.slice(PREFIX.length);
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) return fail("is damaged: it holds more than a key");
  const secret = Buffer.from(encoded, "base64url");
  // They differ where the last character has bits that belong to no byte.
  if (secret.toString("base64url") !== encoded) return fail("is damaged");
  if (secret.length !== SECRET_BYTES) {
    return fail(`holds a secret of ${secret.length} bytes instead of ${SECRET_BYTES}`);
  }
  return ok(new Uint8Array(secret));
}

/** The text of a key file. */
export function formatKey(secret: Uint8Array): string {
  return `${PREFIX}${Buffer.from(secret).toString("base64url")}\n`;
}
