/**
 * The top of every page as plain data: the counts by state, the machine that serves the page, when
 * it was made, and how old its reports are.
 */
import { counted, shownText } from "../../base/shown-text.ts";
import { countWords, reportAges, stateCounts } from "../../view/cluster-summary.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { intervalWords } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import { selfName } from "../../view/subject.ts";
import type { Times } from "../../view/times.ts";
import { linksOn } from "./elsewhere.ts";

export type Masthead = ReturnType<typeof mastheadOf>;

/** A page that reloads faster can be neither read nor clicked on. */
const LEAST_REFRESH_SECONDS = 2;

export function refreshSeconds(view: ClusterView): number {
  return Math.max(LEAST_REFRESH_SECONDS, Math.round(view.updateSeconds));
}

export function mastheadOf(options: {
  readonly view: ClusterView;
  readonly times: Times;
  readonly slugs: ReadonlyMap<string, string>;
  readonly filter?: string;
  /** Which of the views is shown, if it is one. */
  readonly page?: "machines" | "people";
  /** Path and query of this page. */
  readonly path: string;
}) {
  const { view, times, slugs } = options;
  const nowMs = view.moment.wallMs;
  const counts = stateCounts(view.machines);
  return {
    counts,
    countWords: countWords(counts),
    machineWords: counted(view.machines.length, "machine"),
    isAnyDown: counts.some(({ state, count }) => state === "down" && count > 0),
    self: { name: selfName(view), href: machineHref(slugs.get(view.selfId) ?? view.selfId) },
    /** `Tue 24 Nov, 09:13:07`. */
    now: `${times.date(nowMs)}, ${times.clockSeconds(nowMs)}`,
    nowStamp: times.stamp(nowMs),
    ages: reportAges(view.machines),
    intervalWords: intervalWords(view.updateSeconds),
    zone: times.zoneName(nowMs),
    filter: shownText(options.filter ?? "", 200),
    page: options.page,
    /** The same page on some of the machines that are up. */
    elsewhere: linksOn(
      view.machines.filter(({ state }) => state === "up"),
      options.path,
    ),
  };
}
