/**
 * The sizes of the real file systems: local ones at once, those of the network and of FUSE through
 * the prober, so that a dead server costs one line and never the sample.
 */

import {
  type Mount,
  readProcMountinfo,
  type SelectedMount,
  selectMounts,
} from "../linux/proc/mountinfo.ts";
import { below, type Reading } from "../linux/read-text.ts";
import type { FilesystemReport, ProblemReport } from "../protocol/report.ts";
import { measure, type StatfsAnswer, type StatfsProber } from "./statfs-probe.ts";

export interface FilesystemSection {
  /** Absent where the mounts could not be listed. */
  readonly filesystems?: readonly FilesystemReport[];
  readonly problems: readonly ProblemReport[];
}

/** Report lines; a machine with more is shown its largest. */
const MOST_FILESYSTEMS = 24;
/** Children at a time, 24-MB processes for some milliseconds each. */
const MOST_PROBES = 16;

/** Starts the children for the mounts that need one; their answers are read later. */
export function startProbes(root: string, prober: StatfsProber, nowMs: number): void {
  const mounts = readProcMountinfo(root);
  const selected = mounts.ok ? selectMounts(mounts.value) : [];
  prober.start(probed(selected), nowMs);
}

/** What is known now; call `startProbes` and `settle` before, to know of the network mounts. */
export function readFilesystems(options: {
  readonly root: string;
  readonly mounts: Reading<readonly Mount[]>;
  readonly prober: StatfsProber;
  readonly nowMs: number;
  readonly statfs?: (path: string) => StatfsAnswer;
}): FilesystemSection {
  const { root, mounts, prober, nowMs, statfs = measure } = options;
  if (!mounts.ok) {
    return { problems: [{ subject: "file systems", reason: mounts.reason }] };
  }
  const selected = selectMounts(mounts.value);
  const asked = new Set(probed(selected));
  const filesystems: FilesystemReport[] = [];
  const problems: ProblemReport[] = [];
  for (const mount of selected) {
    if (mount.needsProbe && !asked.has(mount.mountPoint)) {
      continue;
    }
    const found = mount.needsProbe
      ? probeResult(mount, prober, nowMs)
      : localResult(mount, statfs(below(root, mount.mountPoint)));
    filesystems.push(...(found.filesystem === undefined ? [] : [found.filesystem]));
    problems.push(...(found.problem === undefined ? [] : [found.problem]));
  }
  const left = selected.filter((mount) => mount.needsProbe).length - asked.size;
  if (left > 0) {
    const reason = `${left} more network mounts are left out: only ${MOST_PROBES} are measured`;
    problems.push({ subject: "file systems", reason });
  }
  return { filesystems: largest(filesystems), problems };
}

interface Found {
  readonly filesystem?: FilesystemReport;
  readonly problem?: ProblemReport;
}

function probed(selected: readonly SelectedMount[]): string[] {
  return selected
    .filter((mount) => mount.needsProbe)
    .map((mount) => mount.mountPoint)
    .slice(0, MOST_PROBES);
}

function probeResult(mount: SelectedMount, prober: StatfsProber, nowMs: number): Found {
  const { answer, waitingSinceMs } = prober.view(mount.mountPoint);
  if (waitingSinceMs !== undefined) {
    const seconds = Math.max(1, Math.round((nowMs - waitingSinceMs) / 1000));
    const reason = `has not answered for ${seconds} s: left out until it does`;
    return { problem: problem(mount, reason) };
  }
  // No answer and not late: its first child is still out. The next report has it.
  return answer === undefined ? {} : localResult(mount, answer);
}

function localResult(mount: SelectedMount, answer: StatfsAnswer): Found {
  if (answer.ok) {
    // A size of 0: a file system without storage of its own, whatever its type says.
    return answer.size.totalBytes > 0
      ? { filesystem: { mount: mount.mountPoint, type: mount.type, ...answer.size } }
      : {};
  }
  // EACCES: a user's own FUSE mount, or a folder closed to us: private, not broken. ENOENT and
  // ENOTCONN likewise: gone since the listing, or its FUSE program ended.
  if (["EACCES", "EPERM", "ENOENT", "ENOTDIR", "ENOTCONN"].includes(answer.code)) {
    return {};
  }
  return { problem: problem(mount, `cannot be measured (${answer.code})`) };
}

function problem(mount: SelectedMount, reason: string): ProblemReport {
  return { subject: "file systems", reason: `${mount.mountPoint} (${mount.type}) ${reason}` };
}

/** In the order given, without the smallest beyond the cap. */
function largest(filesystems: readonly FilesystemReport[]): FilesystemReport[] {
  const size = (each: FilesystemReport) => each.totalBytes ?? 0;
  const kept = new Set(
    [...filesystems].sort((a, b) => size(b) - size(a)).slice(0, MOST_FILESYSTEMS),
  );
  return filesystems.filter((each) => kept.has(each));
}
