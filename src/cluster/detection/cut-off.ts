/**
 * Whether it is this machine that has lost the others, and not the others that have died (design
 * 6.6): so many do not fall silent at once. Judged from states and the times since when they hold.
 */
import { isLoopback } from "../../net/address.ts";
import { CUT_OFF_LEAST_OTHERS, CUT_OFF_WINDOW_MS } from "../limits.ts";
import type { Machine } from "../machine.ts";

export interface CutOff {
  readonly reason: "others fell silent" | "no carrier";
  /** Wall clock: when the first and the last of those that are lost fell; absent with none. */
  readonly firstWallMs?: number;
  readonly sinceWallMs?: number;
  /** Ids of those that are lost, in the order in which they fell; may be none without a carrier. */
  readonly silent: readonly string[];
  /** Other machines that were up: these, and those that still are. */
  readonly others: number;
}

export interface CutOffFacts {
  readonly machines: readonly Machine[];
  readonly updateSeconds: number;
  /** Whether any network interface has one; `undefined`: not known, or there is no interface. */
  readonly hasCarrier?: boolean | undefined;
}

/** `undefined` when there is no sign of it. */
export function cutOffOf(facts: CutOffFacts): CutOff | undefined {
  const others = facts.machines.filter(({ isSelf }) => !isSelf);
  const { lost, of } = lostOf(others, facts.updateSeconds);
  // Machines on loopback are reached without any interface.
  const isUnplugged = facts.hasCarrier === false && others.some(isElsewhere);
  if (lost.length === 0 && !isUnplugged) return undefined;
  const [first, last] = [lost[0], lost.at(-1)];
  return {
    reason: isUnplugged ? "no carrier" : "others fell silent",
    ...(first !== undefined && { firstWallMs: first.stateSinceWallMs }),
    ...(last !== undefined && { sinceWallMs: last.stateSinceWallMs }),
    silent: lost.map(({ id }) => id),
    others: of,
  };
}

function isElsewhere({ address }: Machine): boolean {
  return !isLoopback(address);
}

/**
 * Those that fell at once, if they are more than half of those that were up. Later all of them
 * count as down, since when each was last heard: within one interval of each other. `of`: how
 * many there were to lose; one that had been down before is none of them.
 */
function lostOf(
  others: readonly Machine[],
  updateSeconds: number,
): { readonly lost: readonly Machine[]; readonly of: number } {
  const up = others.filter(({ state }) => state === "up").length;
  const silent = others.filter(({ state }) => state === "silent");
  const lately = fellTogether(silent, CUT_OFF_WINDOW_MS);
  const were = up + silent.length;
  if (were >= CUT_OFF_LEAST_OTHERS && 2 * lately.length > were) return { lost: lately, of: were };
  if (up > 0) return { lost: [], of: were };
  const gone = others.filter(({ state }) => state === "silent" || state === "down");
  const all = fellTogether(gone, updateSeconds * 1000);
  const isMost = gone.length >= CUT_OFF_LEAST_OTHERS && 2 * all.length > gone.length;
  return { lost: isMost ? all : [], of: gone.length };
}

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
