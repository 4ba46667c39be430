/** What the page says when this machine may be cut off, which the cluster core decides. */
import type { ClusterView } from "../../view/cluster-view.ts";
import { selfName } from "../../view/subject.ts";
import type { Times } from "../../view/times.ts";
import { linksOn } from "../components/elsewhere.ts";

const MOST_LINKS = 8;

/** `undefined` when there is no sign of it. `path`: path and query of this page, for the links. */
export function cutOffNoticeOf(view: ClusterView, times: Times, path: string) {
  const { cutOff, machines } = view;
  if (cutOff === undefined) return undefined;
  const own = selfName(view);
  const lost = machines.filter(({ id }) => cutOff.silent.includes(id));
  const rest = "Free now: unknown.";
  if (cutOff.reason === "no carrier") {
    return {
      sentence: `No network interface of ${own} has a carrier: check its cable, its switch, its wireless link. The figures of the others below are from before. ${rest}`,
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
    sentence: `${who} fell silent ${within}, at ${at}. They are probably well: more likely ${own}, its cable or its switch is at fault. Their figures below are from then. ${rest}`,
    links: linksOn(lost, path, MOST_LINKS),
  };
}
