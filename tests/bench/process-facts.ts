/** What /proc says about processes: memory, CPU time, dropped packets. */
import { readFileSync } from "node:fs";

/** All resident memory, and the anonymous part that is the process's own. Source: proc(5), `status`. */
export function memoryOf(pid: number): { readonly residentMB: number; readonly ownMB: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (key: string) =>
    Number(status.match(new RegExp(`${key}:\\s+(\\d+)`))?.[1]) / 1024;
  return { residentMB: megabytes("VmRSS"), ownMB: megabytes("RssAnon") };
}

/** Resident memory, with each shared page divided among the processes that have it. */
export function sharedMegabytesOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  return Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1]) / 1024;
}

/** USER_HZ is 100. */
const TICKS_PER_SECOND = 100;

/** User and system time, without children. Source: proc(5), utime and stime. */
export function cpuSecondsOf(pid: number): number {
  const fields = statFields(String(pid));
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** CPU time of this process's ended children, such as journalctl. Source: proc(5), cutime and cstime. */
export function childrenCpuMs(): number {
  const fields = statFields("self");
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS_PER_SECOND;
}

/** The fields of /proc/PID/stat from the state on, which is the third in proc(5). */
function statFields(pid: string): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/**
 * Datagrams that the kernel dropped because this UDP socket's buffer was full. /proc/net/udp:
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
