/** The fake cipher of simulated worlds opens and refuses the same packets as the real one. */
import { describe, expect, test } from "bun:test";
import { SIGNATURE } from "./packet-kind.ts";
import { seededRandom } from "./random.ts";
import { createSimulatedEnvelope, Plaintexts } from "./sealing.ts";

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const MESSAGE = Buffer.from(`${SIGNATURE}>${"{".repeat(300)}`);

describe.each([
  { cipher: "fake", isCipherFaked: true },
  { cipher: "real", isCipherFaked: false },
])("in a simulated world with the $cipher cipher,", ({ isCipherFaked }) => {
  const plain = new Plaintexts(isCipherFaked);
  const sealOf = (digit: string, keys: readonly Uint8Array[]) =>
    createSimulatedEnvelope({
      id: digit.repeat(16),
      incarnation: "b".repeat(16),
      keys,
      random: seededRandom(1),
      plain,
    });

  test("a packet that one machine seals is opened by another only once, and the world sees inside", () => {
    const [one, other] = [sealOf("1", [OLD]), sealOf("2", [OLD])];
    const packet = one.seal(MESSAGE);
    const opened = other.open(packet);
    expect(opened.ok && opened.id).toBe("1".repeat(16));
    expect(opened.ok && Buffer.from(opened.message)).toEqual(MESSAGE);
    expect(plain.get(packet)).toEqual(MESSAGE);
    expect(other.open(packet)).toEqual({ ok: false, reason: "seen before" });
  });

  test("a machine refuses a packet that it has sealed itself", () => {
    const one = sealOf("1", [OLD]);
    expect(one.open(one.seal(MESSAGE))).toMatchObject({ reason: "our own, sent back" });
  });

  test.each([
    { verb: "opened", holder: "the new key", keys: [NEW], isOpened: true },
    { verb: "opened", holder: "the new key as its second", keys: [OLD, NEW], isOpened: true },
    { verb: "refused", holder: "the old key alone", keys: [OLD], isOpened: false },
  ])("a packet sealed with the new key is $verb by a machine with $holder", (row) => {
    const packet = sealOf("1", [NEW, OLD]).seal(MESSAGE);
    expect(sealOf("2", row.keys).open(packet).ok).toBe(row.isOpened);
  });

  test("a packet with a changed bit and a plain packet are refused", () => {
    const packet = Buffer.from(sealOf("1", [OLD]).seal(MESSAGE));
    packet[50] = (packet[50] ?? 0) ^ 1;
    const reader = sealOf("2", [OLD]);
    expect(reader.open(packet)).toMatchObject({ reason: "sealed with another key" });
    expect(reader.open(MESSAGE)).toMatchObject({ reason: "not sealed" });
  });
});
