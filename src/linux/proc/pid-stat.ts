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

/** The line is under 400 bytes; a name is at most 64. */
const STAT_BYTES = 1024;
/** Reading one process costs about 10 µs; of more than these only the count is reported. */
const MOST_PROCESSES = 20_000;
/** PF_KTHREAD of the kernel's sched.h. */
const KERNEL_THREAD = 0x0020_0000;

/** Fields are counted as in proc(5), from 1: 1 pid, 2 name, 3 state, 4 parent, … */
const FIRST_NUMBER = 4;
const LAST_NUMBER = 24;
/** The kernel's largest counter. */
const MOST_COUNTED = 2 ** 64;

const SPACE = 0x20;
const OPEN = 0x28;
const CLOSE = 0x29;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

export type ProcessTable = Readonly<ReturnType<TableBuilder["finish"]>>;

/** The command's name; bytes that are not UTF-8 become U+FFFD. */
export function processName(table: ProcessTable, row: number): string {
  const start = row === 0 ? 0 : (table.nameEnds[row - 1] ?? 0);
  return new TextDecoder().decode(table.names.subarray(start, table.nameEnds[row] ?? start));
}

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
  const { numbers } = into;
  const open = bytes.indexOf(OPEN);
  const close = bytes.lastIndexOf(CLOSE, length - 1);
  if (open < 0 || close < open || close + 3 >= length) return false;
  into.nameStart = open + 1;
  into.nameEnd = close;
  into.state = bytes[close + 2] ?? 0;
  let field = FIRST_NUMBER;
  let at = close + 4;
  while (at < length && field <= LAST_NUMBER) {
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
    numbers[field] = isNegative ? -value : value;
    at += 1;
    field += 1;
  }
  if (field <= LAST_NUMBER) return false;
  into.processGroup = numbers[5] ?? 0;
  into.terminal = numbers[7] ?? 0;
  into.foregroundGroup = numbers[8] ?? 0;
  into.flags = numbers[9] ?? 0;
  into.cpuTicks = (numbers[14] ?? 0) + (numbers[15] ?? 0);
  into.startTicks = numbers[22] ?? 0;
  into.residentPages = numbers[24] ?? 0;
  return true;
}

/**
 * A record to parse one process into; the scan fills the same for each, so that it leaves no garbage.
 * The name lies between `nameStart` and `nameEnd` in the bytes that were parsed.
 */
export function emptyStat() {
  return {
    nameStart: 0,
    nameEnd: 0,
    /** Character code of the state's letter. */
    state: 0,
    processGroup: 0,
    /** The device number of the controlling terminal; 0: the process has none. */
    terminal: 0,
    /** The process group in the foreground of that terminal; −1: there is none. */
    foregroundGroup: 0,
    flags: 0,
    cpuTicks: 0,
    startTicks: 0,
    residentPages: 0,
    /** The numbers of the line, by their field. */
    numbers: new Float64Array(LAST_NUMBER + 1),
  };
}

export type ProcessStat = ReturnType<typeof emptyStat>;

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
    if (fd !== undefined) closeSync(fd);
  }
}

/** Row i of each column is one process. */
function emptyColumns(capacity: number) {
  return {
    pids: new Int32Array(capacity),
    /** Ticks (1/100 s) from the boot to the start of the process. With the pid it is unique. */
    startTicks: new Float64Array(capacity),
    /** Ticks that the process has run, in user and system mode. */
    cpuTicks: new Float64Array(capacity),
    residentPages: new Float64Array(capacity),
    /** The state's letter, as a character code. */
    states: new Uint8Array(capacity),
    /** 1 for a thread of the kernel. */
    isKernel: new Uint8Array(capacity),
    /** Where each name ends in `names`, which has them one after the other. */
    nameEnds: new Uint32Array(capacity),
  };
}

/**
 * Gathers all processes of one reading as columns of numbers, without a string or an object for each:
 * two such tables of a thousand processes are kept all the time. Sized once, from the number of pids
 * listed.
 */
class TableBuilder {
  readonly #columns: ReturnType<typeof emptyColumns>;
  #names: Buffer;
  #namesLength = 0;
  #length = 0;
  /** The command in the foreground of each terminal, by the terminal's device number. */
  readonly #foreground = new Map<number, string>();

  constructor(capacity: number) {
    this.#columns = emptyColumns(capacity);
    // Names of programs are cut to 15 bytes; only some of the kernel's threads have longer ones.
    this.#names = Buffer.allocUnsafeSlow(capacity * 16 + STAT_BYTES);
  }

  add(pid: number, stat: ProcessStat, bytes: Buffer): void {
    const row = this.#length;
    const columns = this.#columns;
    columns.pids[row] = pid;
    columns.startTicks[row] = stat.startTicks;
    columns.cpuTicks[row] = stat.cpuTicks;
    columns.residentPages[row] = stat.residentPages;
    columns.states[row] = stat.state;
    columns.isKernel[row] = (stat.flags & KERNEL_THREAD) === 0 ? 0 : 1;
    this.#addName(bytes, stat);
    columns.nameEnds[row] = this.#namesLength;
    this.#length += 1;
    if (stat.terminal !== 0 && stat.processGroup === stat.foregroundGroup) {
      this.#addForeground(pid, stat, bytes);
    }
  }

  /**
   * `count` is how many processes there were, with those beyond the cap of the scan. `length` is the
   * number of rows; the columns may be longer.
   */
  finish(count: number) {
    const names: Uint8Array = this.#names.subarray(0, this.#namesLength);
    const foreground: ReadonlyMap<number, string> = this.#foreground;
    return { ...this.#columns, length: this.#length, count, names, foreground };
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
