/**
 * `-U NAME`: gives up root for good, before any socket is opened. Supplementary groups, group
 * and user, in that order, in every thread; then everything is read back, and a start that is
 * not certain to have left root behind is refused (design, section 9).
 */
import { errorMessage } from "../base/errors.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { type Account, findAccount, PASSWD_CAP_BYTES, parsePasswd } from "../linux/passwd.ts";
import { parseCredentials, type ThreadCredentials } from "../linux/proc/pid.ts";
import { readNames, readText } from "../linux/read-text.ts";

/** What happened: the account that the process runs as from here on. */
export interface Dropped {
  readonly account: Account;
  /** False where the process was that user already. */
  readonly changed: boolean;
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
  const passwd = readText(root, "/etc/passwd", PASSWD_CAP_BYTES);
  if (!passwd.ok) return fail(`-U ${name}: ${passwd.reason}`);
  const account = findAccount(parsePasswd(passwd.value), name);
  return account === undefined ? fail(`-U ${name}: no such user in /etc/passwd`) : ok(account);
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
      return `${what} failed: ${errorMessage(error)}`;
    }
  }
  return undefined;
}

const TASKS = "/proc/self/task";

/** What of root is left after the change; undefined if nothing is, in any thread. */
function findLeftovers(account: Account, root: string): string | undefined {
  const threads = readNames(root, TASKS);
  if (!threads.ok) return `the change cannot be verified: ${threads.reason}`;
  // initgroups gave the calling thread its groups; every other thread must have the same.
  const groups = process.getgroups?.() ?? [];
  for (const thread of threads.value) {
    const credentials = readCredentials(root, thread);
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

function readCredentials(root: string, thread: string): ThreadCredentials | "gone" | undefined {
  const text = readText(root, `${TASKS}/${thread}/status`);
  return text.ok ? parseCredentials(text.value) : "gone";
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
