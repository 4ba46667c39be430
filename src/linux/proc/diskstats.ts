/**
 * /proc/diskstats: sectors read and written since the boot, device by device.
 *
 *      254       0 vda 7815 4310 1075770 6654 1183 7172 866168 3794 0 5392 10801 …
 *      254       1 vda1 7700 4310 1074000 6600 1183 7172 866168 3794 0 5300 10700 …
 *        7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 …
 *
 * Source: Documentation/admin-guide/iostats.rst of the kernel.
 */
import { parseCounter, type Reading, readText } from "../read-text.ts";

export type DiskCounters = Readonly<ReturnType<typeof parseProcDiskstats>[number]>;

/** The file counts in sectors of 512 bytes, whatever the size of the disk's own sectors. */
const SECTOR_BYTES = 512;

/** All devices, partitions included. Fails only where the file cannot be read. */
export function readProcDiskstats(root: string): Reading<readonly DiskCounters[]> {
  const text = readText(root, "/proc/diskstats");
  return text.ok ? { ok: true, value: parseProcDiskstats(text.value) } : text;
}

/** Lines that cannot be read are skipped. */
export function parseProcDiskstats(text: string) {
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/ +/);
    const name = fields[2];
    const readSectors = parseCounter(fields[5]);
    const writtenSectors = parseCounter(fields[9]);
    // Kernels before 2.6.25 wrote shorter lines for partitions, which are not needed.
    if (name === undefined || !(readSectors >= 0) || !(writtenSectors >= 0)) return [];
    const [readBytes, writeBytes] = [readSectors * SECTOR_BYTES, writtenSectors * SECTOR_BYTES];
    return { name, readBytes, writeBytes };
  });
}
