/**
 * The top of every page as plain data: the counts by state, the machine that serves the page, when
 * it was made, and how old its reports are.
 */

import { counted, shownText } from "../../base/shown-text.ts";
import {
  countWords,
  reportAges,
  type StateCount,
  stateCounts,
} from "../../view/cluster-summary.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { intervalWords } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import { selfName } from "../../view/subject.ts";
import type { Times } from "../../view/times.ts";
import { linksOn, type PageLink } from "./elsewhere.ts";

export interface Masthead {
  readonly counts: readonly StateCount[];
  /** `8 up, 1 silent, 1 stopped, 1 down`. */
  readonly countWords: string;
  readonly machineWords: string;
  readonly isAnyDown: boolean;
  readonly self: { readonly name: string; readonly href: string };
  /** `Tue 24 Nov, 09:13:07`. */
  readonly now: string;
  readonly nowStamp: string;
  /** `reports 4s–9m old`; empty when there is none. */
  readonly ages: string;
  readonly intervalWords: string;
  readonly zone: string;
  readonly filter: string;
  readonly page: "machines" | "people" | "other";
  /** The same page on some of the machines that are up. */
  readonly elsewhere: readonly PageLink[];
}

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
  readonly page: Masthead["page"];
  /** Path and query of this page. */
  readonly path: string;
}): Masthead {
  const { view, times, slugs } = options;
  const nowMs = view.moment.wallMs;
  const counts = stateCounts(view.machines);
  return {
    counts,
    countWords: countWords(counts),
    machineWords: counted(view.machines.length, "machine"),
    isAnyDown: counts.some(({ state, count }) => state === "down" && count > 0),
    self: {
      name: selfName(view),
      href: machineHref(slugs.get(view.selfId) ?? view.selfId),
    },
    now: `${times.date(nowMs)}, ${times.clockSeconds(nowMs)}`,
    nowStamp: times.stamp(nowMs),
    ages: reportAges(view.machines),
    intervalWords: intervalWords(view.updateSeconds),
    zone: times.zoneName(nowMs),
    filter: shownText(options.filter ?? "", 200),
    page: options.page,
    elsewhere: linksOn(
      view.machines.filter(({ state }) => state === "up"),
      options.path,
    ),
  };
}
