/** What /proc tells of a running daemon. */
import { readFileSync } from "node:fs";

/** Of proc(5), `status`: resident in all, and what is the process's own. */
export function memoryOf(pid: number): { readonly residentMB: number; readonly ownMB: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (key: string) =>
    Number(status.match(new RegExp(`${key}:\\s+(\\d+)`))?.[1]) / 1024;
  return { residentMB: megabytes("VmRSS"), ownMB: megabytes("RssAnon") };
}

/** USER_HZ is 100. */
const TICKS_PER_SECOND = 100;

/** User and system time, without children. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/**
 * Datagrams that the kernel had no room for at this UDP socket. /proc/net/udp:
 *
 *     sl  local_address rem_address   st tx_queue rx_queue tr tm->when … ref pointer drops
 *     7: 0200003C7F…:2760 00000000:0000 07 00000000:00000000 …         2 0000 0
 */
export function kernelDrops(address: string, port: number): number {
  const host = address.split(".").reverse();
  const hex = host.map((part) => Number(part).toString(16).padStart(2, "0")).join("");
  const local = `${hex}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
  for (const line of readFileSync("/proc/net/udp", "utf8").split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (fields[1] === local) return Number(fields.at(-1));
  }
  throw new Error(`no UDP socket at ${address}:${port}`);
}
