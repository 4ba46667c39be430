/** Disk traffic: whole disks only, nothing counted twice. */
import { describe, expect, test } from "bun:test";
import { disk, wholeDisks } from "../../src/collectors/disk.ts";
import { fixture } from "../linux/fixture.ts";
import { readingOf, reportBetween, reportOfFirst } from "./collect.ts";

function disks(names: readonly string[]) {
  return names.map((name) => ({ name, readBytes: 1, writeBytes: 1 }));
}

function kept(names: readonly string[], blockNames?: readonly string[]): string[] {
  const known = blockNames === undefined ? undefined : new Set(blockNames);
  return wholeDisks(disks(names), known).map(({ name }) => name);
}

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
  test.each(table)("leaves out what is no disk, without /sys: %s", (_, names, expected) => {
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
  ])("finds the disks of %s", (host, expected) => {
    const found = readingOf(disk, fixture(host));
    expect(found.ok && found.value.map(({ name }) => name)).toEqual(expected as never);
  });
});

describe("disk traffic", () => {
  const counters = (bytes: readonly number[]) =>
    bytes.map((each, index) => ({ name: `sd${index}`, readBytes: each, writeBytes: each * 2 }));
  test.each([
    ["is summed", [100, 1000], [300, 2000], 1200],
    ["leaves out a disk that is new, which says nothing yet", [100], [300, 9e9], 200],
    ["goes on without a disk that was taken out", [100, 1000], [300], 200],
  ])("%s", (_, before, now, expected) => {
    expect(reportBetween(disk, counters(before), counters(now))).toEqual({
      disk: { readBytesPerSecond: expected, writeBytesPerSecond: expected * 2 },
    });
  });

  test("is unknown where a counter steps back, and in a first sample", () => {
    expect(reportBetween(disk, counters([100, 1000]), counters([300, 5]))).toEqual({
      disk: undefined,
    });
    expect(reportOfFirst(disk, counters([9e9]))).toEqual({ disk: undefined });
  });
});
