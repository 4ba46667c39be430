/**
 * The sizes of the real file systems: local ones at once, those of the network and of FUSE through
 * the prober, so that a dead server costs one line and never the sample.
 */
import { type Mount, readProcMountinfo } from "../../linux/proc/mountinfo.ts";
import { below } from "../../linux/read-text.ts";
import type { FilesystemReport } from "../../protocol/report.ts";
import { collector, type Trouble } from "../collector.ts";
import { largest } from "../figures.ts";
import { type SelectedMount, selectMounts } from "./select-mounts.ts";
import { measure, type StatfsAnswer, type StatfsProber } from "./statfs-probe.ts";

interface FilesystemsOptions {
  readonly root: string;
  readonly prober: StatfsProber;
  readonly statfs?: (path: string) => StatfsAnswer;
}

/** Lines of the report; a machine with more file systems is shown its largest. */
const MOST_FILESYSTEMS = 24;
/** Children at a time, each a process of 24 MB for some milliseconds. */
const MOST_PROBES = 16;

export function createFilesystems(options: FilesystemsOptions) {
  const { root, prober } = options;
  return collector<readonly FilesystemReport[]>({
    subject: "file systems",
    isCostly: true,
    start: ({ elapsedMs }) => {
      const mounts = readProcMountinfo(root);
      prober.start(probed(mounts.ok ? selectMounts(mounts.value) : []), elapsedMs);
      return prober.running();
    },
    read: ({ now, once }) => {
      const mounts = once(readProcMountinfo);
      return mounts.ok ? measureAll(mounts.value, options, now.elapsedMs) : mounts;
    },
    report: (all) => ({
      filesystems: largest(all, MOST_FILESYSTEMS, ({ totalBytes }) => totalBytes ?? 0),
    }),
  });
}

interface Measured {
  readonly filesystem?: FilesystemReport;
  readonly problem?: Trouble;
}

function measureAll(
  mounts: readonly Mount[],
  { root, prober, statfs = measure }: FilesystemsOptions,
  nowMs: number,
) {
  const selected = selectMounts(mounts);
  const asked = new Set(probed(selected));
  const results = selected
    .filter(({ needsProbe, mountPoint }) => !needsProbe || asked.has(mountPoint))
    .map((mount) =>
      mount.needsProbe
        ? probeResult(mount, prober, nowMs)
        : localResult(mount, statfs(below(root, mount.mountPoint))),
    );
  const left = selected.length - results.length;
  const reason = `${left} more network mounts are left out: only ${MOST_PROBES} are measured`;
  return {
    ok: true,
    value: results.flatMap(({ filesystem }) => filesystem ?? []),
    problems: [
      ...results.flatMap(({ problem }) => problem ?? []),
      ...(left > 0 ? [{ reason }] : []),
    ],
  } as const;
}

function probed(selected: readonly SelectedMount[]): string[] {
  return selected
    .filter((mount) => mount.needsProbe)
    .map((mount) => mount.mountPoint)
    .slice(0, MOST_PROBES);
}

function probeResult(mount: SelectedMount, prober: StatfsProber, nowMs: number): Measured {
  const { answer, waitingSinceMs } = prober.view(mount.mountPoint);
  if (waitingSinceMs !== undefined) {
    const seconds = Math.max(1, Math.round((nowMs - waitingSinceMs) / 1000));
    return problem(mount, `has not answered for ${seconds} s: left out until it does`);
  }
  // The first child is still out and not late yet: its answer is in the next report.
  return answer === undefined ? {} : localResult(mount, answer);
}

function localResult(mount: SelectedMount, answer: StatfsAnswer): Measured {
  if (answer.ok) {
    const filesystem = { mount: mount.mountPoint, type: mount.type, ...answer.size };
    // A size of 0: a file system without storage of its own, whatever its type says.
    return answer.size.totalBytes > 0 ? { filesystem } : {};
  }
  // EACCES: a user's own FUSE mount, or a folder closed to us, is private, not broken. ENOENT and
  // ENOTCONN: the mount has gone since the listing, or its FUSE program has ended.
  if (["EACCES", "EPERM", "ENOENT", "ENOTDIR", "ENOTCONN"].includes(answer.code)) return {};
  return problem(mount, `cannot be measured (${answer.code})`);
}

function problem(mount: SelectedMount, reason: string): Measured {
  return { problem: { reason: `${mount.mountPoint} (${mount.type}) ${reason}` } };
}
