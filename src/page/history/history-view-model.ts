/**
 * The history of one machine as its page shows it: strip and charts on one axis, what happened
 * on it, and the links that zoom.
 */
import { withoutUndefined } from "../../base/without-undefined.ts";
import type { Machine } from "../../cluster/machine.ts";
import type { Entry, StripPoint } from "../../store/history-types.ts";
import type { ClusterSource, ClusterView } from "../../view/cluster-view.ts";
import { duration } from "../../view/format.ts";
import { cellsOf, pointOf } from "../../view/history/cells.ts";
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
import { chartsOf } from "./chart.ts";
import { eventsOf } from "./chart-events.ts";
import { entryGridOf, MOST_GRID_ENTRIES } from "./entry-grid-view-model.ts";
import { axisLinks, stripOf } from "./strip.ts";
import { readZoomQuery } from "./zoom-query.ts";

export type MachineHistoryPart = ReturnType<typeof historyOf>;

export interface HistoryInput {
  readonly view: ClusterView;
  readonly machine: Machine;
  readonly slug: string;
  readonly times: Times;
  /** Query of the page. The links change `from` and `to` and keep all other parameters. */
  readonly parameters: URLSearchParams;
  readonly source: Pick<ClusterSource, "entries" | "strips">;
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
function entriesFor(
  { machine, view, source }: HistoryInput,
  { fromMs, toMs }: TimeRange,
  { updateSeconds, isToNow }: { readonly updateSeconds: number; readonly isToNow: boolean },
): readonly Entry[] {
  const both = [updateSeconds * 1000, view.updateSeconds * 1000];
  // A report that is made after the end of the range speaks of the time before it.
  const endMs = toMs + 2 * Math.max(...both);
  const reports = Math.ceil((endMs - fromMs) / Math.min(...both)) + 2;
  const limit = Math.min(MOST_CHART_ENTRIES, ENTRIES_PER_REPORT * reports);
  const query = withoutUndefined({ limit, beforeWallMs: isToNow ? undefined : endMs });
  return source.entries(machine.id, query).toReversed();
}

/** Whether charts from `beginMs` on leave out reports that the strip shows. */
function isCut(beginMs: number, points: readonly StripPoint[], axis: Axis): boolean {
  // A report less in a cell of several is not seen.
  return points.some(
    ({ state, atWallMs }) =>
      state === "up" && atWallMs > axis.startMs && atWallMs < beginMs - axis.cellMs,
  );
}

export function historyOf(input: HistoryInput) {
  const { view, machine, source, slug, times, parameters } = input;
  const nowMs = view.moment.wallMs;
  const bounds = zoomBoundsOf({ ...view, nowMs, times });
  const asked = readZoomQuery(parameters, { times, nowMs, bounds });
  const { range } = asked;
  const axis = axisOf({ ...view, nowMs, times, range });
  const updateSeconds = machine.report?.updateSeconds ?? view.updateSeconds;
  const shown = range ?? bounds.whole;
  const entries = entriesFor(input, shown, { updateSeconds, isToNow: axis.isToNow });
  // A report made before the first cell covers a part of it, and a reboot is known by the report
  // before it, which was made before an outage.
  const sinceMs = Math.min(axis.startMs - axis.cellMs, entries[0]?.atWallMs ?? nowMs);
  const points = source.strips(sinceMs, [machine.id]).get(machine.id) ?? [];
  const history = { points, state: machine.state, updateSeconds };
  const cells = cellsOf(history, axis);
  const notices = [...asked.notices];
  const beginMs = entries[0]?.atWallMs ?? 0;
  if (isCut(beginMs, points, axis)) {
    notices.push(
      `The charts go back to ${times.since(beginMs, nowMs)}: they are drawn from the newest ${entries.length} entries. Zoom in on an earlier part to see its charts.`,
    );
  }
  const isEmpty = range !== undefined && cells.state.every((state) => state === "none");
  const length = ({ fromMs, toMs }: TimeRange) => (toMs - fromMs) / 1000;
  const whole = spanWords(length(bounds.whole));
  const words = rangeWords(shown, times, nowMs);
  // The grid shows the newest entries whatever part the charts show.
  const newest = range && source.entries(machine.id, { limit: MOST_GRID_ENTRIES }).toReversed();
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
    /** Between two reports of this machine or, if that is longer, of the others. */
    longestIntervalMs: 1000 * Math.max(updateSeconds, view.updateSeconds),
    axis,
    axisLinks: axisLinks(axis, times, {}),
    strip: stripOf(history, { axis, times }),
    charts: chartsOf({ axis, cells, updateSeconds, entries }),
    events: eventsOf({ history, cells, axis, times, nowMs }),
    entries: entryGridOf({
      points: (newest ?? entries).map(pointOf),
      slug,
      times,
      updateSeconds,
      nowMs,
    }),
  };
}
