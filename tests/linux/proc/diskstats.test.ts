/** The counters of each block device. */
import { describe, expect, test } from "bun:test";
import { parseProcDiskstats, readProcDiskstats } from "../../../src/linux/proc/diskstats.ts";

describe("parseProcDiskstats", () => {
  test("counts in sectors of 512 bytes", () => {
    const line =
      " 254 0 vda 7815 4310 1075770 6654 1183 7172 866168 3794 0 5392 10801 3098 38 43768 352 4 0\n";
    expect(parseProcDiskstats(line)).toEqual([
      { name: "vda", readBytes: 1075770 * 512, writeBytes: 866168 * 512 },
    ]);
  });

  test.each([
    ["nothing", ""],
    ["a line that is cut off", "   8       0 sda 5000 100"],
    ["words", "   8       0 sda a b c d e f g h i j k\n"],
    ["negative counters", "   8       0 sda 1 2 -3 4 5 6 -7 8 9 10 11\n"],
  ])("leaves out %s", (_, text) => {
    expect(parseProcDiskstats(text)).toEqual([]);
  });
});

test("readProcDiskstats names the file that is missing", () => {
  expect(readProcDiskstats("/nowhere")).toMatchObject({
    reason: "/proc/diskstats does not exist",
  });
});
