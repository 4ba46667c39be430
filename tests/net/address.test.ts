/** One spelling for each address, and which addresses a packet can be sent to. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  canonicalAddress,
  isIpv6,
  isLoopback,
  isUsablePeerAddress,
} from "../../src/net/address.ts";

describe("canonicalAddress", () => {
  const spellings: readonly (readonly [string, string])[] = [
    ["192.168.1.7", "192.168.1.7"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:0db8::0001", "2001:db8::1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["::FFFF:a01:203", "10.1.2.3"],
    ["0:0:0:0:0:ffff:10.1.2.3", "10.1.2.3"],
    ["::10.1.2.3", "::a01:203"],
  ];
  for (const [text, expected] of spellings) {
    test(`writes ${text} as ${expected}`, () => {
      expect(canonicalAddress(text)).toBe(expected);
    });
  }

  const refused: readonly string[] = [
    "",
    " ",
    "10.1",
    "10.1.2",
    "10.1.2.3.4",
    "010.1.2.3",
    "10.1.2.03",
    "00.0.0.0",
    "256.1.2.3",
    "10.1.2.-3",
    "10.1.2.3 ",
    " 10.1.2.3",
    "10.1.2.3\n",
    "10.1.2.3\0",
    "10.1.2.3:10080",
    "0x7f000001",
    "0x7f.0.0.1",
    "2130706433",
    "١٠.1.2.3",
    "localhost",
    "fe80::1%eth0",
    "fe80::1%1",
    "[::1]",
    "::1\n",
    "::1 ",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::12345",
    "00001::1",
    "::g",
    "::ffff:010.1.2.3",
    "::ffff:256.1.2.3",
    "::ffff:10.1.2",
    "::10.1.2.3:1",
    `${"0:".repeat(40)}1`,
    ":".repeat(10_000),
    "1".repeat(100_000),
  ];
  for (const text of refused) {
    test(`refuses ${JSON.stringify(text.slice(0, 40))}, ${text.length} characters`, () => {
      expect(canonicalAddress(text)).toBeUndefined();
    });
  }

  test("keeps its own spelling of any IPv4 and IPv6 address", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = canonicalAddress(text);
        if (address === undefined) throw new Error(`refused ${text}`);
        expect(canonicalAddress(address)).toBe(address);
        expect(address).not.toMatch(/^::ffff:/);
      }),
    );
  });

  test("gives an address or undefined for any text", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."0123456789abfF:.%x[] "), maxLength: 50 });
    fc.assert(
      fc.property(letters, (text) => {
        const address = canonicalAddress(text);
        if (address !== undefined) expect(canonicalAddress(address)).toBe(address);
      }),
    );
  });
});

describe("isUsablePeerAddress", () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["192.168.1.7", true],
    ["127.0.0.1", true],
    ["169.254.3.4", true],
    ["1.0.0.0", true],
    ["223.255.255.255", true],
    ["10.255.255.255", true],
    ["::1", true],
    ["2001:db8::7", true],
    ["fd12::1", true],
    ["fe00::1", true],
    ["f::1", true],
    ["0.0.0.0", false],
    ["0.1.2.3", false],
    ["224.0.0.1", false],
    ["239.255.255.250", false],
    ["240.0.0.1", false],
    ["255.255.255.254", false],
    ["255.255.255.255", false],
    ["::", false],
    ["ff02::1", false],
    ["ff0e::fb", false],
    ["fe80::1", false],
    ["febf::1", false],
  ];
  for (const [address, expected] of cases) {
    test(`is ${expected} for ${address}`, () => {
      expect(isUsablePeerAddress(address)).toBe(expected);
    });
  }
});

test("isLoopback is true for 127.0.0.0/8 and ::1 alone", () => {
  const loopback = ["127.0.0.1", "127.0.7.12", "127.255.255.255", "::1"];
  const others = ["128.0.0.1", "12.7.0.1", "1.127.0.1", "::", "::2", "127::1", "1270::1"];
  expect(loopback.filter(isLoopback)).toEqual(loopback);
  expect(others.filter(isLoopback)).toEqual([]);
});

test("isIpv6 is true for an address with a colon", () => {
  expect(isIpv6("::1")).toBe(true);
  expect(isIpv6("10.1.2.3")).toBe(false);
});
