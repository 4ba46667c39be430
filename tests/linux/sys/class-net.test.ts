/** The facts about each interface, below a root. */
import { describe, expect, test } from "bun:test";
import {
  readCarriers,
  readInterfaceKinds,
  readInterfaces,
} from "../../../src/linux/sys/class-net.ts";
import { fixture, withRoot } from "../fixture.ts";
import { INTERFACE_ADDRESSES as addresses, writeInterfaces } from "./interfaces.ts";

describe("readInterfaces", () => {
  test("tells a bridge, its port, a wireless and a tunnel interface apart", () =>
    withRoot((root) => {
      writeInterfaces(root);
      const facts = readInterfaces(root.path, addresses);
      const byName = new Map(facts.map((each) => [each.name, each]));
      expect(byName.get("eno1")).toMatchObject({ type: 1, hasDevice: true, master: "br0" });
      expect(byName.get("br0")).toMatchObject({
        isBridge: true,
        hasDevice: false,
        lowers: ["eno1"],
        addresses: [{ address: "10.3.4.5", prefixLength: 16 }],
      });
      expect(byName.get("wlp2s0")).toMatchObject({ isWireless: true, hasDevice: true });
      expect(byName.get("tun0")).toMatchObject({ type: 65534, isTun: true, flags: 0x10d1 });
      expect(byName.get("odd")).not.toHaveProperty("type");
      expect(byName.get("vanished0")).toMatchObject({ flags: 0, hasDevice: false });
      expect(byName.has("bonding_masters")).toBe(false);
    }));

  test("gives nothing where there is no /sys", () => {
    expect(readInterfaces("/nowhere", new Map())).toEqual([]);
    expect(readInterfaceKinds("/nowhere")).toBeUndefined();
    expect(readCarriers("/nowhere")).toEqual([]);
  });
});

describe("readInterfaceKinds", () => {
  test.each([
    ["eno1", { hasDevice: true, hasMaster: false, isLayered: false }],
    ["br0", { hasDevice: false, hasMaster: false, isLayered: true }],
    ["bond0", { hasDevice: false, hasMaster: false, isLayered: true }],
    ["no-such", { hasDevice: false, hasMaster: false, isLayered: false }],
  ])("gives the kind of %s", (name, kind) => {
    expect(readInterfaceKinds(fixture("interfaces-20"))?.(name)).toEqual(kind);
  });
});

describe("readCarriers", () => {
  test("gives the interfaces whose type is known, and no carrier where it cannot be read", () =>
    withRoot((root) => {
      writeInterfaces(root);
      const seen = readCarriers(root.path).map(
        ({ type, hasDevice, hasCarrier }) => `${type} ${hasDevice} ${hasCarrier}`,
      );
      expect(seen.sort()).toEqual([
        "1 false true",
        "1 true false",
        "1 true false",
        "65534 false false",
      ]);
    }));
});
