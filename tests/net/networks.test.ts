/** What is decided about the networks that this machine is on. */
import { describe, expect, test } from "bun:test";
import { broadcastAddresses } from "../../src/net/networks.ts";

describe("the broadcast addresses of the network of", () => {
  test.each([
    { of: "10.0.0.7", prefixLength: 24, are: ["10.0.0.0", "10.0.0.255"] },
    { of: "10.1.2.3", prefixLength: 22, are: ["10.1.0.0", "10.1.3.255"] },
    { of: "192.168.1.130", prefixLength: 25, are: ["192.168.1.128", "192.168.1.255"] },
    { of: "127.0.0.1", prefixLength: 8, are: ["127.0.0.0", "127.255.255.255"] },
    { of: "10.0.0.6", prefixLength: 31, are: [] },
    { of: "10.0.0.7", prefixLength: 32, are: [] },
    { of: "fd00::7", prefixLength: 64, are: [] },
    { of: "fd00::7", prefixLength: 128, are: [] },
    { of: "nonsense", prefixLength: 24, are: [] },
    { of: "10.0.0.7", prefixLength: 33, are: [] },
  ])("$of/$prefixLength are $are", ({ of, prefixLength, are }) => {
    expect([...broadcastAddresses([{ address: of, prefixLength }])]).toEqual([...are]);
  });
});
