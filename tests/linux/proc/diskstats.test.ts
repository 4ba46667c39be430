/** Disk traffic: whole disks only, nothing counted twice. */
import { describe, expect, test } from "bun:test";
import {
  parseProcDiskstats,
  readProcDiskstats,
  wholeDisks,
} from "../../../src/linux/proc/diskstats.ts";
import { fixture } from "../fixture.ts";

function disks(names: readonly string[]) {
  return names.map((name) => ({ name, readBytes: 1, writeBytes: 1 }));
}

function kept(names: readonly string[], blockNames?: readonly string[]): string[] {
  const known = blockNames === undefined ? undefined : new Set(blockNames);
  return wholeDisks(disks(names), known).map((disk) => disk.name);
}

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

describe("wholeDisks", () => {
  const table: [string, string[], string[]][] = [
    [
      "partitions",
      ["sda", "sda1", "sda12", "nvme0n1", "nvme0n1p1", "mmcblk0", "mmcblk0p2"],
      ["sda", "nvme0n1", "mmcblk0"],
    ],
    [
      "boot areas of a card, which are devices of their own",
      ["mmcblk0", "mmcblk0boot0"],
      ["mmcblk0", "mmcblk0boot0"],
    ],
    ["a partition without its disk, as some clouds have it", ["xvda1"], ["xvda1"]],
    [
      "layers",
      [
        "vda",
        "loop0",
        "ram1",
        "zram0",
        "dm-3",
        "md0",
        "md127",
        "md_d1",
        "drbd0",
        "bcache0",
        "zd16",
      ],
      ["vda"],
    ],
    [
      "the hidden paths of an NVMe multipath disk",
      ["nvme0n1", "nvme0c0n1", "nvme0c1n1"],
      ["nvme0n1"],
    ],
    ["27 disks", ["sdz", "sdz1", "sdaa", "sdaa1"], ["sdz", "sdaa"]],
    ["nothing", [], []],
  ];
  test.each(table)("without /sys: %s", (_, names, expected) => {
    expect(kept(names)).toEqual(expected);
  });

  test("takes /sys/block for the list of whole devices, where there is one", () => {
    expect(kept(["sda", "sda1", "cciss/c0d0", "dm-0"], ["sda", "cciss!c0d0", "dm-0"])).toEqual([
      "sda",
      "cciss/c0d0",
    ]);
  });

  test.each([
    ["debian-12-vm", ["vda"]],
    ["kernel-2.6.32", ["sda"]],
    ["container", ["nvme0n1"]],
  ])("%s", (host, expected) => {
    const result = readProcDiskstats(fixture(host));
    expect(result.ok && result.value.map((disk) => disk.name)).toEqual(expected as never);
  });
});
