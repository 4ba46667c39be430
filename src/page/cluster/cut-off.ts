/** What the page says of a machine that may be cut off; that it may be is the core's to say. */

import { shownName } from "../../base/shown-text.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import type { Times } from "../../view/times.ts";
import { linksOn, type PageLink } from "../components/elsewhere.ts";

export interface CutOffNotice {
  readonly sentence: string;
  readonly links: readonly PageLink[];
}

const MOST_LINKS = 8;

/** `undefined` when there is no sign of it. `path`: of this page, for the links. */
export function cutOffNoticeOf(
  view: ClusterView,
  times: Times,
  path: string,
): CutOffNotice | undefined {
  const { cutOff, machines } = view;
  if (cutOff === undefined) return undefined;
  const self = machines.find(({ isSelf }) => isSelf);
  const own = self === undefined ? "this machine" : shownName(self);
  const lost = machines.filter(({ id }) => cutOff.silent.includes(id));
  const rest = "Free now: not known.";
  if (cutOff.reason === "no carrier") {
    return {
      sentence: `No network interface of ${own} has a carrier: look at its cable, its switch, its wireless link. The figures of the others below are those of before. ${rest}`,
      links: [],
    };
  }
  const { silent, others, firstWallMs = 0, sinceWallMs = 0 } = cutOff;
  const who =
    silent.length === others
      ? `All ${silent.length} others that were up`
      : `${silent.length} of the ${others} others that were up`;
  const spanSeconds = Math.ceil((sinceWallMs - firstWallMs) / 1000);
  const within = spanSeconds <= 1 ? "within a second" : `within ${spanSeconds} s`;
  const at = times.clockSeconds(sinceWallMs);
  return {
    sentence: `${who} fell silent ${within}, at ${at}. They may be well: more likely it is ${own}, its cable or its switch. Their figures below are those of then. ${rest}`,
    links: linksOn(lost, path, MOST_LINKS),
  };
}
