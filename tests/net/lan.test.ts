/** What `lan` stands for, interface by interface. */
import { describe, expect, test } from "bun:test";
import type { InterfaceFacts } from "../../src/linux/sys/class-net.ts";
import { decideLan, whyNoLan } from "../../src/net/lan.ts";
import { rangeList } from "../../src/net/ranges.ts";

const ETHERNET: InterfaceFacts = {
  name: "eth0",
  addresses: [],
  type: 1,
  flags: 0x1003,
  hasDevice: true,
  isWireless: false,
  isTun: false,
  isBridge: false,
  lowers: [],
};

const VIRTUAL: InterfaceFacts = { ...ETHERNET, hasDevice: false };

function at(...cidrs: readonly string[]): Pick<InterfaceFacts, "addresses"> {
  return {
    addresses: cidrs.map((cidr) => {
      const [address = "", length] = cidr.split("/");
      return { address, prefixLength: Number(length) };
    }),
  };
}

describe("the networks that lan stands for", () => {
  const cases: readonly (readonly [
    string,
    readonly string[],
    readonly string[],
    readonly string[],
  ])[] = [
    // What it is, its addresses, what lan allows, what lan scans.
    ["a small network", ["192.168.1.7/24"], ["192.168.1.0/24"], ["192.168.1.0/24"]],
    ["the widest network that is scanned whole", ["10.1.6.7/22"], ["10.1.4.0/22"], ["10.1.4.0/22"]],
    ["a wide network, scanned around its address", ["10.1.6.7/8"], ["10.0.0.0/8"], ["10.1.4.0/22"]],
    [
      "a network in RFC 1918's middle block",
      ["172.20.1.1/16"],
      ["172.20.0.0/16"],
      ["172.20.0.0/22"],
    ],
    ["a link-local IPv4 network", ["169.254.3.4/16"], ["169.254.0.0/16"], ["169.254.0.0/22"]],
    ["a unique local IPv6 network, never scanned", ["fd00:1::7/64"], ["fd00:1::/64"], []],
    [
      "several networks",
      ["192.168.1.7/24", "fd00:1::7/64", "10.0.0.1/30"],
      ["192.168.1.0/24", "fd00:1::/64", "10.0.0.0/30"],
      ["192.168.1.0/24", "10.0.0.0/30"],
    ],
    [
      "a netmask wider than the private block, cut to that block",
      ["192.168.1.7/8", "172.16.0.1/4", "fd00::1/0"],
      ["192.168.0.0/16", "172.16.0.0/12", "fc00::/7"],
      ["192.168.0.0/22", "172.16.0.0/22"],
    ],
    [
      "public addresses beside private ones",
      ["8.8.8.8/24", "10.0.0.1/24", "2001:db8::1/64"],
      ["10.0.0.0/24"],
      ["10.0.0.0/24"],
    ],
    ["a host route", ["10.0.0.1/32"], ["10.0.0.1/32"], ["10.0.0.1/32"]],
  ];
  for (const [what, cidrs, allow, scan] of cases) {
    test(`include those of an interface with ${what}`, () => {
      const lan = decideLan([{ ...ETHERNET, ...at(...cidrs) }], []);
      expect(lan).toEqual({ wired: { allow, scan }, withWireless: { allow, scan }, leftOut: [] });
    });
  }

  const kinds: readonly (readonly [string, readonly InterfaceFacts[]])[] = [
    ["a veth without a master, as containers have it", [VIRTUAL]],
    ["InfiniBand", [{ ...ETHERNET, type: 32 }]],
    ["a VLAN", [{ ...VIRTUAL, deviceType: "vlan", lowers: ["enp1s0"] }]],
    ["a bond", [{ ...VIRTUAL, deviceType: "bond", lowers: ["enp1s0"] }]],
    [
      "a bridge with a hardware port",
      [{ ...VIRTUAL, isBridge: true, lowers: ["vnet0", "enp1s0"] }],
    ],
    [
      "a bridge whose port is a VLAN on a bond on hardware",
      [
        { ...VIRTUAL, isBridge: true, lowers: ["bond0.5"] },
        { ...VIRTUAL, name: "bond0.5", master: "eth0", lowers: ["bond0"] },
        { ...VIRTUAL, name: "bond0", lowers: ["enp1s0"] },
      ],
    ],
    [
      "a bridge with a wired and a wireless port",
      [
        { ...VIRTUAL, isBridge: true, lowers: ["wlan0", "enp1s0"] },
        { ...ETHERNET, name: "wlan0", isWireless: true, master: "eth0" },
      ],
    ],
  ];
  for (const [what, facts] of kinds) {
    test(`include those of ${what}`, () => {
      const port: InterfaceFacts = { ...ETHERNET, name: "enp1s0", master: "eth0" };
      const vnet: InterfaceFacts = { ...VIRTUAL, name: "vnet0", isTun: true, master: "eth0" };
      const [first = ETHERNET, ...others] = facts;
      const lan = decideLan([{ ...first, ...at("10.0.0.1/24") }, ...others, port, vnet], []);
      expect(lan.wired.allow).toEqual(["10.0.0.0/24"]);
      expect(lan.leftOut.map(({ name }) => name)).not.toContain("eth0");
    });
  }
});

