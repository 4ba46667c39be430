/** A world that is sealed lightly opens and refuses the same packets as one with the cipher. */
import { describe, expect, test } from "bun:test";
import { SIGNATURE } from "./packet-kind.ts";
import { seededChance } from "./random.ts";
import { openSeal, PlainTexts } from "./sealing.ts";

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const MESSAGE = Buffer.from(`${SIGNATURE}>${"{".repeat(300)}`);

describe.each([true, false])("with sealing that is light: %p", (isLight) => {
  const plain = new PlainTexts(isLight);
  const sealOf = (digit: string, keys: readonly Uint8Array[]) =>
    openSeal({
      id: digit.repeat(16),
      incarnation: "b".repeat(16),
      keys,
      chance: seededChance(1),
      plain,
    });

  test("what one machine seals another opens, once, and the world sees it", () => {
    const [one, other] = [sealOf("1", [OLD]), sealOf("2", [OLD])];
    const packet = one.seal(MESSAGE);
    const opened = other.open(packet);
    expect(opened.ok && opened.id).toBe("1".repeat(16));
    expect(opened.ok && Buffer.from(opened.message)).toEqual(MESSAGE);
    expect(plain.get(packet)).toEqual(MESSAGE);
    expect(other.open(packet)).toEqual({ ok: false, reason: "seen before" });
  });

  test("a machine refuses what it has sealed itself", () => {
    const one = sealOf("1", [OLD]);
    expect(one.open(one.seal(MESSAGE))).toMatchObject({ reason: "our own, sent back" });
  });

  test.each([
    { title: "the same key", keys: [NEW], isOpened: true },
    { title: "a second key beside its own", keys: [OLD, NEW], isOpened: true },
    { title: "another key", keys: [OLD], isOpened: false },
  ])("what is sealed with a new key, a machine with $title opens: $isOpened", (row) => {
    const packet = sealOf("1", [NEW, OLD]).seal(MESSAGE);
    expect(sealOf("2", row.keys).open(packet).ok).toBe(row.isOpened);
  });

  test("a packet with a bit changed, and a plain one, are refused", () => {
    const packet = Buffer.from(sealOf("1", [OLD]).seal(MESSAGE));
    packet[50] = (packet[50] ?? 0) ^ 1;
    const reader = sealOf("2", [OLD]);
    expect(reader.open(packet)).toMatchObject({ reason: "sealed with another key" });
    expect(reader.open(MESSAGE)).toMatchObject({ reason: "not sealed" });
  });
});
