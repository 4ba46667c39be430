/** The table of mounts. */
import { describe, expect, test } from "bun:test";
import { parseProcMountinfo } from "../../../src/linux/proc/mountinfo.ts";

describe("parseProcMountinfo", () => {
  test("undoes the octal escapes, and takes any number of optional fields", () => {
    const text =
      "41 27 0:45 / /mnt/my\\040disk\\134x rw shared:7 master:1 propagate_from:2 - ext4 /dev/a\\040b rw,x=y\n";
    expect(parseProcMountinfo(text)).toEqual({
      ok: true,
      value: [
        {
          device: "0:45",
          mountPoint: "/mnt/my disk\\x",
          type: "ext4",
          source: "/dev/a b",
          options: "rw,x=y",
        },
      ],
    });
  });

  test.each([
    ["nothing", ""],
    ["a line that is cut off", "41 27 0:45 / /mnt rw shared:7 - "],
    ["another file", "/dev/sda1 / ext4 rw 0 0\n"],
  ])("refuses %s", (_, text) => {
    expect(parseProcMountinfo(text)).toMatchObject({ ok: false });
  });
});
