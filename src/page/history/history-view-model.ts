/** The history of one machine as plain data: strip, charts and grid of entries on one time axis. */

import type { Machine } from "../../cluster/machine.ts";
import type { Entry } from "../../store/kept.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { cellsOf, pointOf, runsOf } from "../../view/history/cells.ts";
import { type Axis, axisOf } from "../../view/history/time-axis.ts";
import type { Times } from "../../view/times.ts";
import { type AxisLink, axisLinks } from "./axis-links.ts";
import { type Chart, chartsOf } from "./chart.ts";
import { type EntryGrid, entryGridOf } from "./entry-grid.ts";
import { type Strip, stripOf } from "./strip.ts";

export interface MachineHistoryPart {
  readonly title: string;
  readonly axis: Axis;
  readonly axisLinks: readonly AxisLink[];
  readonly strip: Strip;
  readonly charts: readonly Chart[];
  /** Cells in which it was down: `25-30 41-42`, the second of each exclusive. */
  readonly downCells: string;
  /** Absent when there is no entry. */
  readonly entries?: EntryGrid | undefined;
}

/** Whole reports read for the charts: ten days of the default interval; each costs 15 µs. */
const MOST_CHART_ENTRIES = 1440;

export function historyOf(options: {
  readonly view: ClusterView;
  readonly machine: Machine;
  readonly slug: string;
  readonly times: Times;
  /** Newest first, at most `limit`. */
  readonly entries: (limit: number) => readonly Entry[];
}): MachineHistoryPart {
  const { view, machine, slug, times } = options;
  const nowMs = view.moment.wallMs;
  const updateSeconds = machine.report?.updateSeconds ?? view.updateSeconds;
  const axis = axisOf({ ...view, nowMs, times });
  const entries = options.entries(Math.min(view.historyEntries, MOST_CHART_ENTRIES));
  // From this machine's own entries: the source would read the strips of all machines for one.
  const points = entries.map(pointOf).reverse();
  const shape = { points, state: machine.state, updateSeconds };
  const cells = cellsOf(shape, axis);
  return {
    title: axis.spanWords === "24 h" ? "24 hours" : axis.spanWords,
    axis,
    axisLinks: axisLinks(axis, times, {}),
    strip: stripOf(shape, { axis, times }),
    charts: chartsOf({ axis, cells, entries, intervalMs: updateSeconds * 1000 }),
    downCells: runsOf(axis.cells, (cell) => cells.state[cell] === "down")
      .map(({ from, to }) => `${from}-${to}`)
      .join(" "),
    entries: entryGridOf({ points, slug, times, updateSeconds, nowMs }),
  };
}