describe("an interface is left out of lan with the reason", () => {
  const cases: readonly (readonly [InterfaceFacts, RegExp])[] = [
    [{ ...VIRTUAL, type: 772, flags: 0x49 }, /loopback/],
    [{ ...ETHERNET, master: "br0" }, /a part of br0/],
    [{ ...VIRTUAL, type: 65534, deviceType: "wireguard", flags: 0x10d1 }, /WireGuard/],
    [{ ...VIRTUAL, type: 65534, isTun: true, flags: 0x10d1 }, /tun or tap/],
    [{ ...VIRTUAL, isTun: true }, /tun or tap/],
    [{ ...VIRTUAL, type: 512, flags: 0x10d1 }, /point-to-point/],
    [{ ...VIRTUAL, type: 776, flags: 0x80 }, /no Ethernet \(kind 776\)/],
    [{ ...VIRTUAL, deviceType: "vxlan" }, /vxlan tunnel/],
    [{ ...VIRTUAL, isBridge: true, lowers: [] }, /bridge without a hardware port/],
    [{ ...VIRTUAL, isBridge: true, lowers: ["veth1", "gone"] }, /bridge without a hardware port/],
    [{ ...VIRTUAL, isBridge: true, lowers: ["eth0"] }, /bridge without a hardware port/],
  ];
  for (const [facts, reason] of cases) {
    test(String(reason), () => {
      const veth: InterfaceFacts = { ...VIRTUAL, name: "veth1", master: "eth0" };
      const lan = decideLan([{ ...facts, ...at("10.0.0.1/24", "fd00::1/64") }, veth], []);
      expect(lan.withWireless).toEqual({ allow: [], scan: [] });
      expect(lan.leftOut.find(({ name }) => name === "eth0")?.reason).toMatch(reason);
    });
  }

  test("that its kind is unknown, so that nothing is shown to an unknown network", () => {
    const { type: _, ...unknown } = ETHERNET;
    const lan = decideLan([{ ...unknown, ...at("10.0.0.1/24") }], []);
    expect([lan.wired.allow, lan.leftOut[0]?.reason]).toEqual([
      [],
      "its kind cannot be read from /sys/class/net",
    ]);
  });

  const addresses: readonly (readonly [readonly string[], string])[] = [
    [[], "it has no address"],
    [["fe80::1/64"], "it has no address"],
    [["198.51.100.7/24", "fe80::1/64"], "its address 198.51.100.7 is not in a private network"],
    [["100.64.0.1/10"], "its address 100.64.0.1 is not in a private network"],
    [["172.32.0.1/16"], "its address 172.32.0.1 is not in a private network"],
    [["2001:db8::1/64"], "its address 2001:db8::1 is not in a private network"],
  ];
  for (const [cidrs, reason] of addresses) {
    test(`${reason} when it has ${cidrs.join(" and ") || "no address"}`, () => {
      const lan = decideLan([{ ...ETHERNET, ...at(...cidrs) }], []);
      expect([lan.wired.allow, lan.leftOut]).toEqual([[], [{ name: "eth0", reason }]]);
    });
  }
});

