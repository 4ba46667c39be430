/**
 * /proc/self/mountinfo: what is mounted, and where.
 *
 *     27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
 *     28 27 0:5 / /dev rw,nosuid shared:2 - devtmpfs udev rw,size=4096k
 *     41 27 0:45 / /mnt/my\040disk rw shared:7 - nfs4 nas:/export rw,vers=4.2
 *
 * Source: proc_pid_mountinfo(5).
 */
import { fail, ok, type Result } from "../../base/result.ts";
import { type Reading, readParsed } from "../read-text.ts";

export interface Mount {
  /** Major and minor number of the device, "254:0"; the same for all mounts of a file system. */
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  /** The device, or the server and folder, or a word without a meaning ("none", "tmpfs"). */
  readonly source: string;
  /** The options of the file system (not those of the mount alone). */
  readonly options: string;
}

export function readProcMountinfo(root: string): Reading<readonly Mount[]> {
  return readParsed(root, "/proc/self/mountinfo", parseProcMountinfo);
}

/** Lines that cannot be read are skipped; fails where not a single one can. */
export function parseProcMountinfo(text: string): Result<readonly Mount[]> {
  const mounts = text.split("\n").flatMap((line) => {
    // Between the sixth field and the lone dash lie any number of optional fields.
    const [head, tail] = line.split(" - ", 2);
    const [, , device, , mountPoint] = head?.split(" ") ?? [];
    const [type, source, options = ""] = tail?.split(" ") ?? [];
    if (!mountPoint?.startsWith("/") || !device || !type || source === undefined) return [];
    const names = { mountPoint: unescapeOctal(mountPoint), source: unescapeOctal(source) };
    return { device, type, options, ...names };
  });
  return mounts.length === 0 ? fail("/proc/self/mountinfo holds no mount") : ok(mounts);
}

/** Space, tab, newline and backslash are written as three octal digits: `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
