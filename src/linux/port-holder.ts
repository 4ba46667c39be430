/**
 * Who holds a port that is in use: the socket's inode from /proc/net, and the process that has it
 * open. Only root sees the files of other users' processes, so often nobody can be named.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { canonicalAddress } from "../net/address.ts";

export type Transport = "udp" | "tcp";

export interface PortHolder {
  readonly pid: number;
  /** The command's name. */
  readonly command: string;
  /** Another daemon of ours. */
  readonly isUnagi: boolean;
}

/** A machine may have 100,000s of descriptors; the answer is worth a second, not more. */
const MAX_DESCRIPTORS_READ = 50_000;

/** The kernel's number for a listening TCP socket. Source: include/net/tcp_states.h. */
const TCP_LISTEN = "0A";

/** What somebody wanted to bind. */
export interface WantedSocket {
  readonly transport: Transport;
  readonly port: number;
  /** Canonical; absent: all addresses. */
  readonly bind?: string;
}

/**
 * The process that is in the way of this socket: it holds the port on the same address, or on all;
 * undefined if it cannot be seen. `root` is where /proc is found: "/" but for tests.
 */
export function whoHoldsPort(root: string, wanted: WantedSocket): PortHolder | undefined {
  const inodes = new Set<string>();
  for (const table of [wanted.transport, `${wanted.transport}6`]) {
    const text = readText(join(root, "proc/net", table));
    for (const inode of parsePortInodes(text ?? "", wanted)) inodes.add(inode);
  }
  return inodes.size === 0 ? undefined : findHolder(root, inodes);
}

/**
 * The reason, with the remedy, why a port in use cannot be bound. `option` is what the user sets
 * the port with, as `-p`.
 */
export function portInUseReason(
  root: string,
  wanted: WantedSocket & { readonly option: string },
): string {
  const { transport, port, option } = wanted;
  const holder = whoHoldsPort(root, wanted);
  const what = `${option} ${port}: the ${transport.toUpperCase()} port is in use`;
  if (holder === undefined) return `${what}; choose another with ${option}`;
  const by = `${what} by ${holder.command} (process ${holder.pid})`;
  return holder.isUnagi
    ? `${by}, which is a running unagi; stop it, or start this one with other ports (-p, -h), and with -c /dev/null if it read its ports from the same file`
    : `${by}; choose another with ${option}`;
}

/**
 * Parses /proc/net/{udp,tcp}{,6} into the inodes of the sockets that are in the way of the wanted
 * one; of TCP the listening ones only. Lines of another form are passed over. Source: proc_net(5).
 *
 *       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *      381: 00000000:2760 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 52343 2 …
 */
export function parsePortInodes(text: string, wanted: WantedSocket): string[] {
  const port = wanted.port.toString(16).toUpperCase().padStart(4, "0");
  const inodes: string[] = [];
  for (const line of text.split("\n")) {
    const fields = line.trim().split(/\s+/);
    const [local = "", state, inode] = [fields[1], fields[3], fields[9] ?? ""];
    if (!local.endsWith(`:${port}`) || !/^[1-9]\d*$/.test(inode)) continue;
    if (wanted.transport === "tcp" && state !== TCP_LISTEN) continue;
    if (isInTheWay(local.slice(0, -port.length - 1), wanted.bind)) inodes.push(inode);
  }
  return inodes;
}

/** `held` is an address as the kernel prints it: 32-bit words in hex, in the host's byte order. */
function isInTheWay(held: string, bind: string | undefined): boolean {
  if (bind === undefined || /^0+$/.test(held)) return true;
  const words = held.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  const groups = bytes.map((byte) => Number.parseInt(byte, 16));
  const address =
    groups.length === 4
      ? groups.join(".")
      : (bytes.join("").match(/.{4}/g) ?? []).join(":").toLowerCase();
  return canonicalAddress(address) === bind;
}

function findHolder(root: string, inodes: ReadonlySet<string>): PortHolder | undefined {
  let budget = MAX_DESCRIPTORS_READ;
  for (const pid of list(join(root, "proc")).filter((name) => /^\d+$/.test(name))) {
    const directory = join(root, "proc", pid, "fd");
    for (const descriptor of list(directory)) {
      if (budget-- <= 0) return undefined;
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(join(directory, descriptor)))?.[1];
      if (inode !== undefined && inodes.has(inode)) return describe(root, pid);
    }
  }
  return undefined;
}

function describe(root: string, pid: string): PortHolder {
  const command = (readText(join(root, "proc", pid, "comm")) ?? "").trim();
  return {
    pid: Number(pid),
    // A process may name itself: what goes to a terminal has no control characters.
    command: command.replace(/[^\x20-\x7e]/g, "?") || "an unnamed process",
    isUnagi: command === "unagi" || runsOurProgram(root, pid),
  };
}

/** True for a daemon run from the source by the same interpreter, where comm is the latter's. */
function runsOurProgram(root: string, pid: string): boolean {
  const theirs = (readText(join(root, "proc", pid, "cmdline")) ?? "").split("\0");
  return theirs.slice(0, 4).some((word) => {
    const path = word.split("/");
    return basename(word) === "unagi" || path.slice(-2).join("/") === "src/main.ts";
  });
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Another user's process, or one that has just ended: it cannot be named.
    return [];
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // As above.
    return "";
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // As above.
    return undefined;
  }
}
