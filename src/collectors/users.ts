/**
 * Collects the logged-in users from utmp, or from systemd-logind where there is no utmp: when they
 * logged in, how long they have been idle, and what runs in the foreground of their terminal.
 */
import { existsSync, type Stats } from "node:fs";
import type { Moment } from "../base/units.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import { readLogindSessions } from "../linux/logind-sessions.ts";
import { readProcesses } from "../linux/proc/pid-stat.ts";
import { below, type Reading, statIfThere } from "../linux/read-text.ts";
import { readUtmp, type UtmpRecord } from "../linux/utmp.ts";
import type { UserReport } from "../protocol/report.ts";
import { collector } from "./collector.ts";

/** A report must fit into one packet; `userCount` counts them all. */
const MOST_USERS = 10;
/** Longer host names are cut: an IPv6 address with a zone has at most 60. */
const FROM_LENGTH = 64;

export const users = collector({
  subject: "users",
  read: ({ root, now, once }) => {
    const logins = readLogins(root);
    if (!logins.ok) {
      const remedy = "start systemd-logind, or let the login programs write /var/run/utmp";
      return { ...logins, remedy };
    }
    const processes = once(readProcesses);
    const foreground = processes.ok ? processes.value.foreground : undefined;
    // utmp keeps the logins of programs that were killed.
    const living = logins.value.filter(({ user, pid }) => user !== "" && isAlive(root, pid));
    const value = living.map((login) => {
      const terminal = terminalOf(root, login.line);
      return describeUser(login, terminal, now, terminal && foreground?.get(terminal.rdev));
    });
    return { ok: true, value };
  },
  report: (all) => {
    // Unknown idle time (a graphical session, a session without a terminal) sorts last.
    const idle = (user: UserReport) => user.idleSeconds ?? Number.MAX_SAFE_INTEGER;
    const leastIdle = [...all].sort((a, b) => idle(a) - idle(b)).slice(0, MOST_USERS);
    return { users: leastIdle, userCount: all.length };
  },
});

function readLogins(root: string): Reading<readonly UtmpRecord[]> {
  const utmp = readUtmp(root);
  if (utmp.ok || utmp.code !== "ENOENT") return utmp;
  const sessions = readLogindSessions(root);
  if (sessions.ok || sessions.code !== "ENOENT") return sessions;
  const reason = "neither /var/run/utmp nor /run/systemd/sessions exists";
  return { ok: false, reason, code: "ENOENT" };
}

function isAlive(root: string, pid: number): boolean {
  return pid > 0 && existsSync(below(root, `/proc/${pid}`));
}

function terminalOf(root: string, line: string): Stats | undefined {
  // Only root writes the file that the name comes from; still, no name leads out of /dev.
  return /^(pts\/\d+|[\w-]+)$/.test(line) ? statIfThere(root, `/dev/${line}`) : undefined;
}

function describeUser(
  { user, line, host, loginSeconds }: UtmpRecord,
  terminal: Stats | undefined,
  now: Moment,
  command: string | undefined,
): UserReport {
  return withoutUndefined({
    name: user,
    terminal: line === "" ? undefined : line,
    // A display (":0") or a multiplexer's window is no place to come from.
    from: /^(:|tmux\(|screen)/.test(host) ? "" : host.slice(0, FROM_LENGTH),
    loginAgeSeconds: loginSeconds > 0 ? age(now, loginSeconds * 1000) : undefined,
    idleSeconds: terminal && age(now, terminal.atimeMs),
    command,
  });
}

/** Never negative, though the wall clock may have been set back since. */
function age(now: Moment, sinceWallMs: number): number {
  return Math.max(0, Math.round((now.wallMs - sinceWallMs) / 1000));
}
