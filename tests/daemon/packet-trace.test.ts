/** What `-dd` logs of packets. */
import { describe, expect, test } from "bun:test";
import { createPacketTrace } from "../../src/daemon/loop/packet-trace.ts";
import { createEnvelope } from "../../src/sealing/envelope.ts";

const PEER = { address: "10.0.0.7", port: 10_080 };
const MESSAGE = Buffer.from("lab>\x1b");

function sealedTrace(id: string) {
  const lines: string[] = [];
  const envelope = createEnvelope({
    signature: "lab",
    id,
    incarnation: "b000000000000001",
    secrets: [Buffer.alloc(32, 1)],
    randomBytes: (count) => Buffer.alloc(count, 1),
  });
  return { lines, ...createPacketTrace(envelope, (line) => lines.push(line)) };
}

describe("the packet trace", () => {
  test("shows the message and the peer where nothing is sealed", () => {
    const lines: string[] = [];
    const trace = createPacketTrace(undefined, (line) => lines.push(line));
    trace.sent(PEER, MESSAGE);
    trace.received({ address: "fd00::7", port: 1 }, MESSAGE);
    expect(trace.envelope).toBeUndefined();
    expect(lines).toEqual(["to 10.0.0.7:10080: lab>\\x1b", "from [fd00::7]:1: lab>\\x1b"]);
  });

  test("shows the message that was sealed in a packet or opened from it, else the length alone", () => {
    const [sender, receiver] = [sealedTrace("00000000000000a1"), sealedTrace("00000000000000b1")];
    const packet = sender.envelope?.seal(MESSAGE) ?? MESSAGE;
    sender.sent(PEER, packet);
    expect(sender.lines).toEqual(["to 10.0.0.7:10080: (69 bytes sealed) lab>\\x1b"]);
    receiver.received(PEER, packet);
    expect(receiver.envelope?.open(packet).ok).toBe(true);
    receiver.received(PEER, packet);
    expect(receiver.lines).toEqual([
      "from 10.0.0.7:10080: 69 bytes that cannot be opened",
      "from 10.0.0.7:10080: (69 bytes sealed) lab>\\x1b",
    ]);
  });
});
