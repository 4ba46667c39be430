/** Steps that scenarios share: worlds at rest, killing and starving machines, looking at their tables. */
import { expect } from "bun:test";
import { type NetworkConditions, RELIABLE } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import { between, seededRandom } from "../world/random.ts";
import { World, type WorldOptions } from "../world/world.ts";

/** As fast as the daemon's own loop (daemon/ticker.ts). */
const DAEMON_TICK_MS = 10;

/** Machines of a world with faults start within this time, as after a power cut. */
export const START_MS = 20_000;
export const FAULTS_MS = 120_000;

/** A reliable world whose machines all know each other and have finished everything that a start causes. */
export function settledWorld(options: {
  readonly seed: number;
  readonly v2: number;
  readonly loss: number;
  readonly key?: Uint8Array;
}): World {
  const { seed, loss, ...rest } = options;
  const conditions: NetworkConditions = { ...RELIABLE, loss };
  const world = new World({
    seed,
    ...rest,
    v1: 0,
    updateSeconds: 600,
    conditions: RELIABLE,
    minTickMs: DAEMON_TICK_MS,
  });
  world.startAll(1000);
  world.untilAllHaveReports(60_000);
  // A moment within the four seconds of a round of the ring, a different one for each seed.
  world.run(40_000 + ((seed * 977) % 4000));
  world.network.conditions = conditions;
  return world;
}

/** Machines on a reliable network, which start within a second. */
export function reliableWorld(options: Pick<WorldOptions, "seed" | "v2" | "updateSeconds">): World {
  const world = new World({ ...options, v1: 0, conditions: RELIABLE });
  world.startAll(1000);
  return world;
}

/** Injects faults into the world and requires that all machines agree within the bound afterwards. */
export function surviveFaults(
  world: World,
  options: { readonly boundMs: number; readonly faultsMs?: number },
): void {
  world.startAll(START_MS);
  world.injectFaults(options.faultsMs ?? FAULTS_MS);
  world.heal();
  world.untilConverged(options.boundMs);
  expect(world.badPackets()).toEqual([]);
}

/**
 * From now on these machines lack CPU time: each runs for 0.6 to 2 s and then, for up to `mostMs`,
 * neither ticks nor reads its socket.
 */
export function starve(
  world: World,
  options: { readonly nodes: readonly SimulatedNode[]; seed: number; mostMs: number },
): void {
  const random = seededRandom(options.seed);
  const begin = (node: SimulatedNode) => {
    world.network.at(world.nowMs + between(random, 600, 2000), () => {
      node.pause();
      world.network.at(world.nowMs + between(random, 0, options.mostMs), () => {
        node.resume();
        begin(node);
      });
    });
  };
  for (const node of options.nodes) begin(node);
}

/** Cuts all links between this machine and the others. */
export function isolate(world: World, lost: SimulatedNode): void {
  for (const node of world.nodes) {
    if (node === lost) continue;
    world.network.cut(lost.address, node.address);
    world.network.cut(node.address, lost.address);
  }
}

/** Kills this machine. Returns the virtual ms until no other shows it as up; at most `mostMs`. */
export function untilSilentEverywhere(world: World, victim: SimulatedNode, mostMs: number): number {
  const startMs = world.nowMs;
  const others = world.nodes.filter((node) => node !== victim);
  victim.stop({ sayGoodbye: false });
  while (world.nowMs - startMs < mostMs && others.some((node) => stateAt(node, victim) === "up")) {
    world.run(50);
  }
  return world.nowMs - startMs;
}

export function nodeAt(world: World, index: number): SimulatedNode {
  const node = world.nodes.at(index);
  if (node === undefined) throw new Error(`the world has no machine ${index}`);
  return node;
}

export function stateAt(node: SimulatedNode, of: { readonly id: string }): string | undefined {
  return machinesAt(node).find(({ id }) => id === of.id)?.state;
}

/** The machines that this one shows; none while it does not run. */
export function machinesAt(node: SimulatedNode) {
  return node.core?.machines(node.now()) ?? [];
}
