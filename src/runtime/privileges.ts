/**
 * `-U NAME`: gives up root for good, before any socket is opened. Supplementary groups, group and
 * user change in that order, in every thread; then all of it is read back, and the start is refused
 * unless nothing of root is left.
 */
import { errorMessage } from "../base/errors.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { type Account, findAccount, PASSWD_CAP_BYTES, parsePasswd } from "../linux/passwd.ts";
import { parseCredentials, type ThreadCredentials } from "../linux/proc/pid.ts";
import { readNames, readText } from "../linux/read-text.ts";

/**
 * Becomes the user `name`, and gives its account; `changed` is false where the process was that user
 * already. Fails if there is no such user, if the process is neither root nor that user, or if any
 * step fails; the process may then be half-changed and must end. `root` is where /etc and /proc are.
 */
export function dropPrivileges(
  name: string,
  root = "/",
): Result<{ readonly account: Account; readonly changed: boolean }> {
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
  if (step !== undefined) return fail(`-U ${name}: ${step}; unagi does not go on as root`);
  const left = findLeftovers(account, root);
  return left === undefined
    ? ok({ account, changed: true })
    : fail(`-U ${name}: ${left}; unagi does not go on with root's rights`);
}

/** Which of a thread's credentials are not the account's, in words; undefined if all are. */
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
 * The calls that change the user of the process. The type declarations lack `initgroups` or make
 * the calls optional; here a missing call must fail, never be skipped.
 */
interface IdentityCalls {
  initgroups(user: string, group: number): void;
  setgid(group: number): void;
  setuid(user: number): void;
}

/**
 * Takes the three steps, the user last, since the others need root. Gives the step that failed, in
 * words; undefined if all succeeded.
 */
function changeUser(account: Account): string | undefined {
  // The user's own supplementary groups, such as `log`, replace root's.
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

/** What is left of root after the change, in words; undefined if no thread has anything left. */
function findLeftovers(account: Account, root: string): string | undefined {
  const threads = readNames(root, TASKS);
  if (!threads.ok) return `the change cannot be verified: ${threads.reason}`;
  // initgroups gave the calling thread these groups; all other threads must have the same.
  const groups = process.getgroups?.() ?? [];
  for (const thread of threads.value) {
    const status = readText(root, `${TASKS}/${thread}/status`);
    // A thread may end after it was listed; the main thread does not.
    if (!status.ok && thread !== String(process.pid)) continue;
    const credentials = status.ok ? parseCredentials(status.value) : undefined;
    if (credentials === undefined) return `the change cannot be verified in thread ${thread}`;
    const left = compareCredentials(credentials, { ...account, groups });
    if (left !== undefined) return `thread ${thread} ${left}`;
  }
  if (account.uid !== 0 && canBecomeRoot()) return "the process can still become root again";
  return undefined;
}

function canBecomeRoot(): boolean {
  try {
    process.setuid?.(0);
    return true;
  } catch {
    // EPERM is the expected answer.
    return false;
  }
}
