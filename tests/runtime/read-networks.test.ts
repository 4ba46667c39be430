/** What is read about networks from a whole tree of files. */
import { expect, test } from "bun:test";
import { rangeList } from "../../src/net/ranges.ts";
import { readNetworks } from "../../src/runtime/read-networks.ts";
import { withRoot } from "../linux/fixture.ts";
import { INTERFACE_ADDRESSES, writeInterfaces } from "../linux/sys/interfaces.ts";

test("lan is decided from the interfaces and neighbours below a root", () =>
  withRoot((root) => {
    writeInterfaces(root);
    const [allow, scan] = [rangeList(["lan"], "allow"), rangeList(["lan"], "scan")];
    const options = { p2pAllow: allow, httpAllow: allow, scan };
    const { lan, p2pAllow } = readNetworks(options, root.path, INTERFACE_ADDRESSES);
    expect(p2pAllow.contains("10.3.99.99")).toBe(true);
    expect(lan.wired).toEqual({ allow: ["10.3.0.0/16"], scan: ["10.3.4.0/22", "10.3.200.9"] });
    expect(lan.withWireless.allow).toEqual(["10.3.0.0/16", "192.168.43.0/24"]);
    expect(lan.leftOut.map(({ name }) => name)).toEqual([
      "eno1",
      "odd",
      "tun0",
      "vanished0",
      "wlp2s0",
    ]);
  }));
