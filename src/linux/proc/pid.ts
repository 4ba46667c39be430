/**
 * /proc/[pid]: what one process is and has: its owner and rights (`status`), its name (`comm`),
 * its arguments (`cmdline`, bytes with a NUL behind each), its open files (`fd`, links).
 *
 *     status   Name:	unagi
 *              Uid:	65534	65534	65534	65534
 *              Gid:	65534	65534	65534	65534
 *              Groups:	4 65534
 *              CapEff:	0000000000000000
 *     comm     unagi
 *     fd/7  -> socket:[52343]
 *
 * Source: proc_pid_status(5) and its neighbours. The scan of all processes is in `pid-stat.ts`.
 */
import { readLink, readNamesOrNone, readText, readTextOrEmpty, readWord } from "../read-text.ts";

export type ThreadCredentials = NonNullable<ReturnType<typeof parseCredentials>>;

/** A machine may have 100,000s of descriptors; the answer is worth a second, not more. */
const MOST_DESCRIPTORS = 50_000;

/** The user id that a process acts under (the effective one); undefined once it has ended. */
export function readProcessOwner(root: string, pid: number): number | undefined {
  return parseProcPidStatusOwner(readTextOrEmpty(root, `/proc/${pid}/status`));
}

/** The effective one of the four ids of `Uid:`. */
export function parseProcPidStatusOwner(text: string): number | undefined {
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(text)?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/**
 * The uids and gids (real, effective, saved, of the file system), the groups and capabilities of one
 * thread. Undefined if a line is missing, so that a status cut short is not taken for harmless.
 */
export function parseCredentials(text: string) {
  const numbers = (key: string): readonly number[] | undefined => {
    const value = new RegExp(`^${key}:([\\d\\s]*?)$`, "m").exec(text)?.[1];
    return value?.split(/\s+/).filter(Boolean).map(Number);
  };
  const [uids, gids, groups] = [numbers("Uid"), numbers("Gid"), numbers("Groups")];
  const permitted = /^CapPrm:\s*([0-9a-f]+)$/m.exec(text)?.[1];
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(text)?.[1];
  if (uids?.length !== 4 || gids?.length !== 4 || groups === undefined) return undefined;
  if (permitted === undefined || effective === undefined) return undefined;
  return { uids, gids, groups, hasCapabilities: /[^0]/.test(permitted + effective) };
}

/** The command's name, as the process has set it; undefined where it cannot be seen. */
export function readProcessName(root: string, pid: number): string | undefined {
  return readWord(root, `/proc/${pid}/comm`);
}

/** The program and its arguments; none where they cannot be seen. */
export function readProcessArguments(root: string, pid: number): readonly string[] {
  const text = readText(root, `/proc/${pid}/cmdline`);
  return text.ok ? text.value.split("\0") : [];
}

/**
 * The process that has one of these sockets open, by their inodes; undefined if it cannot be seen.
 * Only root sees the open files of other users' processes.
 */
export function findSocketHolder(root: string, inodes: ReadonlySet<number>): number | undefined {
  let budget = MOST_DESCRIPTORS;
  for (const pid of readNamesOrNone(root, "/proc").filter((name) => /^\d+$/.test(name))) {
    // None where the process is another user's or has just ended.
    for (const descriptor of readNamesOrNone(root, `/proc/${pid}/fd`)) {
      if (budget-- <= 0) return undefined;
      const target = readLink(root, `/proc/${pid}/fd/${descriptor}`) ?? "";
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(Number(inode))) return Number(pid);
    }
  }
  return undefined;
}
