/**
 * What stands at the top of every page: counts by state, which machine serves it, when it was
 * made and how old its reports are.
 */

import { counted, shownName, shownText } from "../../base/shown-text.ts";
import type { Machine } from "../../cluster/machine.ts";
import type { MachineState } from "../../store/kept.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { duration, intervalWords } from "../../view/format.ts";
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

export interface StateCount {
  readonly state: MachineState;
  readonly count: number;
}

/** `new` is named only when there is one: it lasts a second. */
const COUNTED: readonly MachineState[] = ["up", "silent", "stopped", "down"];

/** A page that reloads faster than this cannot be read, nor its links be hit. */
const LEAST_REFRESH_SECONDS = 2;

export function refreshSeconds(view: ClusterView): number {
  return Math.max(LEAST_REFRESH_SECONDS, Math.round(view.updateSeconds));
}

function countsOf(machines: readonly Machine[]): StateCount[] {
  const all: readonly MachineState[] = [...COUNTED, "new"];
  const counts = all.map((state) => ({
    state,
    count: machines.filter((machine) => machine.state === state).length,
  }));
  return counts.filter(({ state, count }) => state !== "new" || count > 0);
}

function agesOf(machines: readonly Machine[]): string {
  const ages = machines
    .filter(({ state }) => state === "up")
    .flatMap(({ reportAgeSeconds: age }) => (age === undefined ? [] : [age]));
  if (ages.length === 0) return "";
  const least = duration(Math.min(...ages));
  const most = duration(Math.max(...ages));
  if (ages.length === 1) return `report ${most} old`;
  return least === most ? `reports ${most} old` : `reports ${least}–${most} old`;
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
  const counts = countsOf(view.machines);
  const self = view.machines.find(({ isSelf }) => isSelf);
  return {
    counts,
    countWords: counts
      .filter(({ count }) => count > 0)
      .map(({ state, count }) => `${count} ${state}`)
      .join(", "),
    machineWords: counted(view.machines.length, "machine"),
    isAnyDown: counts.some(({ state, count }) => state === "down" && count > 0),
    self: {
      name: self === undefined ? "this machine" : shownName(self),
      href: machineHref(slugs.get(view.selfId) ?? view.selfId),
    },
    now: `${times.date(nowMs)}, ${times.clockSeconds(nowMs)}`,
    nowStamp: times.stamp(nowMs),
    ages: agesOf(view.machines),
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
