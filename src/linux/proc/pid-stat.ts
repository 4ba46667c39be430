/**
 * /proc/[pid]/stat of all processes, in one cheap scan: one buffer is used again for each, and
 * parsed in place. Never reads a command's arguments, which may hold passwords.
 *
 *     1 (systemd) S 0 1 1 0 -1 4194560 25434 1 112 9 81 134 12 7 20 0 1 0 35 173842432 3263 …
 *     4731 (a) R (b) S 4718 4718 2640 34817 4718 4194304 102 0 0 0 5 3 0 0 20 0 1 0 70213 …
 *     4733 ((sd-pam)) S 4730 4730 4730 0 -1 1077936448 46 0 0 0 0 0 0 0 20 0 1 0 70103 …
 *
 * Source: proc_pid_stat(5).
 */
import { closeSync, openSync, readSync } from "node:fs";
import { below, type Reading, readNames } from "../read-text.ts";
import type { ProcessTable } from "./process-table.ts";

/**
 * One process; the scan fills the same object for each, so that it leaves no garbage. The name lies
 * between `nameStart` and `nameEnd` in the bytes that were parsed.
 */
export interface ProcessStat {
  nameStart: number;
  nameEnd: number;
  /** Character code of the state's letter. */
  state: number;
  processGroup: number;
  /** The device number of the controlling terminal; 0: the process has none. */
  terminal: number;
  /** The process group in the foreground of that terminal; −1: there is none. */
  foregroundGroup: number;
  flags: number;
  cpuTicks: number;
  startTicks: number;
  residentPages: number;
}

/** The line is under 400 bytes; a name is at most 64. */
const STAT_BYTES = 1024;
/** Reading one process costs about 10 µs; of more than these only the count is reported. */
const MOST_PROCESSES = 20_000;
/** PF_KTHREAD of the kernel's sched.h. */
const KERNEL_THREAD = 0x0020_0000;

/** The kernel's largest counter. */
const MOST_COUNTED = 2 ** 64;

const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** All processes. Fails only where /proc itself cannot be listed. */
export function readProcesses(root: string): Reading<ProcessTable> {
  const names = readNames(root, "/proc");
  if (!names.ok) return names;
  const pids = names.value.filter(isPid);
  const builder = new TableBuilder(Math.min(pids.length, MOST_PROCESSES));
  const bytes = Buffer.allocUnsafe(STAT_BYTES);
  const stat = emptyStat();
  let gone = 0;
  for (const pid of pids.slice(0, MOST_PROCESSES)) {
    const length = readStat(below(root, `/proc/${pid}/stat`), bytes);
    if (length > 0 && parseProcPidStat(bytes, length, stat)) {
      builder.add(Number(pid), stat, bytes);
    } else {
      gone += 1;
    }
  }
  return { ok: true, value: builder.finish(pids.length - gone) };
}

/**
 * Parses one line into `into`; false, with `into` in an undefined state, for anything that is not
 * one. The name may hold spaces and parentheses: it ends at the last `)` of the line.
 */
export function parseProcPidStat(bytes: Uint8Array, length: number, into: ProcessStat): boolean {
  const open = bytes.indexOf(OPEN);
  const close = bytes.lastIndexOf(CLOSE, length - 1);
  if (open < 0 || close < open || close + 3 >= length) return false;
  into.nameStart = open + 1;
  into.nameEnd = close;
  into.state = bytes[close + 2] ?? 0;
  into.cpuTicks = 0;
  // Fields are counted as in proc(5), from 1: 1 pid, 2 name, 3 state, 4 parent, …
  let field = 4;
  let at = close + 4;
  while (at < length && field <= 24) {
    const isNegative = bytes[at] === MINUS;
    let value = 0;
    let digit = bytes[isNegative ? ++at : at] ?? 0;
    while (at < length && digit >= ZERO && digit <= NINE) {
      value = value * 10 + digit - ZERO;
      at += 1;
      digit = bytes[at] ?? 0;
    }
    if (at < length && digit !== SPACE && digit !== 0x0a) return false;
    // A number of more digits would lose some, and one of 309 digits would be infinite.
    if (value > MOST_COUNTED) return false;
    setField(into, field, isNegative ? -value : value);
    at += 1;
    field += 1;
  }
  return field > 24;
}

