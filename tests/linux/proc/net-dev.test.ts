/** The counters of each interface. */
import { describe, expect, test } from "bun:test";
import { parseProcNetDev, readProcNetDev } from "../../../src/linux/proc/net-dev.ts";

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

test("readProcNetDev names the file that is missing", () => {
  expect(readProcNetDev("/nowhere")).toMatchObject({ reason: "/proc/net/dev does not exist" });
});
