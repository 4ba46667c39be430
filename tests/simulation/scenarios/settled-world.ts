/** Worlds to kill machines in: how soon all others show it, and what the watch costs meanwhile. */

import { CALM, type Weather } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import { between, seededChance } from "../world/random.ts";
import { World } from "../world/world.ts";

/** As fast as the daemon's own loop (daemon/ticker.ts). */
const DAEMON_TICK_MS = 10;

/** All machines of it know all others, and nothing of the start is under way any more. */
export function settledWorld(options: {
  readonly seed: number;
  readonly modern: number;
  readonly loss: number;
  readonly key?: Uint8Array;
}): World {
  const { seed, modern, loss, key } = options;
  const weather: Weather = { ...CALM, loss };
  const world = new World({
    ...{ seed, modern, old: 0, updateSeconds: 600, weather: CALM },
    minTickMs: DAEMON_TICK_MS,
    ...(key !== undefined && { key }),
  });
  world.startAll(1000);
  world.untilAllHaveReports(60_000);
  // A random moment of the watch, the same for none of the seeds.
  world.run(40_000 + ((seed * 977) % 4000));
  world.network.weather = weather;
  return world;
}

/**
 * These machines lack the CPU from now on: each runs for a second or so, 0.6 s at least, and then,
 * for up to `mostMs`, neither ticks nor reads its socket.
 */
export function starve(
  world: World,
  options: { readonly nodes: readonly SimulatedNode[]; seed: number; mostMs: number },
): void {
  const chance = seededChance(options.seed);
  const begin = (node: SimulatedNode) => {
    world.network.at(world.nowMs + between(chance, 600, 2000), () => {
      node.pause();
      world.network.at(world.nowMs + between(chance, 0, options.mostMs), () => {
        node.resume();
        begin(node);
      });
    });
  };
  for (const node of options.nodes) begin(node);
}

/** Virtual ms from the end of this machine until all others show it silent; at most `mostMs`. */
export function untilSilentEverywhere(world: World, victim: SimulatedNode, mostMs: number): number {
  const startMs = world.nowMs;
  const others = world.nodes.filter((node) => node !== victim);
  victim.stop({ sayGoodbye: false });
  while (world.nowMs - startMs < mostMs && others.some((node) => stateAt(node, victim) === "up")) {
    world.run(50);
  }
  return world.nowMs - startMs;
}

export function stateAt(node: SimulatedNode, of: SimulatedNode): string | undefined {
  return node.core?.machines(node.now()).find(({ id }) => id === of.id)?.state;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
