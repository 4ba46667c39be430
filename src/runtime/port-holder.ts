/** Which process holds a port that is in use, and what the user can do about it. */
import { basename } from "node:path";
import { printable } from "../base/printable.ts";
import { readSockets, TCP_LISTEN, type Transport } from "../linux/proc/net-sockets.ts";
import { findSocketHolder, readProcessArguments, readProcessName } from "../linux/proc/pid.ts";
import { canonicalAddress } from "../net/address.ts";

/** The kernel keeps 15 bytes of a process's name, each of which may need an escape. */
const LONGEST_NAME = 60;

export interface PortHolder {
  readonly pid: number;
  readonly command: string;
  readonly isUnagi: boolean;
}

export interface WantedSocket {
  readonly transport: Transport;
  readonly port: number;
  /** Canonical; absent: all addresses. */
  readonly bind?: string | undefined;
}

/**
 * The process that holds this port on the same address or on all addresses; undefined where no such
 * process can be seen. `root` is where /proc is found: "/" but for tests.
 */
export function whoHoldsPort(root: string, wanted: WantedSocket): PortHolder | undefined {
  const inodes = socketsInTheWay(root, wanted);
  const pid = inodes.size === 0 ? undefined : findSocketHolder(root, inodes);
  return pid === undefined ? undefined : describe(root, pid);
}

/** Why the port cannot be bound, with the remedy. `option` sets the port, such as `-p`. */
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

/** The inodes of the sockets that keep this one from being bound; of TCP only listening ones do. */
export function socketsInTheWay(root: string, wanted: WantedSocket): ReadonlySet<number> {
  const { transport, port, bind } = wanted;
  const held = readSockets(root, transport, port).filter(
    ({ localAddress, state, inode }) =>
      inode !== 0 &&
      (transport === "udp" || state === TCP_LISTEN) &&
      (bind === undefined ||
        /^[0.:]+$/.test(localAddress) ||
        canonicalAddress(localAddress) === bind),
  );
  return new Set(held.map(({ inode }) => inode));
}

function describe(root: string, pid: number): PortHolder {
  const name = readProcessName(root, pid) ?? "";
  return {
    pid,
    // A process chooses its own name, and the reason goes to a terminal.
    command: printable(name, LONGEST_NAME) || "an unnamed process",
    isUnagi: name === "unagi" || isOurProgram(readProcessArguments(root, pid)),
  };
}

/** Whether these are the arguments of unagi, or of the interpreter that runs it from source. */
function isOurProgram(command: readonly string[]): boolean {
  return command.slice(0, 4).some((word) => {
    const path = word.split("/");
    return basename(word) === "unagi" || path.slice(-2).join("/") === "src/main.ts";
  });
}
