/** The keys that the daemon starts with, and what it prints of packets that show nothing. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSealing, readSecrets } from "../../src/daemon/sealing.ts";
import { formatKey } from "../../src/sealing/key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "unagi-sealing-"));
const credentials = join(folder, "credentials");
const place = (name: string) => join(folder, name);
const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);

beforeAll(() => {
  mkdirSync(credentials);
  const write = (name: string, text: string, mode: number) => {
    writeFileSync(place(name), text);
    chmodSync(place(name), mode);
  };
  write("old", formatKey(OLD), 0o600);
  write("new", formatKey(NEW), 0o600);
  write("open", formatKey(NEW), 0o644);
  write("credentials/key", "", 0o440);
  write("credentials/other-key", formatKey(OLD), 0o440);
});
afterAll(() => rmSync(folder, { recursive: true }));

function secrets(...keyFiles: readonly string[]) {
  const read = readSecrets({ keyFiles }, { CREDENTIALS_DIRECTORY: credentials });
  return read.ok ? read.value.map((secret) => secret[0]) : read.reason;
}

describe("the secrets of a daemon", () => {
  test("are those of its key files, in their order", () => {
    expect(secrets(place("new"), place("old"))).toEqual([2, 1]);
  });

  test("are none without key files, or with an empty credential", () => {
    expect(secrets()).toEqual([]);
    expect(secrets(join(credentials, "key"))).toEqual([]);
  });

  test("leave an empty credential out beside one that is not", () => {
    expect(secrets(join(credentials, "key"), join(credentials, "other-key"))).toEqual([1]);
  });

  test("are refused with all that is wrong, and how to mend it", () => {
    const reason = secrets(place("open"), place("old"), place("missing"));
    expect(reason).toContain(`remedy: chmod 600 ${place("open")}; key file ${place("missing")}`);
    expect(reason).toEndWith("or copy the key of another machine there");
  });
});

describe("what -dd prints of a packet", () => {
  const alpha = { signature: "lab", id: "00000000000000a1", incarnation: "b000000000000001" };
  const beta = { ...alpha, id: "00000000000000b1" };
  const message = Buffer.from("lab>\x1b");

  test("is the message where nothing is sealed", () => {
    const { envelope, print } = openSealing({ ...alpha, secrets: [], isTracing: true });
    expect(envelope).toBeUndefined();
    expect(print(message)).toBe("lab>\\x1b");
  });

  test("is what was sealed in it, or opened from it, and else its length alone", () => {
    const sender = openSealing({ ...alpha, secrets: [OLD], isTracing: true });
    const receiver = openSealing({ ...beta, secrets: [OLD], isTracing: true });
    const packet = sender.envelope?.seal(message) ?? message;
    expect(sender.print(packet)).toBe("(69 bytes sealed) lab>\\x1b");
    expect(receiver.print(packet)).toBe("69 bytes that cannot be opened");
    expect(receiver.envelope?.open(packet).ok).toBe(true);
    expect(receiver.print(packet)).toBe("(69 bytes sealed) lab>\\x1b");
  });
});
