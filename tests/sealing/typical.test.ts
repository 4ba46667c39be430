/** The size of a typical report when it is sealed, and the dictionary that it is compressed with. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { encodeAnswer } from "../../src/protocol/encode.ts";
import { MAX_ANSWER_BYTES } from "../../src/protocol/limits.ts";
import { DICTIONARY } from "../../src/sealing/dictionary.ts";
import { createPacketCipher } from "../../src/sealing/seal.ts";
import { TYPICAL_REPORT } from "./typical-report.ts";

/** 1,500 bytes less the headers of IPv6, which are longer than those of IPv4, and of UDP. */
const FRAME_BYTES = 1_500 - 40 - 8;

const sealer = (id: string) =>
  createPacketCipher({
    signature: "render-corner",
    secrets: [Buffer.alloc(32, 1)],
    id,
    incarnation: "c4d07a96e1b35f28",
    randomBytes: (count) => Buffer.alloc(count, 5),
  });

const answer = encodeAnswer("render-corner", {
  answer: 247_881_002_993_321,
  id: "6a1f0c52d3e84b97",
  incarnation: "c4d07a96e1b35f28",
  sequence: 1_234,
  intervalSeconds: 600,
  ageSeconds: 40.201,
  wallMs: 1_784_000_000_200,
  you: "192.168.1.104",
  name: "render-03",
  report: TYPICAL_REPORT,
});

describe("the sealed report of a machine with 32 cores, 10 processes, 5 messages", () => {
  const packet = sealer("6a1f0c52d3e84b97").seal(answer);

  test("fits into one Ethernet frame without losing anything", () => {
    expect(answer.length).toBeLessThan(MAX_ANSWER_BYTES);
    expect(answer.length).toBeGreaterThan(3_700);
    expect(packet.length).toBeLessThan(FRAME_BYTES);
    // Leaves room for longer messages, and fails if the dictionary or the level gets worse.
    expect(packet.length).toBeLessThan(1_300);
  });

  test("is opened unchanged", () => {
    const opened = sealer("b7e2915f08c4d36a").open(packet);
    expect(opened.ok && Buffer.from(opened.message)).toEqual(Buffer.from(answer));
  });
});

test("the dictionary has not changed, because it is part of the protocol", () => {
  expect(createHash("sha256").update(DICTIONARY).digest("hex")).toBe(
    "d39ee413512e4e4c5cf65f9ae23d283526b67795caa61623d6d6b3b0a0f3b8bc",
  );
  expect(DICTIONARY).toHaveLength(2_099);
});

test("each key of a typical answer is in the dictionary", () => {
  const keys = [
    ...Buffer.from(answer)
      .toString()
      .matchAll(/"(\w+)":/g),
  ].map(([key]) => key);
  const text = Buffer.from(DICTIONARY).toString();
  expect([...new Set(keys)].filter((key) => !text.includes(key))).toEqual([]);
});
