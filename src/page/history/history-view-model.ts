/**
 * The history of one machine as its page shows it: strip and charts on one axis, what happened
 * on it, and the links that zoom.
 */
import type { Machine } from "../../cluster/machine.ts";
import type { Entry, EntryQuery } from "../../store/history-types.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { duration } from "../../view/format.ts";
import { type Cells, cellsOf, pointOf, runsOf } from "../../view/history/cells.ts";
import { type Axis, axisOf, spanWords, zoomBoundsOf } from "../../view/history/time-axis.ts";
import {
  isSameRange,
  rangeWords,
  searchWithRange,
  type TimeRange,
  type ZoomBounds,
  type ZoomStep,
  zoomed,
} from "../../view/history/zoom.ts";
import { machineHref } from "../../view/machine-href.ts";
import type { Times } from "../../view/times.ts";
import { axisLinks } from "./axis-links.ts";
import { chartsOf } from "./chart.ts";
import { entryGridOf, MOST_GRID_ENTRIES } from "./entry-grid-view-model.ts";
import { stripOf } from "./strip.ts";
import { readZoomQuery } from "./zoom-query.ts";

export type MachineHistoryPart = ReturnType<typeof historyOf>;

export type ChartEvent = MachineHistoryPart["events"][number];

export interface HistoryInput {
  readonly view: ClusterView;
  readonly machine: Machine;
  readonly slug: string;
  readonly times: Times;
  /** Query of the page. The links change `from` and `to` and keep all other parameters. */
  readonly parameters: URLSearchParams;
  /** Newest first. */
  readonly entries: (query: EntryQuery) => readonly Entry[];
}

/** Whole reports read for the charts: ten days of the default interval; each costs 15 µs. */
const MOST_CHART_ENTRIES = 1440;
/** Entries read for each report that a range holds: outages are entries too, and a restart adds one. */
const ENTRIES_PER_REPORT = 2;

const ZOOM_LABELS: readonly (readonly [ZoomStep, string])[] = [
  ["in", "zoom in"],
  ["out", "zoom out"],
  ["earlier", "‹ earlier"],
  ["later", "later ›"],
  ["all", "reset zoom"],
];

function zoomLinks(input: HistoryInput, bounds: ZoomBounds, shown: TimeRange) {
  const { slug, times, parameters } = input;
  return ZOOM_LABELS.map(([step, label]) => {
    const range = zoomed(step, shown, bounds);
    const search = searchWithRange(parameters.toString(), range, { bounds, times });
    const href = `${machineHref(slug)}${search}#history`;
    // At an end there is nothing more to show that way: the link leads where the reader is.
    return { step, label, href, isAtEnd: isSameRange(range, shown) };
  });
}

/** The entries that the charts are drawn from, oldest first. */
function entriesFor({ view, entries }: HistoryInput, range: TimeRange | undefined, stepMs: number) {
  if (range === undefined) {
    return entries({ limit: Math.min(view.historyEntries, MOST_CHART_ENTRIES) }).toReversed();
  }
  const reports = Math.ceil((range.toMs - range.fromMs) / stepMs) + 4;
  const limit = Math.min(MOST_CHART_ENTRIES, ENTRIES_PER_REPORT * reports);
  // A report that is made after the end of the range speaks of the time before it.
  return entries({ limit, beforeWallMs: range.toMs + 2 * stepMs }).toReversed();
}

/**
 * What all charts mark, in cells, `to` exclusive: an outage as a band, a reboot as a line. Words:
 * `down Mon 13:20–14:10`, `rebooted 14:10`.
 */
function eventsOf(cells: Cells, axis: Axis, times: Times, nowMs: number) {
  const at = (cell: number) => axis.startMs + cell * axis.cellMs;
  const outages = (kind: "down" | "stopped") =>
    runsOf(axis.cells, (cell) => cells.state[cell] === kind).map(({ from, to }) => {
      const isOpen = axis.isToNow && to === axis.cells;
      const range = rangeWords({ fromMs: at(from), toMs: at(to) }, times, nowMs);
      const words = isOpen ? `${times.since(at(from), nowMs)}–now` : range;
      return { kind, from, to, words: `${kind} ${words}` };
    });
  const reboots = cells.reboots.map(({ cell, atMs }) => ({
    kind: "reboot" as const,
    from: cell,
    to: cell + 1,
    words: `rebooted ${times.since(atMs, nowMs)}`,
  }));
  return [...outages("down"), ...outages("stopped"), ...reboots].sort((a, b) => a.from - b.from);
}

export function historyOf(input: HistoryInput) {
  const { view, machine, slug, times, parameters } = input;
  const nowMs = view.moment.wallMs;
  const bounds = zoomBoundsOf({ ...view, nowMs, times });
  const { range, notices } = readZoomQuery(parameters, { times, nowMs, bounds });
  const axis = axisOf({ ...view, nowMs, times, range });
  const updateSeconds = machine.report?.updateSeconds ?? view.updateSeconds;
  const entries = entriesFor(input, range, Math.min(updateSeconds, view.updateSeconds) * 1000);
  // From this machine's own entries: the source would read the strips of all machines for one.
  const points = entries.map(pointOf);
  const history = { points, state: machine.state, updateSeconds };
  const cells = cellsOf(history, axis);
  const shown = range ?? bounds.whole;
  const isEmpty = range !== undefined && cells.state.every((state) => state === "none");
  const length = ({ fromMs, toMs }: TimeRange) => (toMs - fromMs) / 1000;
  const whole = spanWords(length(bounds.whole));
  const words = rangeWords(shown, times, nowMs);
  // The grid shows the newest entries whatever part the charts show.
  const newest = range && input.entries({ limit: MOST_GRID_ENTRIES }).map(pointOf).toReversed();
  return {
    /** `24 hours`; of a part its times: `Mon 12:30–15:50`. */
    title: range === undefined ? whole.replace(/^24 h$/, "24 hours") : words,
    /** How much of the history a zoomed part shows: `3h20m of 24 h`. */
    partWords: range === undefined ? "" : `${duration(length(range))} of ${whole}`,
    notices: isEmpty ? [...notices, `No report is on record for ${words}.`] : notices,
    zoomLinks: zoomLinks(input, bounds, shown),
    /** The query of an address that shows the same. */
    search: searchWithRange(parameters.toString(), shown, { bounds, times }),
    bounds,
    shown,
    axis,
    axisLinks: axisLinks(axis, times, {}),
    strip: stripOf(history, { axis, times }),
    charts: chartsOf({ axis, cells, history, entries }),
    events: eventsOf(cells, axis, times, nowMs),
    entries: entryGridOf({ points: newest ?? points, slug, times, updateSeconds, nowMs }),
  };
}
