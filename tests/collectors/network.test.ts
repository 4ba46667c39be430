/** Network traffic: physical interfaces only, nothing counted twice. */
import { describe, expect, test } from "bun:test";
import { network, physicalInterfaces } from "../../src/collectors/network.ts";
import type { InterfaceKind } from "../../src/linux/sys/class-net.ts";
import { fixture } from "../linux/fixture.ts";
import { readingOf, reportBetween, reportOfFirst } from "./collect.ts";

describe("physicalInterfaces", () => {
  test.each([
    ["debian-12-vm", ["eth0"]],
    ["kernel-2.6.32", ["eth0"]],
    ["container", ["eth0"]],
    ["interfaces-20", ["eno1", "eno2", "enp5s0f0"]],
  ])("finds the interfaces of %s", (host, expected) => {
    const found = readingOf(network, fixture(host));
    expect(found.ok && found.value.map(({ name }) => name)).toEqual(expected as never);
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

describe("network traffic", () => {
  const eth = (name: string, bytes: number) => {
    return { name, receiveBytes: bytes, transmitBytes: bytes * 2, errors: 0, drops: 0 };
  };
  const counters = (bytes: readonly number[]) =>
    bytes.map((each, index) => eth(`eth${index}`, each));

  test.each([
    ["is summed", [100, 1000], [300, 2000], 1200],
    ["leaves out an interface that is new, which says nothing yet", [100], [300, 9e9], 200],
    ["goes on without an interface that has gone", [100, 1000], [300], 200],
  ])("%s", (_, before, now, expected) => {
    expect(reportBetween(network, counters(before), counters(now)).network).toMatchObject({
      receiveBytesPerSecond: expected,
      transmitBytesPerSecond: expected * 2,
    });
  });

  test("is unknown in sum where an interface steps back, which keeps its line", () => {
    const report = reportBetween(network, counters([100, 1000]), counters([300, 5]));
    expect(report.network).toEqual({
      interfaces: [
        {
          name: "eth0",
          receiveBytesPerSecond: 200,
          transmitBytesPerSecond: 400,
          errors: 0,
          drops: 0,
        },
        { name: "eth1", errors: 0, drops: 0 },
      ],
    });
  });

  test("of a first sample is only the names of the interfaces", () => {
    expect(reportOfFirst(network, counters([9e9])).network).toEqual({
      interfaces: [{ name: "eth0" }],
    });
  });

  test("comes with the errors and drops of the interval", () => {
    const at = (errors: number, drops: number) => [{ ...eth("eth0", 0), errors, drops }];
    const later = reportBetween(network, at(5, 100), at(7, 100)).network;
    expect(later?.interfaces).toMatchObject([{ errors: 2, drops: 0 }]);
    const reset = reportBetween(network, at(5, 100), at(0, 0)).network;
    expect(reset?.interfaces?.[0]?.errors).toBeUndefined();
  });

  test("of very many interfaces is listed for the busiest and summed for all", () => {
    const at = (factor: number) => counters(Array.from({ length: 40 }, (_, i) => i * factor));
    const report = reportBetween(network, at(0), at(10)).network;
    expect(report?.interfaces?.map((each) => each.name)).toEqual(
      Array.from({ length: 16 }, (_, index) => `eth${index + 24}`),
    );
    expect(report?.receiveBytesPerSecond).toBe(7800);
  });
});
