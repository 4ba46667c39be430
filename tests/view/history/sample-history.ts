/** A day of reports of one machine, and the axis that they are shown on. */
import type { StripPoint } from "../../../src/store/history-types.ts";
import type { MachineHistory } from "../../../src/view/history/cells.ts";
import { axisOf } from "../../../src/view/history/time-axis.ts";
import { createTimes } from "../../../src/view/times.ts";

export const NOW = Date.UTC(2026, 10, 24, 9, 13, 7);
export const times = createTimes("UTC");
export const axis = axisOf({ nowMs: NOW, updateSeconds: 600, historyEntries: 144, times });

export function up(atWallMs: number, cpuPercent = 1, more: Partial<StripPoint> = {}): StripPoint {
  return { atWallMs, state: "up", cpuPercent, diskBytesPerSecond: 0, ...more };
}

export function machine(
  points: readonly StripPoint[],
  more: Partial<MachineHistory> = {},
): MachineHistory {
  return { points, state: "up", updateSeconds: 600, ...more };
}

/** Reports of every ten minutes, so many milliseconds after the full one. */
export function day(phaseMs: number, cpu: (cell: number) => number = () => 1): StripPoint[] {
  return Array.from({ length: 144 }, (_, cell) =>
    up(
      axis.startMs + (cell + 1) * 600_000 + phaseMs - (phaseMs > 193_000 ? 600_000 : 0),
      cpu(cell),
    ),
  );
}
