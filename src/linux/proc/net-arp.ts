/**
 * /proc/net/arp: the IPv4 neighbours that this machine knows on its wires.
 *
 *     IP address       HW type     Flags       HW address            Mask     Device
 *     192.168.1.1      0x1         0x2         52:54:00:12:34:56     *        eth0
 *     192.168.1.9      0x1         0x0         00:00:00:00:00:00     *        eth0
 */
import { readTextOrEmpty } from "../read-text.ts";

/** One neighbour that has answered. */
export interface ArpEntry {
  readonly address: string;
  readonly device: string;
}

/** ATF_COM of linux/if_arp.h: the neighbour has answered. */
const COMPLETE = 0x2;

const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^(?:${BYTE}\\.){3}${BYTE}$`);

/** Neighbours that have answered; none where the file cannot be read. */
export function readArp(root: string): readonly ArpEntry[] {
  return parseArp(readTextOrEmpty(root, "/proc/net/arp"));
}

/** The neighbours that have answered; lines of another form are left out. */
export function parseArp(text: string): readonly ArpEntry[] {
  const [, ...lines] = text.split("\n");
  return lines.flatMap((line) => {
    const [address = "", , flags, , , device] = line.trim().split(/\s+/);
    const isComplete = (Number(flags) & COMPLETE) !== 0;
    return isComplete && device !== undefined && IPV4.test(address) ? { address, device } : [];
  });
}