/** A record to parse into. */
export function emptyStat(): ProcessStat {
  return {
    nameStart: 0,
    nameEnd: 0,
    state: 0,
    processGroup: 0,
    terminal: 0,
    foregroundGroup: 0,
    flags: 0,
    cpuTicks: 0,
    startTicks: 0,
    residentPages: 0,
  };
}

function setField(into: ProcessStat, field: number, value: number): void {
  switch (field) {
    case 5:
      into.processGroup = value;
      break;
    case 7:
      into.terminal = value;
      break;
    case 8:
      into.foregroundGroup = value;
      break;
    case 9:
      into.flags = value;
      break;
    case 14:
    case 15:
      into.cpuTicks += value;
      break;
    case 22:
      into.startTicks = value;
      break;
    case 24:
      into.residentPages = value;
      break;
  }
}

/** All names in /proc that begin with a digit are pids. */
function isPid(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= ZERO && first <= NINE;
}

/** Bytes read; 0 for a process that has ended since the listing. */
function readStat(path: string, bytes: Buffer): number {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    return readSync(fd, bytes, 0, STAT_BYTES, null);
  } catch {
    // Gone (ENOENT, ESRCH) or hidden: either way it is not there for us.
    return 0;
  } finally {
    if (fd !== undefined) {
      closeSync(fd);
    }
  }
}

/** Gathers the columns of a `ProcessTable`; sized once, from the number of pids listed. */
class TableBuilder {
  readonly #pids: Int32Array;
  readonly #startTicks: Float64Array;
  readonly #cpuTicks: Float64Array;
  readonly #residentPages: Float64Array;
  readonly #states: Uint8Array;
  readonly #isKernel: Uint8Array;
  readonly #nameEnds: Uint32Array;
  #names: Buffer;
  #namesLength = 0;
  #length = 0;
  readonly #foreground = new Map<number, string>();

  constructor(capacity: number) {
    this.#pids = new Int32Array(capacity);
    this.#startTicks = new Float64Array(capacity);
    this.#cpuTicks = new Float64Array(capacity);
    this.#residentPages = new Float64Array(capacity);
    this.#states = new Uint8Array(capacity);
    this.#isKernel = new Uint8Array(capacity);
    this.#nameEnds = new Uint32Array(capacity);
    // Names of programs are cut to 15 bytes; only some of the kernel's threads have longer ones.
    this.#names = Buffer.allocUnsafeSlow(capacity * 16 + STAT_BYTES);
  }

  add(pid: number, stat: ProcessStat, bytes: Buffer): void {
    const row = this.#length;
    this.#pids[row] = pid;
    this.#startTicks[row] = stat.startTicks;
    this.#cpuTicks[row] = stat.cpuTicks;
    this.#residentPages[row] = stat.residentPages;
    this.#states[row] = stat.state;
    this.#isKernel[row] = (stat.flags & KERNEL_THREAD) === 0 ? 0 : 1;
    this.#addName(bytes, stat);
    this.#nameEnds[row] = this.#namesLength;
    this.#length += 1;
    if (stat.terminal !== 0 && stat.processGroup === stat.foregroundGroup) {
      this.#addForeground(pid, stat, bytes);
    }
  }

  finish(count: number): ProcessTable {
    return {
      length: this.#length,
      count,
      pids: this.#pids,
      startTicks: this.#startTicks,
      cpuTicks: this.#cpuTicks,
      residentPages: this.#residentPages,
      states: this.#states,
      isKernel: this.#isKernel,
      names: this.#names.subarray(0, this.#namesLength),
      nameEnds: this.#nameEnds,
      foreground: this.#foreground,
    };
  }

  #addName(bytes: Buffer, stat: ProcessStat): void {
    const needed = this.#namesLength + stat.nameEnd - stat.nameStart;
    if (needed > this.#names.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2);
      this.#names.copy(larger, 0, 0, this.#namesLength);
      this.#names = larger;
    }
    // A loop, not copy(): for 15 bytes the call costs more than the bytes.
    for (let at = stat.nameStart; at < stat.nameEnd; at += 1) {
      this.#names[this.#namesLength] = bytes[at] ?? 0;
      this.#namesLength += 1;
    }
  }

  /** The leader of the group in the foreground; any other of the group once that has ended. */
  #addForeground(pid: number, stat: ProcessStat, bytes: Buffer): void {
    if (pid === stat.foregroundGroup || !this.#foreground.has(stat.terminal)) {
      const name = bytes.toString("utf8", stat.nameStart, stat.nameEnd);
      this.#foreground.set(stat.terminal, name);
    }
  }
}
