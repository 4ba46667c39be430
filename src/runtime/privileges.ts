/**
 * `-U NAME`: gives up root for good, before any socket is opened. Supplementary groups, group
 * and user, in that order, in every thread; then everything is read back, and a start that is
 * not certain to have left root behind is refused (design, section 9).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Result } from "../base/result.ts";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** What happened: the account that the process runs as from here on. */
export interface Dropped {
  readonly account: Account;
  /** False where the process was that user already. */
  readonly changed: boolean;
}

/** The uids, gids, groups and capabilities of one thread, from /proc/PID/task/TID/status. */
export interface ThreadCredentials {
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  /** Any permitted or effective capability left. */
  readonly hasCapabilities: boolean;
}

/**
 * Becomes the user `name`. A reason, for exit 1, if there is no such user, if the process is
 * neither root nor that user, or if any step fails: the process may then be half-changed and
 * must end. `root` is where /etc and /proc are found.
 */
export function dropPrivileges(name: string, root = "/"): Result<Dropped> {
  const found = readAccount(name, root);
  if (!found.ok) return found;
  const account = found.value;
  const current = process.geteuid?.();
  if (current === account.uid) return ok({ account, changed: false });
  if (current !== 0) {
    return fail(
      `-U ${name}: only root can become another user, and this process has uid ${current}; ` +
        `start it as root or as ${name}, or leave -U out`,
    );
  }
  const step = changeUser(account);
  if (step !== undefined) {
    return fail(`-U ${name}: ${step}; not going on as root`);
  }
  const left = findLeftovers(account, root);
  return left === undefined
    ? ok({ account, changed: true })
    : fail(`-U ${name}: ${left}; not going on with root's rights`);
}

/**
 * Parses /etc/passwd for one user; undefined if it is not there or its line is malformed.
 * Source: passwd(5).
 *
 *     nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
 */
export function parseAccount(text: string, name: string): Account | undefined {
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    if (fields[0] !== name || name === "") continue;
    const [uid, gid] = [fields[2] ?? "", fields[3] ?? ""];
    if (fields.length !== 7 || !/^\d{1,10}$/.test(uid) || !/^\d{1,10}$/.test(gid)) return undefined;
    return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/**
 * Parses the credentials out of a thread's status; undefined if a line is missing.
 * Source: proc_pid_status(5).
 *
 *     Uid:	65534	65534	65534	65534
 *     Gid:	65534	65534	65534	65534
 *     Groups:	4 65534
 *     CapPrm:	0000000000000000
 *     CapEff:	0000000000000000
 */
export function parseCredentials(text: string): ThreadCredentials | undefined {
  const numbers = (key: string): number[] | undefined => {
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

/** What of a thread's credentials is not the account's; undefined if all are. */
export function compareCredentials(
  credentials: ThreadCredentials,
  account: Account & { readonly groups: readonly number[] },
): string | undefined {
  if (credentials.uids.some((uid) => uid !== account.uid)) return "kept another user";
  if (credentials.gids.some((gid) => gid !== account.gid)) return "kept another group";
  const allowed = new Set([account.gid, ...account.groups]);
  if (credentials.groups.some((group) => !allowed.has(group))) return "kept other groups";
  if (account.gid !== 0 && credentials.groups.includes(0)) return "kept root's group";
  if (account.uid !== 0 && credentials.hasCapabilities) return "kept capabilities of root";
  return undefined;
}

function readAccount(name: string, root: string): Result<Account> {
  const path = join(root, "etc/passwd");
  try {
    const account = parseAccount(readFileSync(path, "utf8"), name);
    return account === undefined ? fail(`-U ${name}: no such user in ${path}`) : ok(account);
  } catch (error) {
    return fail(`-U ${name}: cannot read ${path}: ${words(error)}`);
  }
}

/**
 * The calls that change who the process is. Some type declarations lack `initgroups`, and all hold
 * them for optional; a step that is not there must fail here, never be skipped.
 */
interface IdentityCalls {
  initgroups(user: string, group: number): void;
  setgid(group: number): void;
  setuid(user: number): void;
}

/** The three steps; undefined, or which one failed. User last: the others need root. */
function changeUser(account: Account): string | undefined {
  // The user's own supplementary groups replace root's: group `log` may be among them.
  const system = process as unknown as IdentityCalls;
  const steps: readonly [string, () => void][] = [
    ["dropping the supplementary groups", () => system.initgroups(account.name, account.gid)],
    ["changing the group", () => system.setgid(account.gid)],
    ["changing the user", () => system.setuid(account.uid)],
  ];
  for (const [what, change] of steps) {
    try {
      change();
    } catch (error) {
      return `${what} failed: ${words(error)}`;
    }
  }
  return undefined;
}

/** What of root is left after the change; undefined if nothing is, in any thread. */
function findLeftovers(account: Account, root: string): string | undefined {
  const tasks = join(root, "proc/self/task");
  let threads: readonly string[];
  try {
    threads = readdirSync(tasks);
  } catch (error) {
    return `the change cannot be verified: ${words(error)}`;
  }
  // initgroups gave the calling thread its groups; every other thread must have the same.
  const groups = process.getgroups?.() ?? [];
  for (const thread of threads) {
    const credentials = readCredentials(join(tasks, thread, "status"));
    // A thread may end between the listing and the reading; the main thread does not.
    if (credentials === "gone" && thread !== String(process.pid)) continue;
    if (credentials === "gone" || credentials === undefined) {
      return `the change cannot be verified in thread ${thread}`;
    }
    const left = compareCredentials(credentials, { ...account, groups });
    if (left !== undefined) return `thread ${thread} ${left}`;
  }
  if (account.uid !== 0 && canBecomeRoot()) return "the process can still become root again";
  return undefined;
}

function readCredentials(path: string): ThreadCredentials | "gone" | undefined {
  let text: string;
  try {
    text = readFileSync(path, "latin1");
  } catch {
    return "gone";
  }
  return parseCredentials(text);
}

function canBecomeRoot(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    // EPERM is what must happen here.
    return false;
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
