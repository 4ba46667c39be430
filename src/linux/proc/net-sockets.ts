/**
 * /proc/net/{tcp,udp}{,6}: the sockets of this network namespace.
 *
 *       sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *        0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000   998        0 52342 …
 *        4: 0100007F:D431 0100007F:1F40 01 00000000:00000000 00:00000000 00000000  1000        0 52343 …
 *
 * Source: proc_net(5).
 */
import { MEBIBYTE } from "../../base/units.ts";
import { readTextOrEmpty } from "../read-text.ts";

export type Transport = "udp" | "tcp";

/** Include/net/tcp_states.h of the kernel. */
const TCP_ESTABLISHED = 1;
export const TCP_LISTEN = 10;

/**
 * About 28,000 sockets. Sockets that listen stand first in the file, so a busy server loses only
 * connections, and those are no longer worth looking through.
 */
const CAP_BYTES = 4 * MEBIBYTE;

const ADDRESS_AND_PORT = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/;

/** The sockets of both families on this local port; none where /proc cannot be read. */
export function readSockets(root: string, transport: Transport, localPort: number) {
  // There is no table of IPv6 on a kernel without it.
  return [transport, `${transport}6`].flatMap((table) =>
    parseSockets(readTextOrEmpty(root, `/proc/net/${table}`, CAP_BYTES), localPort),
  );
}

/** The sockets on this local port; lines of another form are passed over. */
export function parseSockets(text: string, localPort: number) {
  const wanted = `:${localPort.toString(16).toUpperCase().padStart(4, "0")}`;
  return text.split("\n").flatMap((line) => {
    const [, local = "", remote = "", state = "", , , , uid = "", , inode = ""] = line
      .trim()
      .split(/\s+/);
    if (!local.endsWith(wanted)) return [];
    const address = ADDRESS_AND_PORT.exec(local)?.[1];
    const remotePort = ADDRESS_AND_PORT.exec(remote)?.[2];
    if (address === undefined || remotePort === undefined) return [];
    if (!/^[0-9A-F]{2}$/.test(state) || !isNumber(uid) || !isNumber(inode)) return [];
    return {
      localAddress: addressText(address),
      localPort,
      remotePort: Number.parseInt(remotePort, 16),
      state: Number.parseInt(state, 16),
      uid: Number(uid),
      // 0: no process has it any more.
      inode: Number(inode),
    };
  });
}

/**
 * The user id of the process at the other end of a TCP connection within this machine; undefined
 * if it cannot be seen, or if it might be one of two.
 */
export function readConnectionOwner(
  root: string,
  ports: { readonly client: number; readonly server: number },
): number | undefined {
  const ends = readSockets(root, "tcp", ports.client).filter(
    ({ remotePort, state }) => remotePort === ports.server && state === TCP_ESTABLISHED,
  );
  const [owner, ...others] = new Set(ends.map(({ uid }) => uid));
  return others.length === 0 ? owner : undefined;
}

/**
 * Text of either family: 127.0.0.1, or eight groups of four digits. `hex` is what the kernel prints:
 * 32-bit words in the byte order of the host (little-endian).
 */
function addressText(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
  return bytes.length === 4
    ? bytes.map((byte) => Number.parseInt(byte, 16)).join(".")
    : (bytes.join("").toLowerCase().match(/.{4}/g) ?? []).join(":");
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}
