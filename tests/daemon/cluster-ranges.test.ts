/** What the core is told about the networks that this machine is on. */
import { describe, expect, test } from "bun:test";
import { clusterRanges } from "../../src/daemon/cluster-ranges.ts";
import { rangeList } from "../../src/net/ranges.ts";
import { readNetworks } from "../../src/runtime/read-networks.ts";

describe("the core, on a machine with 10.0.0.7/24 and a second network", () => {
  const addresses = new Map([
    ["eth0", [{ address: "10.0.0.7", prefixLength: 24 }]],
    ["eth1", [{ address: "192.168.1.7", prefixLength: 25 }]],
  ]);
  const ranges = {
    p2pAllow: rangeList(["10.0.0.0/22", "192.168.1.0/24"], "allow"),
    httpAllow: rangeList([], "allow"),
    scan: rangeList(["10.0.0.0/22"], "scan"),
  };
  const { allow, isOwn } = clusterRanges(readNetworks(ranges, "/nonexistent", addresses));

  test.each([
    { address: "10.0.0.8", is: true },
    { address: "10.0.1.255", is: true },
    { address: "192.168.1.255", is: true },
    { address: "10.0.0.255", is: false },
    { address: "10.0.0.0", is: false },
    { address: "192.168.1.127", is: false },
    { address: "10.0.4.1", is: false },
  ])("is allowed to speak with $address: $is", ({ address, is }) => {
    expect(allow(address)).toBe(is);
  });

  test("knows which addresses are its own", () => {
    const own = ["10.0.0.7", "192.168.1.7", "127.0.0.9", "10.0.0.8"].filter((one) => isOwn?.(one));
    expect(own).toEqual(["10.0.0.7", "192.168.1.7", "127.0.0.9"]);
  });
});
