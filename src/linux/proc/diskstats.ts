/**
 * /proc/diskstats: sectors read and written since the boot, and which of the devices are whole
 * disks, so that no byte is counted twice (not again in a partition, a RAID or an LVM volume).
 *
 *      254       0 vda 7815 4310 1075770 6654 1183 7172 866168 3794 0 5392 10801 …
 *      254       1 vda1 7700 4310 1074000 6600 1183 7172 866168 3794 0 5300 10700 …
 *        7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 …
 */
import { parseCounter } from "../counter.ts";
import { type Reading, readNames, readText } from "../read-text.ts";

export interface DiskCounters {
  readonly name: string;
  readonly readBytes: number;
  readonly writeBytes: number;
}

/** The kernel counts in sectors of 512 bytes here, whatever the disk's own are. */
const SECTOR_BYTES = 512;

/**
 * Devices whose traffic appears again in a disk below them, or in no disk at all: loop, RAM,
 * device mapper, RAID, DRBD, bcache, ZFS volumes, and the hidden paths of an NVMe multipath disk.
 */
const LAYERED = /^(loop|ram|zram|dm-|md_?d?\d|drbd|bcache|zd\d|nvme\d+c\d+n)/;

/** The whole disks. Fails only where the file cannot be read. */
export function readProcDiskstats(root: string): Reading<readonly DiskCounters[]> {
  const text = readText(root, "/proc/diskstats");
  if (!text.ok) {
    return text;
  }
  // /sys/block lists whole devices only; partitions are folders inside theirs.
  const whole = readNames(root, "/sys/block");
  const devices = parseProcDiskstats(text.value);
  return { ok: true, value: wholeDisks(devices, whole.ok ? new Set(whole.value) : undefined) };
}

/** All devices, partitions included; lines that cannot be read are skipped. */
export function parseProcDiskstats(text: string): DiskCounters[] {
  const devices: DiskCounters[] = [];
  for (const line of text.split("\n")) {
    const fields = line.trim().split(/ +/);
    const name = fields[2];
    const readSectors = parseCounter(fields[5]);
    const writtenSectors = parseCounter(fields[9]);
    // Shorter lines were partitions of kernels before 2.6.25: not whole disks anyway.
    if (name === undefined || !(readSectors >= 0) || !(writtenSectors >= 0)) {
      continue;
    }
    devices.push({
      name,
      readBytes: readSectors * SECTOR_BYTES,
      writeBytes: writtenSectors * SECTOR_BYTES,
    });
  }
  return devices;
}

/**
 * The devices whose traffic is to be summed. `blockNames` is the content of /sys/block; without
 * it, a device is a partition if its name is another's with a number behind it.
 */
export function wholeDisks(
  devices: readonly DiskCounters[],
  blockNames: ReadonlySet<string> | undefined,
): DiskCounters[] {
  const names = new Set(devices.map((device) => device.name));
  return devices.filter((device) => {
    if (LAYERED.test(device.name)) {
      return false;
    }
    // In /sys a slash in a name (cciss/c0d0) is written "!".
    return blockNames?.has(device.name.replaceAll("/", "!")) ?? !isPartition(device.name, names);
  });
}

/** sda1 of sda, nvme0n1p2 of nvme0n1; but xvda1 where there is no xvda is a disk of its own. */
function isPartition(name: string, names: ReadonlySet<string>): boolean {
  const match = /^(.*?\D)(\d+)$/.exec(name);
  const parent = match?.[1];
  if (parent === undefined) {
    return false;
  }
  return names.has(parent) || (/\dp$/.test(parent) && names.has(parent.slice(0, -1)));
}
