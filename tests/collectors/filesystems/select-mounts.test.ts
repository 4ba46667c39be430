/** Mounts: what is real, what a child must ask for, and one line for each device. */
import { describe, expect, test } from "bun:test";
import { selectMounts } from "../../../src/collectors/filesystems/select-mounts.ts";
import { parseProcMountinfo, readProcMountinfo } from "../../../src/linux/proc/mountinfo.ts";
import { fixture } from "../../linux/fixture.ts";
import { mountinfo } from "./mountinfo.ts";

function selected(text: string) {
  const mounts = parseProcMountinfo(text);
  return mounts.ok
    ? selectMounts(mounts.value).map((mount) =>
        mount.needsProbe ? `${mount.mountPoint} by a child` : mount.mountPoint,
      )
    : mounts.reason;
}

describe("selectMounts", () => {
  const table: [string, string[], string[]][] = [
    [
      "leaves out what has no device",
      ["8:1 / ext4", "0:5 /tmp tmpfs", "0:6 /dev devtmpfs", "0:7 /x unheard-of"],
      ["/"],
    ],
    [
      "leaves out images, which are full by nature",
      ["8:1 / ext4", "7:0 /snap/x squashfs /dev/loop0", "11:0 /cd iso9660 /dev/sr0"],
      ["/"],
    ],
    [
      "takes the shortest of bind mounts",
      ["8:1 /srv/a/b xfs /dev/sda1", "8:1 /srv xfs /dev/sda1", "8:1 /var/c xfs /dev/sda1"],
      ["/srv"],
    ],
    [
      "takes btrfs subvolumes for one file system",
      ["0:30 / btrfs /dev/sda2", "0:30 /home btrfs /dev/sda2"],
      ["/"],
    ],
    [
      "takes the datasets of a ZFS pool for one",
      ["0:30 /tank zfs tank", "0:31 /tank/a zfs tank/a", "0:32 /b zfs other/b"],
      ["/b", "/tank"],
    ],
    [
      "lets a child ask the network",
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
      "leaves out FUSE without storage",
      [
        "0:40 /run/user/1/gvfs fuse.gvfsd-fuse gvfsd-fuse",
        "0:41 /l fuse.lxcfs lxcfs",
        "0:42 /p fuse.portal portal",
      ],
      [],
    ],
    [
      "leaves out autofs, and lets a child ask what it has mounted",
      [
        "8:1 / ext4",
        "0:50 /net autofs systemd-1",
        "0:51 /boot/efi autofs systemd-1",
        "8:2 /boot/efi vfat /dev/sda2",
      ],
      ["/", "/boot/efi by a child"],
    ],
    [
      "takes the later of two at one point, which hides the earlier",
      ["8:1 /mnt ext4 /dev/sda1", "8:2 /mnt xfs /dev/sda2"],
      ["/mnt"],
    ],
    [
      "takes an overlay for the root of a container",
      ["0:60 / overlay overlay", "0:61 /merged overlay overlay"],
      ["/"],
    ],
    [
      "leaves out an overlay beside a real root",
      ["8:1 / ext4", "0:61 /var/lib/x/merged overlay overlay"],
      ["/"],
    ],
  ];
  test.each(table)("%s", (_, lines, expected) => {
    expect(selected(mountinfo(lines))).toEqual(expected);
  });

  test.each([
    ["debian-12-vm", ["/"]],
    ["kernel-2.6.32", ["/", "/boot"]],
    ["container", ["/"]],
  ])("finds the file systems of %s", (host, expected) => {
    const mounts = readProcMountinfo(fixture(host));
    const points = mounts.ok && selectMounts(mounts.value).map((mount) => mount.mountPoint);
    expect(points).toEqual(expected);
  });
});
