/**
 * All processes of one reading as columns of numbers, without a string or an object for each: two
 * such tables of a thousand processes are kept all the time.
 */

/** The processes of one scan of /proc. Row i of each column is one process. */
export interface ProcessTable {
  /** The number of rows; the columns may be longer. */
  readonly length: number;
  /** How many processes there were, with those beyond the cap of the scan. */
  readonly count: number;
  readonly pids: Int32Array;
  /** Ticks (1/100 s) from the boot to the start of the process. With the pid it is unique. */
  readonly startTicks: Float64Array;
  /** Ticks that the process has run, in user and system mode. */
  readonly cpuTicks: Float64Array;
  readonly residentPages: Float64Array;
  /** The state's letter, as a character code. */
  readonly states: Uint8Array;
  /** 1 for a thread of the kernel. */
  readonly isKernel: Uint8Array;
  /** The names' bytes, one after the other; a name ends where `nameEnds` says. */
  readonly names: Uint8Array;
  readonly nameEnds: Uint32Array;
  /** The command in the foreground of each terminal, by the terminal's device number. */
  readonly foreground: ReadonlyMap<number, string>;
}

/** The command's name; bytes that are not UTF-8 become U+FFFD. */
export function processName(table: ProcessTable, row: number): string {
  const start = row === 0 ? 0 : (table.nameEnds[row - 1] ?? 0);
  return new TextDecoder().decode(table.names.subarray(start, table.nameEnds[row] ?? start));
}
