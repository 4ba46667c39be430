/** Mounts: what is real, what a child must ask for, and one line for each device. */
import { describe, expect, test } from "bun:test";
import {
  hidesProcesses,
  parseProcMountinfo,
  readProcMountinfo,
  selectMounts,
} from "../../../src/linux/proc/mountinfo.ts";
import { fixture } from "../fixture.ts";

/** Lines of "device mountPoint type [source] [options]". */
function mountinfo(lines: readonly string[]): string {
  return lines
    .map((line, index) => {
      const [device, mountPoint, type, source = "none", options = "rw"] = line.split(" ");
      return `${index + 20} 1 ${device} / ${mountPoint} rw,relatime shared:${index} - ${type} ${source} ${options}\n`;
    })
    .join("");
}

function selected(text: string) {
  const mounts = parseProcMountinfo(text);
  return mounts.ok
    ? selectMounts(mounts.value).map((mount) =>
        mount.needsProbe ? `${mount.mountPoint} by a child` : mount.mountPoint,
      )
    : mounts.reason;
}

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

describe("selectMounts", () => {
  const table: [string, string[], string[]][] = [
    [
      "what has no device is no storage",
      ["8:1 / ext4", "0:5 /tmp tmpfs", "0:6 /dev devtmpfs", "0:7 /x unheard-of"],
      ["/"],
    ],
    [
      "images are full by nature",
      ["8:1 / ext4", "7:0 /snap/x squashfs /dev/loop0", "11:0 /cd iso9660 /dev/sr0"],
      ["/"],
    ],
    [
      "bind mounts: the shortest",
      ["8:1 /srv/a/b xfs /dev/sda1", "8:1 /srv xfs /dev/sda1", "8:1 /var/c xfs /dev/sda1"],
      ["/srv"],
    ],
    [
      "btrfs subvolumes are one file system",
      ["0:30 / btrfs /dev/sda2", "0:30 /home btrfs /dev/sda2"],
      ["/"],
    ],
    [
      "the datasets of a ZFS pool are one",
      ["0:30 /tank zfs tank", "0:31 /tank/a zfs tank/a", "0:32 /b zfs other/b"],
      ["/b", "/tank"],
    ],
    [
      "the network is asked by a child",
      [
        "8:1 / ext4",
        "0:40 /n nfs4 nas:/n",
        "0:41 /c cifs //nas/c",
        "0:42 /s fuse.sshfs host:",
        "0:43 /v virtiofs v",
      ],
      ["/", "/c by a child", "/n by a child", "/s by a child", "/v by a child"],
    ],
    [
      "FUSE without storage is left out",
      [
        "0:40 /run/user/1/gvfs fuse.gvfsd-fuse gvfsd-fuse",
        "0:41 /l fuse.lxcfs lxcfs",
        "0:42 /p fuse.portal portal",
      ],
      [],
    ],
    [
      "autofs never, and what it has mounted by a child",
      [
        "8:1 / ext4",
        "0:50 /net autofs systemd-1",
        "0:51 /boot/efi autofs systemd-1",
        "8:2 /boot/efi vfat /dev/sda2",
      ],
      ["/", "/boot/efi by a child"],
    ],
    [
      "of two at one point the later hides the earlier",
      ["8:1 /mnt ext4 /dev/sda1", "8:2 /mnt xfs /dev/sda2"],
      ["/mnt"],
    ],
    [
      "an overlay is the root of a container",
      ["0:60 / overlay overlay", "0:61 /merged overlay overlay"],
      ["/"],
    ],
    ["but not beside a real root", ["8:1 / ext4", "0:61 /var/lib/x/merged overlay overlay"], ["/"]],
  ];
  test.each(table)("%s", (_, lines, expected) => {
    expect(selected(mountinfo(lines))).toEqual(expected);
  });

  test.each([
    ["debian-12-vm", ["/"]],
    ["kernel-2.6.32", ["/", "/boot"]],
    ["container", ["/"]],
  ])("%s", (host, expected) => {
    const mounts = readProcMountinfo(fixture(host));
    const points = mounts.ok && selectMounts(mounts.value).map((mount) => mount.mountPoint);
    expect(points).toEqual(expected);
  });
});

describe("hidesProcesses", () => {
  test.each([
    ["0:3 /proc proc proc rw,hidepid=2", true],
    ["0:3 /proc proc proc rw,gid=4,hidepid=invisible", true],
    ["0:3 /proc proc proc rw,hidepid=0", false],
    ["0:3 /proc proc proc rw", false],
    ["0:3 /jail/proc proc proc rw,hidepid=2", false],
  ])("%s: %p", (line, expected) => {
    const mounts = parseProcMountinfo(mountinfo([line]));
    expect(mounts.ok && hidesProcesses(mounts.value)).toBe(expected);
  });
});
