/**
 * What stands at the top of every page: counts by state, which machine serves it, when it was
 * made and how old its reports are.
 */

import { counted, shownName, shownText } from "../../base/shown-text.ts";
import {
  countWords,
  reportAges,
  type StateCount,
  stateCounts,
} from "../../view/cluster-summary.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { intervalWords } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
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
  readonly view: "machines" | "users" | "other";
  /** The same page on some of the machines that are up. */
  readonly elsewhere: readonly PageLink[];
}

/** A page that reloads faster than this cannot be read, nor its links be hit. */
const LEAST_REFRESH_SECONDS = 2;

export function refreshSeconds(view: ClusterView): number {
  return Math.max(LEAST_REFRESH_SECONDS, Math.round(view.updateSeconds));
}

export function mastheadOf(options: {
  readonly view: ClusterView;
  readonly times: Times;
  readonly slugs: ReadonlyMap<string, string>;
  readonly filter?: string;
  readonly page: Masthead["view"];
  /** Path and query of this page. */
  readonly path: string;
}): Masthead {
  const { view, times, slugs } = options;
  const nowMs = view.moment.wallMs;
  const counts = stateCounts(view.machines);
  const self = view.machines.find(({ isSelf }) => isSelf);
  return {
    counts,
    countWords: countWords(counts),
    machineWords: counted(view.machines.length, "machine"),
    isAnyDown: counts.some(({ state, count }) => state === "down" && count > 0),
    self: {
      name: self === undefined ? "this machine" : shownName(self),
      href: machineHref(slugs.get(view.selfId) ?? view.selfId),
    },
    now: `${times.date(nowMs)}, ${times.clockSeconds(nowMs)}`,
    nowStamp: times.stamp(nowMs),
    ages: reportAges(view.machines),
    intervalWords: intervalWords(view.updateSeconds),
    zone: times.zoneName(nowMs),
    filter: shownText(options.filter ?? "", 200),
    view: options.page,
    elsewhere: linksOn(
      view.machines.filter(({ state }) => state === "up"),
      options.path,
    ),
  };
}
