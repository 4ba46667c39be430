/** The neighbours on the wire. */
import { describe, expect, test } from "bun:test";
import { parseArp, readArp } from "../../../src/linux/proc/net-arp.ts";

describe("parseArp", () => {
  const HEADER = "IP address       HW type     Flags       HW address            Mask     Device\n";
  const line = (address: string, flags: string, device: string) =>
    `${address.padEnd(17)}0x1         ${flags}         02:00:00:00:00:01     *        ${device}\n`;
  test.each([
    [
      "takes a neighbour that answered",
      HEADER + line("10.0.0.9", "0x2", "eth0"),
      ["10.0.0.9 eth0"],
    ],
    ["takes a permanent one", HEADER + line("10.0.0.9", "0x6", "eth0"), ["10.0.0.9 eth0"]],
    ["leaves out one that did not answer", HEADER + line("10.0.0.9", "0x0", "eth0"), []],
    ["finds none under the header alone", HEADER, []],
    ["finds none in an empty file", "", []],
    ["leaves out a line cut short", `${HEADER}10.0.0.9   0x1  0x2`, []],
    ["leaves out a number with a leading zero", HEADER + line("10.0.0.09", "0x2", "eth0"), []],
    ["leaves out a number over 255", HEADER + line("10.0.0.256", "0x2", "eth0"), []],
    [
      "takes a line with a further column",
      `${HEADER}10.0.0.9 0x1 0x2 02:00 * eth0 new\n`,
      ["10.0.0.9 eth0"],
    ],
    ["finds none in noise", "\0\xff\n\0 \x01 \x02\n", []],
  ])("%s", (_, text, expected) => {
    expect(parseArp(text).map(({ address, device }) => `${address} ${device}`)).toEqual([
      ...expected,
    ]);
  });

  test("gives no neighbours where there is no such file", () => {
    expect(readArp("/nowhere")).toEqual([]);
  });
});
