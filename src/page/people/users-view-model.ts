/**
 * The report by user: what each one runs on which machine, counted from the largest processes
 * of every machine that answers.
 */

import { counted, shownName, shownText } from "../../base/shown-text.ts";
import { isIdle, processFacts } from "../../view/facts.ts";
import { bytes, duration, figure } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import { isThere, type Subject } from "../../view/subject.ts";

export interface UsersTable {
  /** Cores of the machines counted: the 100 % of the share. */
  readonly allCores: string;
  readonly users: readonly UserBlock[];
  readonly foot: string;
}

export interface UserBlock {
  readonly anchor: string;
  readonly name: string;
  /** Root and services together. */
  readonly isSystem: boolean;
  readonly machines: number;
  readonly processes: number;
  readonly cores: string;
  readonly share: string;
  readonly shareWidth: number;
  readonly memory: string;
  readonly loggedInOn: readonly MachineLink[];
  readonly lines: readonly UserProcess[];
  readonly more: string;
}

export interface MachineLink {
  readonly name: string;
  readonly href: string;
}

export interface UserProcess extends MachineLink {
  readonly isSilent: boolean;
  readonly command: string;
  readonly cores: string;
  readonly memory: string;
  readonly state: string;
  readonly cpuTime: string;
}

/** Lines shown of one user; the rest is counted. */
const MOST_LINES = 20;
/** Users shown; a lab has dozens. */
const MOST_USERS = 500;

/** Accounts that Debian and its relatives give to services; nobody logs in as one of them. */
const SERVICES = new Set([
  ..."root daemon bin sys sync mail news uucp proxy www-data backup list irc nobody man lp games".split(
    " ",
  ),
  ..."gnats messagebus ntp ntpsec chrony avahi colord rtkit polkitd syslog tss uuidd sshd".split(
    " ",
  ),
  ..."statd rpc rpcuser dnsmasq postfix dovecot mysql postgres redis unagi nginx apache".split(" "),
  ..."geoclue saned lightdm gdm sddm usbmux cups-pk-helper tcpdump landscape pollinate dbus".split(
    " ",
  ),
]);

/** Of a user whom a peer gives none: a link needs something to hold it by. */
export const NO_NAME = "(no name)";

function isService(user: string): boolean {
  return SERVICES.has(user) || user.startsWith("systemd-") || user.startsWith("_");
}

/** useradd allows 32 characters; what begins alike for twice as long is one user here. */
const LONGEST_USER = 64;

/** The fragment that finds a user's block again; the name may hold anything. */
export function userAnchor(user: string): string {
  return isService(user)
    ? "user-system"
    : `user-${encodeURIComponent(user.slice(0, LONGEST_USER).toWellFormed())}`;
}

export function userHref(user: string): string {
  // An id with a % in it is found by a fragment that encodes the % once more.
  return `/?by=user#${userAnchor(user).replaceAll("%", "%25")}`;
}

interface Gathered {
  readonly name: string;
  readonly isSystem: boolean;
  readonly machines: Set<string>;
  readonly lines: {
    readonly cores: number;
    readonly memory: number;
    readonly isBusy: boolean;
    readonly line: UserProcess;
  }[];
  readonly loggedInOn: MachineLink[];
}

function gather(subjects: readonly Subject[]): Map<string, Gathered> {
  const users = new Map<string, Gathered>();
  const of = (user: string): Gathered => {
    const anchor = userAnchor(user);
    const known = users.get(anchor);
    if (known !== undefined) return known;
    const isSystem = isService(user);
    const made: Gathered = {
      name: isSystem ? "system" : user,
      isSystem,
      machines: new Set(),
      lines: [],
      loggedInOn: [],
    };
    users.set(anchor, made);
    return made;
  };
  for (const { machine, slug, report, facts, state } of subjects) {
    if (report === undefined || !isThere(state)) continue;
    const link = { name: shownName(machine, 24), href: machineHref(slug) };
    for (const name of facts.users ?? []) of(name).loggedInOn.push(link);
    for (const one of report.processes ?? []) {
      const process = processFacts(one, report);
      const user = of(one.user);
      user.machines.add(machine.id);
      user.lines.push({
        cores: process.cores ?? 0,
        memory: process.memoryBytes ?? 0,
        isBusy: !isIdle(process),
        line: {
          ...link,
          isSilent: state === "silent",
          command: shownText(process.command),
          cores: process.cores === undefined ? "" : figure(process.cores),
          memory: process.memoryBytes === undefined ? "" : bytes(process.memoryBytes),
          state: shownText(process.state ?? "", 2),
          cpuTime: process.cpuSeconds === undefined ? "" : duration(process.cpuSeconds),
        },
      });
    }
  }
  return users;
}

function shareText(share: number): string {
  if (share > 0 && share < 0.5) return "< 1";
  return String(Math.round(share));
}

function blockOf(anchor: string, user: Gathered, allCores: number) {
  const cores = user.lines.reduce((total, { cores: one }) => total + one, 0);
  const memory = user.lines.reduce((total, { memory: one }) => total + one, 0);
  const share = allCores === 0 ? 0 : (100 * cores) / allCores;
  user.lines.sort((a, b) => b.cores - a.cores || b.memory - a.memory);
  // Of root and services, what works: every machine has dozens that sleep.
  const lines = user.isSystem ? user.lines.filter(({ isBusy }) => isBusy) : user.lines;
  const shown = lines.slice(0, MOST_LINES);
  const hidden = lines.length - shown.length;
  const block: UserBlock = {
    anchor,
    name: user.name.trim() === "" ? NO_NAME : shownText(user.name, 32),
    isSystem: user.isSystem,
    machines: user.machines.size,
    processes: user.lines.length,
    cores: figure(cores),
    share: shareText(share),
    shareWidth: Math.min(100, Math.round(share)),
    memory: bytes(memory),
    loggedInOn: user.loggedInOn,
    lines: shown.map(({ line }) => line),
    more: hidden === 0 ? "" : `${hidden} more`,
  };
  return { block, cores, memory, isSystem: user.isSystem };
}

/** Most cores first, then most memory; root and services last, as one. */
export function usersTableOf(subjects: readonly Subject[]): UsersTable {
  const counted_ = subjects.filter(({ state, report }) => report !== undefined && isThere(state));
  const allCores = counted_.reduce((total, { facts }) => total + (facts.cores ?? 0), 0);
  const blocks = [...gather(subjects)]
    .map(([anchor, user]) => blockOf(anchor, user, allCores))
    .sort(
      (a, b) => Number(a.isSystem) - Number(b.isSystem) || b.cores - a.cores || b.memory - a.memory,
    );
  const left = subjects
    .filter(({ state, report }) => report === undefined || !isThere(state))
    .map(({ machine, state }) => `${shownName(machine, 24)} (${state})`);
  const named =
    left.slice(0, 10).join(", ") + (left.length > 10 ? ` and ${left.length - 10} more` : "");
  const users = blocks.slice(0, MOST_USERS);
  return {
    allCores: String(allCores),
    users: users.map(({ block }) => block),
    foot: [
      "Counted from the largest processes of each machine that answers.",
      ...(left.length === 0 ? [] : [`Not counted: ${named}.`]),
      ...(blocks.length > users.length
        ? [`Not shown: ${counted(blocks.length - users.length, "user")} that use less.`]
        : []),
    ].join(" "),
  };
}
