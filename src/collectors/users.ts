/**
 * Who is logged in: from utmp, else from systemd-logind; since when, idle for how long, and what
 * runs in the foreground of the terminal.
 */
import { existsSync, type Stats } from "node:fs";
import type { Moment } from "../base/units.ts";
import { readLogindSessions } from "../linux/logind-sessions.ts";
import { below, type Reading, statIfThere } from "../linux/read-text.ts";
import { readUtmp, type UtmpRecord } from "../linux/utmp.ts";
import type { UserReport } from "../protocol/report.ts";

export interface UsersSection {
  /** At most 10, the least idle first. */
  readonly users: readonly UserReport[];
  readonly count: number;
}

/** Design, section 4. */
const MOST_USERS = 10;
/** Longer host names are cut: an IPv6 address with a zone has at most 60. */
const FROM_LENGTH = 64;

/** `foreground` gives the command in the foreground of the terminal with this device number. */
export function readUsers(options: {
  readonly root: string;
  readonly now: Moment;
  readonly foreground: ReadonlyMap<number, string>;
}): Reading<UsersSection> {
  const { root, now, foreground } = options;
  const records = readLogins(root);
  if (!records.ok) {
    return records;
  }
  const users = records.value
    .filter((record) => record.user !== "" && isAlive(root, record.pid))
    .map((record) => describeUser(record, terminalOf(root, record.line), now, foreground));
  // Unknown idle time (a graphical session, a session without a terminal) sorts last.
  const idle = (user: UserReport) => user.idleSeconds ?? Number.MAX_SAFE_INTEGER;
  const shown = [...users].sort((a, b) => idle(a) - idle(b)).slice(0, MOST_USERS);
  return { ok: true, value: { users: shown, count: users.length } };
}

function readLogins(root: string): Reading<readonly UtmpRecord[]> {
  const utmp = readUtmp(root);
  if (utmp.ok || utmp.code !== "ENOENT") {
    return utmp;
  }
  const sessions = readLogindSessions(root);
  if (sessions.ok || sessions.code !== "ENOENT") {
    return sessions;
  }
  const reason = "neither /var/run/utmp nor /run/systemd/sessions exists";
  return { ok: false, reason, code: "ENOENT" };
}

/** utmp keeps the logins of programs that were killed; their pids are gone. */
function isAlive(root: string, pid: number): boolean {
  return pid > 0 && existsSync(below(root, `/proc/${pid}`));
}

function terminalOf(root: string, line: string): Stats | undefined {
  // The name comes from a file that only root writes; still, no way out of /dev.
  if (!/^(pts\/\d+|[\w-]+)$/.test(line)) {
    return undefined;
  }
  return statIfThere(root, `/dev/${line}`);
}

function describeUser(
  record: UtmpRecord,
  terminal: Stats | undefined,
  now: Moment,
  foreground: ReadonlyMap<number, string>,
): UserReport {
  const command = terminal === undefined ? undefined : foreground.get(terminal.rdev);
  // A display (":0") or a multiplexer's window is no place to come from.
  const from = /^(:|tmux\(|screen)/.test(record.host) ? "" : record.host.slice(0, FROM_LENGTH);
  return {
    name: record.user,
    ...(record.line === "" ? {} : { terminal: record.line }),
    from,
    ...(record.loginSeconds > 0 ? { loginAgeSeconds: age(now, record.loginSeconds * 1000) } : {}),
    ...(terminal === undefined ? {} : { idleSeconds: age(now, terminal.atimeMs) }),
    ...(command === undefined ? {} : { command }),
  };
}

/** The wall clock may have been set since: never negative. */
function age(now: Moment, sinceWallMs: number): number {
  return Math.max(0, Math.round((now.wallMs - sinceWallMs) / 1000));
}
