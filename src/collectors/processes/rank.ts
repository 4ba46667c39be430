/** Which processes are worth a line of the report. Pure. */
import type { ProcessTable } from "../../linux/proc/pid-stat.ts";

export interface RankedProcess {
  readonly row: number;
  /** Ticks that it ran between the two tables; absent where that is unknown. */
  readonly ranTicks?: number;
}

interface Tables {
  readonly previous: ProcessTable | undefined;
  readonly previousUptimeTicks: number | undefined;
  readonly current: ProcessTable;
}

/**
 * The `limit` processes that ran the most since the previous table; of those that ran equally long,
 * the ones with the most memory, then programs before threads of the kernel, then low pids.
 *
 * A process that the previous table lacks counts from its start, if it started after that table
 * was taken (`previousUptimeTicks`); otherwise it is unknown how long it ran since then.
 */
export function rankProcesses(tables: Tables, limit: number): RankedProcess[] {
  const { current } = tables;
  const ran = ranTicks(tables);
  const best: number[] = [];
  for (let row = 0; row < current.length; row += 1) {
    // The list is short and sorted: most rows fail against its last one at once.
    let place = best.length;
    while (place > 0 && comesBefore(current, ran, row, best[place - 1] ?? 0)) place -= 1;
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

/** Ticks that are not known. */
const UNKNOWN = -1;
/** The uptime and the start of a process may be rounded differently. */
const START_SLACK_TICKS = 100;

function ranTicks({ previous, previousUptimeTicks, current }: Tables): Float64Array {
  const ran = new Float64Array(current.length).fill(UNKNOWN);
  if (previous === undefined) return ran;
  const rows = new Map<number, number>();
  for (let row = 0; row < previous.length; row += 1) rows.set(previous.pids[row] ?? 0, row);
  const newSince = (previousUptimeTicks ?? Number.POSITIVE_INFINITY) - START_SLACK_TICKS;
  for (let row = 0; row < current.length; row += 1) {
    const before = rows.get(current.pids[row] ?? 0) ?? -1;
    const start = current.startTicks[row] ?? 0;
    const ticks = current.cpuTicks[row] ?? 0;
    if (before >= 0 && previous.startTicks[before] === start) {
      // A counter that stepped back gives a negative number, which stays unknown.
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
