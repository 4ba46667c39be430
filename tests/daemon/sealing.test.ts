/** What `-dd` prints of packets that show nothing. */
import { describe, expect, test } from "bun:test";
import { openSealing } from "../../src/daemon/sealing.ts";

const SECRET = Buffer.alloc(32, 1);

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
    const sender = openSealing({ ...alpha, secrets: [SECRET], isTracing: true });
    const receiver = openSealing({ ...beta, secrets: [SECRET], isTracing: true });
    const packet = sender.envelope?.seal(message) ?? message;
    expect(sender.print(packet)).toBe("(69 bytes sealed) lab>\\x1b");
    expect(receiver.print(packet)).toBe("69 bytes that cannot be opened");
    expect(receiver.envelope?.open(packet).ok).toBe(true);
    expect(receiver.print(packet)).toBe("(69 bytes sealed) lab>\\x1b");
  });
});
