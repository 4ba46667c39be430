/**
 * /proc/self/mountinfo: what is mounted, and which of it is worth a line of the report.
 *
 *     27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
 *     41 27 0:45 / /mnt/my\040disk rw shared:7 - nfs4 nas:/export rw,vers=4.2
 */
import { fail, ok, type Result } from "../../base/result.ts";
import { type Reading, readParsed } from "../read-text.ts";

export interface Mount {
  /** Major and minor number of the device, "254:0"; the same for all mounts of a file system. */
  readonly device: string;
  readonly mountPoint: string;
  readonly type: string;
  /** The device, the server and folder, or a word that means nothing. */
  readonly source: string;
  /** The options of the file system (not those of the mount alone). */
  readonly options: string;
}

export interface SelectedMount {
  readonly mountPoint: string;
  readonly type: string;
  /** Asking it may take for ever: a child has to (network, FUSE, or reached through autofs). */
  readonly needsProbe: boolean;
}

/** File systems of the network, of a cluster or of a virtual machine's host; FUSE besides. */
const REMOTE = new Set(
  (
    "nfs nfs4 cifs smb3 smbfs ncpfs ceph glusterfs 9p virtiofs afs coda lustre beegfs gpfs panfs " +
    "pvfs2 orangefs gfs gfs2 ocfs2 acfs vboxsf vmhgfs prl_fs"
  ).split(" "),
);
const FUSE = /^fuse(blk|\..+)?$/;
/** FUSE mounts that hold nobody's files. */
const NO_STORAGE =
  /^fuse\.(lxcfs|portal|gvfsd-fuse|snapfuse|squashfuse|xdg|.*portal|archivemount)$/;
/** Real, though they have no device number of their own (major 0). */
const LOCAL_WITHOUT_DEVICE = new Set(["btrfs", "zfs", "bcachefs", "ubifs"]);
/** Images that are full by nature. */
const READ_ONLY_IMAGE = new Set(["squashfs", "iso9660", "udf", "erofs", "cramfs", "romfs"]);
/** The root of a container lies on one of these. */
const LAYERED = new Set(["overlay", "aufs", "overlayfs", "unionfs"]);

export function readProcMountinfo(root: string): Reading<readonly Mount[]> {
  return readParsed(root, "/proc/self/mountinfo", parseProcMountinfo);
}

/** Lines that cannot be read are skipped; fails where not a single one can. */
export function parseProcMountinfo(text: string): Result<readonly Mount[]> {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    // Between the sixth field and the lone dash lie any number of optional fields.
    const [head, tail] = line.split(" - ", 2);
    const [, , device, , mountPoint] = head?.split(" ") ?? [];
    const [type, source, options = ""] = tail?.split(" ") ?? [];
    if (mountPoint?.startsWith("/") && device && type && source !== undefined) {
      mounts.push({
        device,
        mountPoint: unescapeOctal(mountPoint),
        type,
        source: unescapeOctal(source),
        options,
      });
    }
  }
  return mounts.length === 0 ? fail("/proc/self/mountinfo holds no mount") : ok(mounts);
}

/**
 * The real file systems, one mount for each device (bind mounts and btrfs subvolumes share one;
 * a ZFS pool counts as one): the shortest mount point. Autofs is never among them. In the order of
 * the mount points.
 */
export function selectMounts(mounts: readonly Mount[]): SelectedMount[] {
  // Of several at one point only the last can be reached; so a mount made by autofs hides it.
  const visible = [...new Map(mounts.map((mount) => [mount.mountPoint, mount])).values()];
  const autofs = mounts.filter((mount) => mount.type === "autofs").map((mount) => mount.mountPoint);
  const real = visible.filter(isReal);
  const hasRoot = real.some((mount) => mount.mountPoint === "/");
  const layeredRoot = visible.filter(
    (mount) => !hasRoot && mount.mountPoint === "/" && LAYERED.has(mount.type),
  );
  return shortestOfEach([...real, ...layeredRoot])
    .map(({ mountPoint, type }) => ({
      mountPoint,
      type,
      needsProbe: isRemote(type) || autofs.some((point) => isAtOrBelow(mountPoint, point)),
    }))
    .sort((a, b) => (a.mountPoint < b.mountPoint ? -1 : 1));
}

/** Whether /proc hides the processes of other users from those outside a group. */
export function hidesProcesses(mounts: readonly Mount[]): boolean {
  return mounts.some(
    (mount) =>
      mount.type === "proc" &&
      mount.mountPoint === "/proc" &&
      /(^|,)hidepid=(1|2|noaccess|invisible|4|ptraceable)(,|$)/.test(mount.options),
  );
}

function isReal(mount: Mount): boolean {
  if (mount.type === "autofs" || READ_ONLY_IMAGE.has(mount.type)) {
    return false;
  }
  if (isRemote(mount.type)) {
    return !NO_STORAGE.test(mount.type);
  }
  // tmpfs, proc, cgroup and all their kind, known or not, have no device: major number 0.
  return !mount.device.startsWith("0:") || LOCAL_WITHOUT_DEVICE.has(mount.type);
}

function isRemote(type: string): boolean {
  return REMOTE.has(type) || FUSE.test(type);
}

function shortestOfEach(mounts: readonly Mount[]): Mount[] {
  const shortest = new Map<string, Mount>();
  for (const mount of mounts) {
    const key = mount.type === "zfs" ? `zfs ${mount.source.split("/", 1)[0]}` : mount.device;
    const other = shortest.get(key);
    if (other === undefined || mount.mountPoint.length < other.mountPoint.length) {
      shortest.set(key, mount);
    }
  }
  return [...shortest.values()];
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** Space, tab, newline and backslash are written as three octal digits: `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
