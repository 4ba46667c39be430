/**
 * Runs one seed: draws a world from it, injects faults of all kinds and starts attackers, then stops
 * the faults and requires that all machines agree within a bound. The world's shape has a random
 * source of its own, so that a change of the product does not turn the seed into another world.
 */

import { type AttackerKind, Attackers, drawKinds } from "./attackers/attackers.ts";
import { Violation } from "./invariants/invariant.ts";
import { RELIABLE, SLIGHTLY_LOSSY } from "./world/network.ts";
import { between, pick, type Random, seededRandom } from "./world/random.ts";
import { World, type WorldOptions } from "./world/world.ts";

export interface SeedOptions {
  readonly seed: number;
  readonly machines: number;
}

export interface SeedResult {
  readonly virtualMs: number;
  /** How many faults of each kind were injected. */
  readonly faults: Readonly<Record<string, number>>;
}

/** The violation that ended a world, as it is printed and as a worker sends it to its parent. */
export interface Failure {
  readonly seed: number;
  readonly machines: number;
  readonly virtualMs: number;
  readonly invariant: string;
  readonly what: string;
}

export type Outcome =
  | { readonly ok: true; readonly result: SeedResult }
  | { readonly ok: false; readonly failure: Failure };

interface Plan extends WorldOptions {
  readonly startMs: number;
  /** How long the network is reliable before the faults begin. */
  readonly reliableMs: number;
  readonly faultsMs: number;
  /** The mean time between two faults. */
  readonly everyMs: number;
  readonly convergeMs: number;
  readonly attackerKinds: readonly AttackerKind[];
  /** The attackers go on when the faults have stopped. */
  readonly attackersStay: boolean;
}

/**
 * From this many machines on, a world takes a minute or more of CPU time, because every machine asks
 * every other: a thousand machines send a million questions before the first fault. Large worlds
 * therefore differ from small ones:
 *
 * - most start with machines that already know each other;
 * - all machines ask each other once, on a reliable network, and the interval is so long that they
 *   do not do so again. At the end each must show the present run of every other with a report of
 *   that run, but the report need not be the newest, and a machine that a user removed may be missing;
 * - there are fewer faults, because each affects all machines;
 * - no machine changes its address, because some others would learn the new one only when the machine
 *   asks them, up to an interval later.
 */
export const LARGE = 200;
const LARGE_RELIABLE_MS = 12_000;
/**
 * The number of machines behind one failed switch. One large world in five has no such limit, so that
 * half of all machines may be cut off, which costs the most CPU time.
 */
const MAX_PARTITIONED = 48;
const MINUTE = 60_000;
/**
 * All machines agree within four intervals: one until a machine that has been quiet for five minutes
 * is asked again, one until a protocol-1 machine has a new report, and two to spare.
 */
const CONVERGE_INTERVALS = 4;
/**
 * A machine that must be discovered anew may stand behind 4,096 invented candidates, of which 50 are
 * asked a second, and the next flood may send it back to the end of the queue.
 */
const CROWD_MS = 3 * MINUTE;

export function runSeed({ seed, machines }: SeedOptions): Outcome {
  const plan = drawPlan({ seed, machines });
  const world = new World(plan);
  const { key } = plan;

  const attackers = new Attackers(
    {
      network: world.network,
      truth: world.truth,
      nodes: world.nodes,
      random: seededRandom(seed + 2 ** 30),
      plain: world.plain,
      keys: key === undefined ? [] : [key],
    },
    plan.attackerKinds,
  );
  try {
    world.startAll(plan.startMs);
    if (plan.reliableMs > 0) {
      world.run(plan.reliableMs);
      world.network.conditions = SLIGHTLY_LOSSY;
    }
    world.injectFaults(plan.faultsMs, plan.everyMs);
    world.heal();
    if (!plan.attackersStay) attackers.end();
    world.untilConverged(plan.convergeMs);
    const [badPacket] = world.badPackets();
    if (badPacket !== undefined) {
      throw new Violation("packets stay in the network and can be read there", badPacket);
    }
    return { ok: true, result: { virtualMs: world.nowMs, faults: faultsOf(world, attackers) } };
  } catch (error) {
    const isKnown = error instanceof Violation;
    const invariant = isKnown ? error.invariant : "no exception is thrown";
    const what = isKnown ? error.message.slice(invariant.length + 2) : String(stackOf(error));
    const virtualMs = world.nowMs;
    return { ok: false, failure: { seed, machines, virtualMs, invariant, what } };
  }
}

export function drawPlan({ seed, machines }: SeedOptions): Plan {
  const random = seededRandom(seed + 2 ** 31);
  const isLarge = machines >= LARGE;
  const isSealed = random() < 0.35;
  const updateSeconds = isLarge ? 600 : (pick(random, [60, 60, 60, 60, 60, 60, 20, 300]) ?? 60);
  const isMixed = !isLarge && random() < 0.15;
  const mixedSeconds = isMixed ? [20, updateSeconds, 2 * updateSeconds] : [];
  const v1 = isSealed || isLarge || random() < 0.5 ? 0 : Math.floor(machines / 10);
  const attackerKinds = drawKinds(random);
  const isCrowded = attackerKinds.includes("flood") || attackerKinds.includes("insider");
  const longestMs = Math.max(updateSeconds, ...mixedSeconds, 60) * 1000;
  return {
    seed,
    v2: machines - v1,
    v1,
    updateSeconds,
    ...(isMixed && { mixedSeconds }),
    ...(isSealed && { key: Buffer.alloc(32, 1) }),
    twoAddresses: random() < 0.3 ? Math.floor(machines / 5) : 0,
    clones: random() < 0.3 ? 1 : 0,
    freeAddresses: 5,
    drift: driftOf(random),
    knowsOwnAddresses: true,
    allowsUnscanned: true,
    ...(isLarge && { conditions: RELIABLE, withoutFaults: ["address change", "address swap"] }),
    startMs: isLarge ? 1000 : 20_000,
    reliableMs: isLarge ? LARGE_RELIABLE_MS : 0,
    reportLagMs: isLarge ? updateSeconds * 1000 : 0,
    faultsMs: between(random, 1.5 * MINUTE, 3.5 * MINUTE) / (isLarge ? 3 : 1),
    everyMs: isLarge ? 4000 : (8000 * 30) / machines,
    convergeMs: CONVERGE_INTERVALS * longestMs + (isCrowded ? CROWD_MS : 0),
    attackerKinds,
    attackersStay: random() < 0.5,
    // Drawn last, so that seeds recorded before these options existed still give the same worlds.
    isCipherFaked: isLarge || random() < 0.5,
    isWarmStart: isLarge && random() < 0.85,
    ...(isLarge && random() < 0.8 && { maxPartitioned: MAX_PARTITIONED }),
  };
}

/** Computer clocks are off by some 50 ppm, bad ones by 0.1 %. */
function driftOf(random: Random): number {
  return random() < 0.2 ? 0.01 : 0.001;
}

function faultsOf({ network, injected }: World, { actions }: Attackers): Record<string, number> {
  return { ...Object.fromEntries(injected), ...network.faults, ...Object.fromEntries(actions) };
}

function stackOf(error: unknown): unknown {
  return error instanceof Error ? (error.stack ?? error.message) : error;
}
