/**
 * Whether it is this machine that has lost the others, instead of the others having died: so
 * many do not fall silent at once. Derived from their states and the times since when these hold.
 */
import { withoutUndefined } from "../../base/without-undefined.ts";
import { isLoopback } from "../../net/address.ts";
import { CUT_OFF_LEAST_OTHERS, CUT_OFF_WINDOW_MS } from "../limits.ts";
import type { Machine } from "../machine.ts";

export interface CutOff {
  readonly reason: "others fell silent" | "no carrier";
  /** When the first of the lost machines fell silent (wall clock); absent if none is lost. */
  readonly firstWallMs?: number;
  /** When the last of them did. */
  readonly sinceWallMs?: number;
  /** Ids of the lost machines, in the order in which they fell silent; may be empty without a carrier. */
  readonly silent: readonly string[];
  /** How many other machines were up before: those that are lost, and those that still are up. */
  readonly others: number;
}

/** `undefined` if nothing suggests that this machine is cut off. */
export function cutOffOf(facts: {
  readonly machines: readonly Machine[];
  readonly updateSeconds: number;
  /** Whether any network interface has a carrier; `undefined` if unknown, or if there is none. */
  readonly hasCarrier?: boolean | undefined;
}): CutOff | undefined {
  const others = facts.machines.filter(({ isSelf }) => !isSelf);
  const { lost, wereUp } = lostOf(others, facts.updateSeconds);
  // Machines on loopback are reached without any interface.
  const isUnplugged =
    facts.hasCarrier === false && others.some(({ address }) => !isLoopback(address));
  if (lost.length === 0 && !isUnplugged) return undefined;
  return withoutUndefined({
    reason: isUnplugged ? ("no carrier" as const) : ("others fell silent" as const),
    firstWallMs: lost[0]?.stateSinceWallMs,
    sinceWallMs: lost.at(-1)?.stateSinceWallMs,
    silent: lost.map(({ id }) => id),
    others: wereUp,
  });
}

/**
 * The machines that fell silent at the same time, if they are more than half of those that were up
 * (`wereUp`; one that had been down before does not count). Later all of them are down, each since it was
 * last heard, which lies within an interval for all.
 */
function lostOf(
  others: readonly Machine[],
  updateSeconds: number,
): { readonly lost: readonly Machine[]; readonly wereUp: number } {
  const up = others.filter(({ state }) => state === "up").length;
  const silent = others.filter(({ state }) => state === "silent");
  const lately = fellTogether(silent, CUT_OFF_WINDOW_MS);
  const wereUp = up + silent.length;
  if (wereUp >= CUT_OFF_LEAST_OTHERS && 2 * lately.length > wereUp) return { lost: lately, wereUp };
  if (up > 0) return { lost: [], wereUp };
  const fallen = others.filter(({ state }) => state === "silent" || state === "down");
  const together = fellTogether(fallen, updateSeconds * 1000);
  const isMost = fallen.length >= CUT_OFF_LEAST_OTHERS && 2 * together.length > fallen.length;
  return { lost: isMost ? together : [], wereUp: fallen.length };
}

/** The most of these that fell within `windowMs` of each other, in the order in which they fell. */
function fellTogether(fallen: readonly Machine[], windowMs: number): readonly Machine[] {
  const sorted = [...fallen].sort((a, b) => a.stateSinceWallMs - b.stateSinceWallMs);
  let best: readonly Machine[] = [];
  let from = 0;
  for (const [to, last] of sorted.entries()) {
    while (last.stateSinceWallMs - (sorted[from]?.stateSinceWallMs ?? 0) > windowMs) from += 1;
    if (to - from + 1 > best.length) best = sorted.slice(from, to + 1);
  }
  return best;
}