describe("a wireless interface", () => {
  const wlan: InterfaceFacts = { ...ETHERNET, name: "wlan0", isWireless: true };

  test("belongs to lan+wireless alone", () => {
    const lan = decideLan(
      [
        { ...ETHERNET, ...at("10.0.0.1/24") },
        { ...wlan, ...at("10.8.0.9/16") },
      ],
      [],
    );
    expect(lan.wired).toEqual({ allow: ["10.0.0.0/24"], scan: ["10.0.0.0/24"] });
    expect(lan.withWireless).toEqual({
      allow: ["10.0.0.0/24", "10.8.0.0/16"],
      scan: ["10.0.0.0/24", "10.8.0.0/22"],
    });
    expect(lan.leftOut).toEqual([
      { name: "wlan0", reason: "it is wireless (lan+wireless includes it)" },
    ]);
  });

  test("stays wireless under a bridge or a VLAN", () => {
    for (const above of [{ isBridge: true }, { deviceType: "vlan" }]) {
      const upper = { ...VIRTUAL, ...above, lowers: ["wlan0", "veth1"], ...at("10.0.0.1/24") };
      const veth: InterfaceFacts = { ...VIRTUAL, name: "veth1", master: "eth0" };
      const lan = decideLan([upper, { ...wlan, master: "eth0" }, veth], []);
      expect([lan.wired.allow, lan.withWireless.allow]).toEqual([[], ["10.0.0.0/24"]]);
    }
  });
});

describe("neighbours known by ARP", () => {
  const eth0 = { ...ETHERNET, ...at("10.0.0.1/8") };

  test("are scanned beyond the /22 around an own address, if they lie in networks of lan", () => {
    const arp = [
      { address: "10.200.0.1", device: "eth0" },
      { address: "10.200.0.2", device: "docker0" },
      { address: "8.8.8.8", device: "eth0" },
      { address: "192.168.1.1", device: "eth0" },
    ];
    expect(decideLan([eth0], arp).wired.scan).toEqual(["10.0.0.0/22", "10.200.0.1"]);
  });

  test("and many networks together make a scan of at most 65,536 addresses", () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      ...VIRTUAL,
      name: `veth${index}`,
      ...at(`10.${index % 250}.${index < 250 ? 0 : 128}.1/17`),
    }));
    const arp = Array.from({ length: 100_000 }, (_, index) => ({
      address: `10.0.${(index >> 8) & 127}.${index & 255}`,
      device: "veth0",
    }));
    const { scan } = decideLan(many, arp).wired;
    const size = scan.reduce((sum, text) => sum + (text.endsWith("/22") ? 1022 : 1), 0);
    expect(scan.filter((text) => text.includes("/") && !text.endsWith("/22"))).toEqual([]);
    expect(size).toBeGreaterThan(60_000);
    expect(size).toBeLessThanOrEqual(65_536);
  });
});

describe("the notice that names the key to set", () => {
  const cafe = decideLan(
    [{ ...ETHERNET, name: "wlan0", isWireless: true, ...at("10.0.0.1/24") }],
    [],
  );

  test("is given where lan stands for nothing", () => {
    expect(whyNoLan(rangeList(["lan"], "scan"), "scan", cafe)).toBe(
      "'lan' in scan matches no private IPv4 network of this machine (wlan0: it is wireless " +
        '(lan+wireless includes it)); name the range instead, as in scan = ["192.168.1."]',
    );
  });

  test("is not given otherwise", () => {
    expect(whyNoLan(rangeList(["lan+wireless"], "scan"), "scan", cafe)).toBeUndefined();
    expect(whyNoLan(rangeList(["10.1."], "allow"), "p2p-allow", cafe)).toBeUndefined();
  });
});
