/**
 * One seed: a world drawn from it, faults of all kinds, people who mean ill, and then peace, in which
 * all must agree within a bound. What the world is like comes from a chance of its own, so that a
 * change of the product does not turn it into another world.
 */

import { Attackers, drawKinds, type HostileKind } from "./attackers/attackers.ts";
import { Violation } from "./invariants/invariant.ts";
import { CALM, GALE } from "./world/network.ts";
import { between, type Chance, pick, seededChance } from "./world/random.ts";
import { World, type WorldOptions } from "./world/world.ts";

export interface OrdealOptions {
  readonly seed: number;
  readonly machines: number;
}

export interface OrdealResult {
  readonly virtualMs: number;
  /** By kind. */
  readonly faults: Readonly<Record<string, number>>;
}

/** What went wrong in a world, as it is shown and as it goes from process to process. */
export interface Failure {
  readonly seed: number;
  readonly machines: number;
  readonly virtualMs: number;
  readonly invariant: string;
  readonly what: string;
}

export type Outcome =
  | { readonly ok: true; readonly result: OrdealResult }
  | { readonly ok: false; readonly failure: Failure };

interface Plan extends WorldOptions {
  readonly startMs: number;
  /** So long the weather is good at first. */
  readonly calmMs: number;
  readonly tormentMs: number;
  /** Between two faults, on the average. */
  readonly everyMs: number;
  readonly agreeMs: number;
  readonly hostile: readonly HostileKind[];
  /** They go on when the faults have stopped. */
  readonly areStubborn: boolean;
}

/**
 * From so many machines on a world costs a minute or two: each machine asks each, which a thousand do
 * a million times over before anything has happened. So the machines of most have met before, all ask
 * each other in good weather, once, and the interval is so long that this is not done again: in the
 * end all must show all, in their present runs and with a report of it, though it may be one that has
 * been followed by another since, and who was called scrapped may be missing. The faults are fewer,
 * as each is felt by all; and nobody gets another address, which some learn only when he asks them,
 * within an interval.
 */
export const LARGE = 200;
const LARGE_CALM_MS = 12_000;
/** So many machines has a switch that fails; every few worlds half of all are apart, which costs most. */
const MOST_APART = 48;
const MINUTE = 60_000;
/**
 * All agree within four intervals: one until a machine that has been quiet for five minutes is asked
 * again, one for a machine of 2005 to have something new, and two to spare.
 */
const AGREE_INTERVALS = 4;
/**
 * Whoever has to be met anew stands behind up to 4,096 invented addresses, of which 50 are asked in a
 * second; and the next flood may have him start at the end again.
 */
const CROWD_MS = 3 * MINUTE;

export function liveThrough({ seed, machines }: OrdealOptions): Outcome {
  const plan = planFor({ seed, machines });
  const world = new World(plan);
  const { key } = plan;
  const ground = { ...{ network: world.network, truth: world.truth, nodes: world.nodes } };
  const attackers = new Attackers(
    {
      ...ground,
      chance: seededChance(seed + 2 ** 30),
      plain: world.plain,
      keys: key === undefined ? [] : [key],
    },
    plan.hostile,
  );
  try {
    world.startAll(plan.startMs);
    if (plan.calmMs > 0) {
      world.run(plan.calmMs);
      world.network.weather = GALE;
    }
    world.torment(plan.tormentMs, plan.everyMs);
    world.heal();
    if (!plan.areStubborn) attackers.end();
    world.untilAgreed(plan.agreeMs);
    const [complaint] = world.complaints();
    if (complaint !== undefined) throw new Violation("nothing is sent outside", complaint);
    return { ok: true, result: { virtualMs: world.nowMs, faults: faultsOf(world, attackers) } };
  } catch (error) {
    const isKnown = error instanceof Violation;
    const invariant = isKnown ? error.invariant : "nothing is thrown";
    const what = isKnown ? error.message.slice(invariant.length + 2) : String(stackOf(error));
    const virtualMs = world.nowMs;
    return { ok: false, failure: { seed, machines, virtualMs, invariant, what } };
  }
}

export function planFor({ seed, machines }: OrdealOptions): Plan {
  const chance = seededChance(seed + 2 ** 31);
  const isLarge = machines >= LARGE;
  const isSealed = chance() < 0.35;
  const updateSeconds = isLarge ? 600 : (pick(chance, [60, 60, 60, 60, 60, 60, 20, 300]) ?? 60);
  const isMixed = !isLarge && chance() < 0.15;
  const mixedSeconds = isMixed ? [20, updateSeconds, 2 * updateSeconds] : [];
  const old = isSealed || isLarge || chance() < 0.5 ? 0 : Math.floor(machines / 10);
  const hostile = drawKinds(chance);
  const isCrowded = hostile.includes("flood") || hostile.includes("insider");
  const longestMs = Math.max(updateSeconds, ...mixedSeconds, 60) * 1000;
  return {
    seed,
    modern: machines - old,
    old,
    updateSeconds,
    ...(isMixed && { mixedSeconds }),
    ...(isSealed && { key: Buffer.alloc(32, 1) }),
    twoAddresses: chance() < 0.3 ? Math.floor(machines / 5) : 0,
    clones: chance() < 0.3 ? 1 : 0,
    freeAddresses: 5,
    drift: driftOf(chance),
    knowsOwnAddresses: true,
    isWide: true,
    ...(isLarge && { weather: CALM, without: ["move", "swap"] }),
    startMs: isLarge ? 1000 : 20_000,
    calmMs: isLarge ? LARGE_CALM_MS : 0,
    reportLagMs: isLarge ? updateSeconds * 1000 : 0,
    tormentMs: between(chance, 1.5 * MINUTE, 3.5 * MINUTE) / (isLarge ? 3 : 1),
    everyMs: isLarge ? 4000 : (8000 * 30) / machines,
    agreeMs: AGREE_INTERVALS * longestMs + (isCrowded ? CROWD_MS : 0),
    hostile,
    areStubborn: chance() < 0.5,
    // Drawn last: the seeds of before mean the same worlds.
    isSealedLightly: isLarge || chance() < 0.5,
    haveMet: isLarge && chance() < 0.85,
    ...(isLarge && chance() < 0.8 && { mostApart: MOST_APART }),
  };
}

/** Clocks of computers are wrong by some 50 ppm, those of bad ones by a thousandth. */
function driftOf(chance: Chance): number {
  return chance() < 0.2 ? 0.01 : 0.001;
}

function faultsOf({ network, struck }: World, { deeds }: Attackers): Record<string, number> {
  return { ...Object.fromEntries(struck), ...network.faults, ...Object.fromEntries(deeds) };
}

function stackOf(error: unknown): unknown {
  return error instanceof Error ? (error.stack ?? error.message) : error;
}
