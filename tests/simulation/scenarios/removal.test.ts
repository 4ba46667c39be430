/**
 * Removal of a machine among thirty, on a network that loses a fifth of the packets each way and
 * duplicates, delays and reorders them; and forged removal requests.
 */
import { describe, expect, test } from "bun:test";
import { encodeRemovalRequest } from "../../../src/protocol/encode.ts";
import { RELIABLE } from "../world/network.ts";
import { PORT, SIGNATURE } from "../world/node.ts";
import { seededRandom } from "../world/random.ts";
import { World } from "../world/world.ts";
import { nodeAt, stateAt } from "./steps.ts";

const SECOND = 1000;
const MACHINES = 30;
const UPDATE_SECONDS = 60;
const SEEDS = Array.from({ length: 8 }, (_, index) => 701 + index);
const TIMEOUT_MS = 60_000;

/**
 * 11 s until the machine is silent everywhere and 10 s for the questions of the test. Machines that the
 * request does not reach at once get it when it is repeated 10 and 30 s later, or from another machine
 * that passes it on.
 */
const ALL_REMOVE_MS = 60 * SECOND;

function knownWorld(seed: number): World {
  const world = new World({ seed, v2: MACHINES, v1: 0, updateSeconds: UPDATE_SECONDS });
  world.startAll(10 * SECOND);
  world.run(150 * SECOND);
  return world;
}

/** Runs until the condition holds, which is checked every second. Returns the virtual ms that took. */
function runUntil(world: World, boundMs: number, condition: () => boolean): number {
  const startMs = world.nowMs;
  while (!condition()) {
    if (world.nowMs - startMs >= boundMs) {
      throw new Error(`the condition does not hold after ${boundMs} ms`);
    }
    world.run(SECOND);
  }
  return world.nowMs - startMs;
}

test(
  "each machine tests thirty removed machines with at most 20 questions a second",
  () => {
    const world = new World({
      seed: 720,
      v2: 36,
      v1: 0,
      updateSeconds: UPDATE_SECONDS,
      conditions: RELIABLE,
    });
    world.startAll(SECOND);
    world.untilAllHaveReports(30 * SECOND);
    const first = nodeAt(world, 0);
    const removed = world.nodes.slice(1, 31);
    const others = world.nodes.slice(31);
    for (const node of removed) node.stop({ sayGoodbye: false });
    runUntil(world, 100 * SECOND, () => removed.every((node) => stateAt(first, node) === "silent"));
    for (const { id } of removed) first.remove(id);
    // 240 questions take 13 s at that rate, which invariants/quiet-rates.ts checks.
    const isRemoved = () =>
      others.every((node) => removed.every((of) => stateAt(node, of) === undefined));
    const tookMs = runUntil(world, ALL_REMOVE_MS, isRemoved);
    expect(tookMs).toBeGreaterThan(12 * SECOND);
  },
  TIMEOUT_MS,
);

describe("a removed machine", () => {
  test.each(
    SEEDS.flatMap((seed) => [
      { seed, state: "silent", waitMs: 0 },
      { seed, state: "down", waitMs: 200 * SECOND },
    ]),
  )(
    "disappears from all others within a minute if it is removed where it is $state (seed $seed)",
    ({ seed, waitMs }) => {
      const world = knownWorld(seed);
      const [first, removed] = [nodeAt(world, 0), nodeAt(world, -1)];
      const others = world.nodes.filter((node) => node !== removed);
      removed.stop({ sayGoodbye: false });
      world.run(waitMs);
      runUntil(world, 300 * SECOND, () => {
        const state = stateAt(first, removed);
        return state === "silent" || state === "down";
      });
      first.remove(removed.id);
      const isRemoved = () => others.every((node) => stateAt(node, removed) === undefined);
      runUntil(world, ALL_REMOVE_MS, isRemoved);
      // No list and no late packet brings it back.
      world.run(200 * SECOND);
      expect(isRemoved()).toBe(true);
      expect(world.badPackets()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "is still shown by a machine that was off at the time until it is removed there too",
    () => {
      const world = knownWorld(801);
      const [first, off, removed] = [nodeAt(world, 0), nodeAt(world, 1), nodeAt(world, -1)];
      removed.stop({ sayGoodbye: true });
      world.run(120 * SECOND);
      off.stop({ sayGoodbye: false });
      first.remove(removed.id);
      world.run(ALL_REMOVE_MS);
      off.start({ keepState: true });
      world.run(120 * SECOND);
      const isShownBy = () =>
        world.nodes.filter((node) => stateAt(node, removed) !== undefined).map(({ id }) => id);
      expect(isShownBy()).toEqual([off.id]);
      off.remove(removed.id);
      expect(isShownBy()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

test.each(SEEDS)(
  "forged requests to remove a living machine, sent to all for two minutes, remove it nowhere (seed %d)",
  (seed) => {
    const world = knownWorld(seed);
    const random = seededRandom(seed);
    const living = nodeAt(world, -1);
    const others = world.nodes.filter((node) => node !== living);
    // On such a lossy network it may still be unknown to a few machines.
    const before = others.filter((node) => stateAt(node, living) !== undefined);
    expect(before.length).toBeGreaterThan(MACHINES - 4);
    const bytes = encodeRemovalRequest(SIGNATURE, { id: living.id });
    for (let second = 0; second < 120; second++) {
      for (const node of others) {
        const claimed = world.nodes[Math.floor(random() * MACHINES)];
        const to = { address: node.address, port: PORT };
        if (claimed !== undefined) world.network.send(claimed.address, to, bytes);
      }
      world.run(SECOND);
      const lost = before.filter((node) => stateAt(node, living) === undefined);
      expect(lost.map(({ id }) => id)).toEqual([]);
    }
  },
  TIMEOUT_MS,
);
