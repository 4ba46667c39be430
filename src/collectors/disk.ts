/** What is read from and written to the disks: all whole disks together, no byte counted twice. */
import { type DiskCounters, readProcDiskstats } from "../linux/proc/diskstats.ts";
import { readNames } from "../linux/read-text.ts";
import { collector } from "./collector.ts";
import { known, rate, sum } from "./figures.ts";

/**
 * Devices whose traffic appears again in a disk below them, or in no disk at all: loop, RAM,
 * device mapper, RAID, DRBD, bcache, ZFS volumes, and the hidden paths of an NVMe multipath disk.
 */
const LAYERED = /^(loop|ram|zram|dm-|md_?d?\d|drbd|bcache|zd\d|nvme\d+c\d+n)/;

export const disk = collector({
  subject: "disk",
  read: ({ root }) => {
    const devices = readProcDiskstats(root);
    if (!devices.ok) return devices;
    // /sys/block lists whole devices only; partitions are folders inside theirs.
    const whole = readNames(root, "/sys/block");
    const names = whole.ok ? new Set(whole.value) : undefined;
    return { ok: true, value: wholeDisks(devices.value, names) };
  },
  report: (now, before) => {
    const earlier = new Map(before?.reading.map((each) => [each.name, each]));
    // A disk that is new since then says nothing yet; the others do.
    const disks = now.filter(({ name }) => earlier.has(name));
    const total = (of: (disk: DiskCounters) => number) =>
      sum(
        disks.map((later) => {
          const each = earlier.get(later.name);
          return rate(each && of(each), of(later), before?.seconds);
        }),
      );
    return {
      disk: known({
        readBytesPerSecond: total(({ readBytes }) => readBytes),
        writeBytesPerSecond: total(({ writeBytes }) => writeBytes),
      }),
    };
  },
});

/**
 * The devices whose traffic is summed. `blockNames` is the content of /sys/block; without it, a
 * device is a partition if its name is another's with a number behind it.
 */
export function wholeDisks(
  devices: readonly DiskCounters[],
  blockNames: ReadonlySet<string> | undefined,
): DiskCounters[] {
  const names = new Set(devices.map((device) => device.name));
  return devices.filter(({ name }) => {
    if (LAYERED.test(name)) return false;
    // In /sys a slash in a name (cciss/c0d0) is written "!".
    return blockNames?.has(name.replaceAll("/", "!")) ?? !isPartition(name, names);
  });
}

/** True for sda1 beside sda and nvme0n1p2 beside nvme0n1; xvda1 without an xvda is a disk. */
function isPartition(name: string, names: ReadonlySet<string>): boolean {
  const parent = /^(.*?\D)\d+$/.exec(name)?.[1];
  if (parent === undefined) return false;
  return names.has(parent) || (/\dp$/.test(parent) && names.has(parent.slice(0, -1)));
}
