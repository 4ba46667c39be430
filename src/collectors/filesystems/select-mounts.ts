/** Which mounts are worth a line of the report, and which of them must be asked by a child. Pure. */
import type { Mount } from "../../linux/proc/mountinfo.ts";

export interface SelectedMount extends Pick<Mount, "mountPoint" | "type"> {
  /** True where statfs may hang (network, FUSE, or reached through autofs): a child must ask. */
  readonly needsProbe: boolean;
}

/** File systems of the network, of a cluster or of a virtual machine's host. */
const REMOTE = new Set(
  (
    "nfs nfs4 cifs smb3 smbfs ncpfs ceph glusterfs 9p virtiofs afs coda lustre beegfs gpfs panfs " +
    "pvfs2 orangefs gfs gfs2 ocfs2 acfs vboxsf vmhgfs prl_fs"
  ).split(" "),
);
const FUSE = /^fuse(blk|\..+)?$/;
/** FUSE mounts that store no files of their own. */
const NO_STORAGE =
  /^fuse\.(lxcfs|portal|gvfsd-fuse|snapfuse|squashfuse|xdg|.*portal|archivemount)$/;
/** Real file systems although their device number has the major 0, as that of tmpfs. */
const LOCAL_WITHOUT_DEVICE = new Set(["btrfs", "zfs", "bcachefs", "ubifs"]);
/** Images, which are always full. */
const READ_ONLY_IMAGE = new Set(["squashfs", "iso9660", "udf", "erofs", "cramfs", "romfs"]);
/** What the root of a container is mounted as. */
const LAYERED = new Set(["overlay", "aufs", "overlayfs", "unionfs"]);

/**
 * The real file systems, one mount for each device (bind mounts and btrfs subvolumes share one;
 * a ZFS pool counts as one): the one with the shortest mount point. Autofs is never among them. In
 * the order of the mount points.
 */
export function selectMounts(mounts: readonly Mount[]): SelectedMount[] {
  // Where several mounts share a mount point, only the last can be reached. So the mount that
  // autofs makes at its own mount point hides autofs.
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

function isReal(mount: Mount): boolean {
  if (mount.type === "autofs" || READ_ONLY_IMAGE.has(mount.type)) return false;
  if (isRemote(mount.type)) return !NO_STORAGE.test(mount.type);
  // tmpfs, proc, cgroup and the like, known or not, have no device: their major number is 0.
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
