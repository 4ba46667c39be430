/**
 * Whether it is this machine that has lost the others, and not the others that have died: so many
 * do not fall silent at once. Judged from states and the times since when they hold.
 */
import type { Machine } from "../cluster/machine.ts";
import type { ClusterView } from "../http/source.ts";
import { linksOn, type PageLink } from "./elsewhere.ts";
import { counted, shownName } from "./text.ts";
import type { Times } from "./times.ts";

export interface CutOff {
  readonly sentence: string;
  readonly links: readonly PageLink[];
}

/** Design, section 6.6: more than half of at least three others within ten seconds. */
const WINDOW_MS = 10_000;
const LEAST_OTHERS = 3;
const MOST_LINKS = 8;

/** The most of these that fell within `windowMs` of each other, in the order in which they fell. */
function fellTogether(gone: readonly Machine[], windowMs: number): readonly Machine[] {
  const sorted = [...gone].sort((a, b) => a.stateSinceWallMs - b.stateSinceWallMs);
  let best: readonly Machine[] = [];
  let from = 0;
  for (const [to, last] of sorted.entries()) {
    while (last.stateSinceWallMs - (sorted[from]?.stateSinceWallMs ?? 0) > windowMs) from += 1;
    if (to - from + 1 > best.length) best = sorted.slice(from, to + 1);
  }
  return best;
}

/**
 * Those that fell at once, if they are more than half of those that were up. Later all of them
 * count as down, since when each was last heard: within one interval of each other.
 */
function lostOf({ machines, updateSeconds }: ClusterView): readonly Machine[] {
  const others = machines.filter(({ isSelf }) => !isSelf);
  const up = others.filter(({ state }) => state === "up").length;
  const silent = others.filter(({ state }) => state === "silent");
  const lately = fellTogether(silent, WINDOW_MS);
  const were = up + silent.length;
  if (were >= LEAST_OTHERS && 2 * lately.length > were) return lately;
  if (up > 0) return [];
  const gone = others.filter(({ state }) => state === "silent" || state === "down");
  const all = fellTogether(gone, updateSeconds * 1000);
  return gone.length >= LEAST_OTHERS && 2 * all.length > gone.length ? all : [];
}

/** `undefined` when there is no sign of it. `path`: of this page, for the links. */
export function cutOffOf(view: ClusterView, times: Times, path: string): CutOff | undefined {
  const lost = lostOf(view);
  const [first, last] = [lost[0], lost.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const self = view.machines.find(({ isSelf }) => isSelf);
  const own = self === undefined ? "this machine" : shownName(self);
  // Those that were up before: one that has long been down has nothing to do with it.
  const others = view.machines.filter(
    (machine) =>
      !machine.isSelf &&
      (machine.state === "up" || machine.state === "silent" || lost.includes(machine)),
  ).length;
  const who =
    lost.length === others
      ? `All ${lost.length} others that were up`
      : `${counted(lost.length, "machine")} of ${others} others`;
  const spanSeconds = Math.ceil((last.stateSinceWallMs - first.stateSinceWallMs) / 1000);
  const within = spanSeconds <= 1 ? "within a second" : `within ${spanSeconds} s`;
  const at = times.clockSeconds(last.stateSinceWallMs);
  return {
    sentence: `${who} fell silent ${within}, at ${at}. They may be well: more likely it is ${own}, its cable or its switch. Their figures below are those of then. Free now: not known.`,
    links: linksOn(lost, path, MOST_LINKS),
  };
}
