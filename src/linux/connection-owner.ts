/** Which user of this machine has opened a connection to us, for the log. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface ConnectionPorts {
  readonly client: number;
  readonly server: number;
}

/** Without so many connections a table is under 2 MB; with more it is not worth reading. */
const LARGEST_TABLE = 4 * 1024 * 1024;

/**
 * The user id of the process at the other end of a connection within this machine; undefined if it
 * cannot be seen. `root` is where /proc is found: "/" but for tests.
 */
export function connectionOwner(root: string, ports: ConnectionPorts): number | undefined {
  const owners = new Set<number>();
  for (const table of ["tcp", "tcp6"]) {
    for (const uid of parseConnectionOwners(readTable(root, table), ports)) owners.add(uid);
  }
  const [owner, ...others] = owners;
  return others.length === 0 ? owner : undefined;
}

/**
 * Parses /proc/net/tcp{,6} into the user ids of connected sockets (state 01) from the client's port
 * to the server's: the client's own ends. Lines of another form are passed over. Source: proc_net(5).
 *
 *       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *        4: 0100007F:D431 0100007F:1F40 01 00000000:00000000 00:00000000 00000000  1000        0 52343 …
 */
export function parseConnectionOwners(text: string, { client, server }: ConnectionPorts): number[] {
  const owners: number[] = [];
  for (const line of text.split("\n")) {
    const [, local = "", remote = "", state, , , , uid = ""] = line.trim().split(/\s+/);
    const isIt = local.endsWith(`:${hex(client)}`) && remote.endsWith(`:${hex(server)}`);
    if (isIt && state === "01" && /^\d{1,10}$/.test(uid)) owners.push(Number(uid));
  }
  return owners;
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

function readTable(root: string, table: string): string {
  try {
    const text = readFileSync(join(root, "proc/net", table), "latin1");
    return text.length > LARGEST_TABLE ? "" : text;
  } catch {
    // No IPv6, or no /proc: the owner is unknown.
    return "";
  }
}
