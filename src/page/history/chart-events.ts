/** What all charts of a machine mark: its outages and reboots. */
import { type Cells, type MachineHistory, runsOf } from "../../view/history/cells.ts";
import type { Axis } from "../../view/history/time-axis.ts";
import { rangeWords, type TimeRange } from "../../view/history/zoom.ts";
import type { Times } from "../../view/times.ts";

export type ChartEvent = ReturnType<typeof eventsOf>[number];

interface EventsInput {
  readonly history: MachineHistory;
  readonly cells: Cells;
  readonly axis: Axis;
  readonly times: Times;
  readonly nowMs: number;
}

/**
 * Lists the events from the left: an outage is a band, a reboot a line. `from` and `to` are cells, `to`
 * exclusive.
 * `words`: `down Mon 13:20–14:10`, `down 06:10–now`, `rebooted 14:10`.
 */
export function eventsOf(input: EventsInput) {
  const { cells, axis, times, nowMs } = input;
  const at = (cell: number) => axis.startMs + cell * axis.cellMs;
  const outages = (kind: "down" | "stopped") =>
    runsOf(axis.cells, (cell) => cells.state[cell] === kind).map(({ from, to }) => {
      const words = outageWords(kind, { fromMs: at(from), toMs: at(to) }, input);
      return { kind, from, to, words };
    });
  const reboots = cells.reboots.map(({ cell, atMs }) => ({
    kind: "reboot" as const,
    from: cell,
    to: cell + 1,
    words: `rebooted ${times.since(atMs, nowMs)}`,
  }));
  return [...outages("down"), ...outages("stopped"), ...reboots].sort((a, b) => a.from - b.from);
}

/**
 * The times of the outages that fill a run of cells, one or several: the axis may show only a part
 * of them. `shown`: the times of the run.
 */
function outageWords(
  kind: "down" | "stopped",
  shown: TimeRange,
  { history, times, nowMs }: EventsInput,
): string {
  const own = history.points.filter(
    ({ state, atWallMs, untilWallMs = nowMs }) =>
      state === kind && atWallMs < shown.toMs && untilWallMs > shown.fromMs,
  );
  const [first, last] = [own[0], own.at(-1)];
  const fromMs = first?.atWallMs ?? shown.fromMs;
  if (last?.untilWallMs === undefined && history.state === kind) {
    return `${kind} ${times.since(fromMs, nowMs)}–now`;
  }
  return `${kind} ${rangeWords({ fromMs, toMs: last?.untilWallMs ?? shown.toMs }, times, nowMs)}`;
}
