/** Network traffic: physical interfaces only, nothing counted twice. */
import { describe, expect, test } from "bun:test";
import {
  type InterfaceKind,
  parseProcNetDev,
  physicalInterfaces,
  readProcNetDev,
} from "../../../src/linux/proc/net-dev.ts";
import { fixture } from "../fixture.ts";

const numbers = "1000 10 1 2 0 0 0 0 3000 30 4 8 0 0 0 0";

describe("parseProcNetDev", () => {
  const counters = { receiveBytes: 1000, transmitBytes: 3000, errors: 5, drops: 10 };
  const table: [string, string, object[]][] = [
    ["a line", `  eth0: ${numbers}\n`, [{ name: "eth0", ...counters }]],
    ["old kernels write no space", `  eth0:${numbers}\n`, [{ name: "eth0", ...counters }]],
    ["an alias has a colon", `eth0:1:${numbers}`, [{ name: "eth0:1", ...counters }]],
    ["a future column is no harm", `eth0: ${numbers} 99`, [{ name: "eth0", ...counters }]],
    ["nothing", "", []],
    ["the header", "Inter-|   Receive  |  Transmit\n face |bytes    packets\n", []],
    ["a line that is cut off", "eth0: 1 2 3", []],
    ["words", `eth0: ${numbers.replace("1000", "x")}`, []],
    ["no name", `: ${numbers}`, []],
  ];
  test.each(table)("%s", (_, text, expected) => {
    expect(parseProcNetDev(text)).toEqual(expected as never);
  });
});

describe("physicalInterfaces", () => {
  test.each([
    ["debian-12-vm", ["eth0"]],
    ["kernel-2.6.32", ["eth0"]],
    ["container", ["eth0"]],
    ["interfaces-20", ["eno1", "eno2", "enp5s0f0"]],
  ])("%s", (host, expected) => {
    const result = readProcNetDev(fixture(host));
    expect(result.ok && result.value.map((each) => each.name)).toEqual(expected as never);
  });

  const plain: InterfaceKind = { hasDevice: false, hasMaster: false, isLayered: false };
  const table: [string, Record<string, InterfaceKind> | undefined, string[], string[]][] = [
    [
      "without /sys, by the name",
      undefined,
      ["lo", "eth0", "docker0", "eth0.5", "tun0", "wlan0"],
      ["eth0", "wlan0"],
    ],
    ["a veth without a master counts", { veth9: plain }, ["veth9"], ["veth9"]],
    [
      "one that belongs to a bridge does not",
      { veth9: { ...plain, hasMaster: true }, x: plain },
      ["veth9", "x"],
      ["x"],
    ],
    ["a bridge under any name does not", { lan: { ...plain, isLayered: true } }, ["lan"], []],
  ];
  test.each(table)("%s", (_, kinds, names, expected) => {
    const interfaces = names.map((name) => {
      return { name, receiveBytes: 0, transmitBytes: 0, errors: 0, drops: 0 };
    });
    const kindOf = kinds === undefined ? undefined : (name: string) => kinds[name] ?? plain;
    expect(physicalInterfaces(interfaces, kindOf).map((each) => each.name)).toEqual(expected);
  });
});
