/**
 * All processes of one reading as columns of numbers, without a string or an object for each: a
 * machine with a thousand processes keeps two of these.
 */

/** The processes of one scan of /proc. Row i of each column is one process. */
export interface ProcessTable {
  /** Rows filled; the columns may be longer. */
  readonly length: number;
  /** How many there were, those that were not read included. */
  readonly count: number;
  readonly pids: Int32Array;
  /** Ticks (1/100 s) from the boot to its start: with the pid, what makes a process unique. */
  readonly startTicks: Float64Array;
  /** Ticks it has run, user and system. */
  readonly cpuTicks: Float64Array;
  readonly residentPages: Float64Array;
  /** The state's letter, as a character code. */
  readonly states: Uint8Array;
  /** 1 for a thread of the kernel. */
  readonly isKernel: Uint8Array;
  /** The names' bytes, one after the other; a name ends where `nameEnds` says. */
  readonly names: Uint8Array;
  readonly nameEnds: Uint32Array;
  /** By the terminal's device number: the command in its foreground. */
  readonly foreground: ReadonlyMap<number, string>;
}

/** The command's name; bytes that are not UTF-8 become U+FFFD. */
export function processName(table: ProcessTable, row: number): string {
  const start = row === 0 ? 0 : (table.nameEnds[row - 1] ?? 0);
  return new TextDecoder().decode(table.names.subarray(start, table.nameEnds[row] ?? start));
}
