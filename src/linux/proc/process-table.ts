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

export interface RankedProcess {
  readonly row: number;
  /** Ticks run between the two tables; absent where that is unknown. */
  readonly ranTicks?: number;
}

/** The command's name; bytes that are not UTF-8 become U+FFFD. */
export function processName(table: ProcessTable, row: number): string {
  const start = row === 0 ? 0 : (table.nameEnds[row - 1] ?? 0);
  return new TextDecoder().decode(table.names.subarray(start, table.nameEnds[row] ?? start));
}

/**
 * The `limit` processes that ran the most since the previous table, then those that hold the most
 * memory; on a tie, threads of the kernel come last, and lower pids first.
 *
 * A process that the previous table lacks counts from its start, if it started after that table
 * was taken (`previousUptimeTicks`); otherwise what it ran since then is unknown.
 */
export function rankProcesses(options: {
  readonly previous: ProcessTable | undefined;
  readonly previousUptimeTicks: number | undefined;
  readonly current: ProcessTable;
  readonly limit: number;
}): RankedProcess[] {
  const { current, limit } = options;
  const ran = ranTicks(options);
  const best: number[] = [];
  for (let row = 0; row < current.length; row += 1) {
    // Insertion into a short sorted list: most rows fail against the last one at once.
    let place = best.length;
    while (place > 0 && comesBefore(current, ran, row, best[place - 1] ?? 0)) {
      place -= 1;
    }
    if (place < limit) {
      best.splice(place, 0, row);
      best.length = Math.min(best.length, limit);
    }
  }
  return best.map((row) => {
    const ticks = ran[row] ?? -1;
    return ticks < 0 ? { row } : { row, ranTicks: ticks };
  });
}

/** −1 where it is unknown. */
const UNKNOWN = -1;
/** A tick of /proc/uptime and one of the process's start may be rounded differently. */
const START_SLACK_TICKS = 100;

function ranTicks(options: {
  readonly previous: ProcessTable | undefined;
  readonly previousUptimeTicks: number | undefined;
  readonly current: ProcessTable;
}): Float64Array {
  const { previous, current } = options;
  const ran = new Float64Array(current.length).fill(UNKNOWN);
  if (previous === undefined) {
    return ran;
  }
  const rows = new Map<number, number>();
  for (let row = 0; row < previous.length; row += 1) {
    rows.set(previous.pids[row] ?? 0, row);
  }
  const newSince = (options.previousUptimeTicks ?? Number.POSITIVE_INFINITY) - START_SLACK_TICKS;
  for (let row = 0; row < current.length; row += 1) {
    const before = rows.get(current.pids[row] ?? 0) ?? -1;
    const start = current.startTicks[row] ?? 0;
    const ticks = current.cpuTicks[row] ?? 0;
    if (before >= 0 && previous.startTicks[before] === start) {
      // Less than before (a counter stepped back): stays negative, so unknown.
      ran[row] = Math.max(UNKNOWN, ticks - (previous.cpuTicks[before] ?? 0));
    } else if (start >= newSince) {
      ran[row] = ticks;
    }
  }
  return ran;
}

function comesBefore(table: ProcessTable, ran: Float64Array, row: number, other: number): boolean {
  const byCpu = (ran[row] ?? 0) - (ran[other] ?? 0);
  const byMemory = (table.residentPages[row] ?? 0) - (table.residentPages[other] ?? 0);
  const byKernel = (table.isKernel[other] ?? 0) - (table.isKernel[row] ?? 0);
  const order = byCpu || byMemory || byKernel || (table.pids[other] ?? 0) - (table.pids[row] ?? 0);
  return order > 0;
}
