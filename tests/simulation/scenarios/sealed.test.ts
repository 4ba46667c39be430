/** Worlds whose machines have a key are as robust as plain ones, whatever is replayed to them. */
import { describe, expect, test } from "bun:test";
import { Replayer } from "../attackers/replayer.ts";
import { RELIABLE } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import { SIGNATURE } from "../world/packet-kind.ts";
import { seededRandom } from "../world/random.ts";
import { createSimulatedEnvelope } from "../world/sealing.ts";
import { World, type WorldOptions } from "../world/world.ts";
import { FAULTS_MS, machinesAt, nodeAt, START_MS, stateAt, surviveFaults } from "./steps.ts";

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const UPDATE_SECONDS = 60;
/** The same as for plain worlds (convergence.test.ts). */
const BOUND_MS = 4 * UPDATE_SECONDS * 1000;
const TIMEOUT_MS = 120_000;

function sealedWorld(options: Partial<WorldOptions> & { readonly seed: number }): World {
  return new World({ v2: 30, v1: 0, updateSeconds: UPDATE_SECONDS, key: OLD, ...options });
}

function replayerIn(world: World, seed: number): Replayer {
  const addresses = world.nodes.flatMap((node) => node.addresses);
  const random = seededRandom(seed + 1_000_000);
  return new Replayer({ network: world.network, random, addresses, isSealed: true });
}

describe("once the faults have stopped, sealed machines agree", () => {
  test.each(Array.from({ length: 8 }, (_, i) => 701 + i))(
    "although an attacker replays, reflects and changes packets all the time (seed %d)",
    (seed) => {
      const world = sealedWorld({ seed });
      const replayer = replayerIn(world, seed);
      replayer.sendWithin({ packets: 20_000, withinMs: START_MS + FAULTS_MS + BOUND_MS });
      surviveFaults(world, { boundMs: BOUND_MS });
      expect(replayer.sent).toBeGreaterThan(5_000);
    },
    TIMEOUT_MS,
  );

  test(
    "with those on two networks shown as one machine each",
    () => {
      for (let seed = 721; seed <= 724; seed++) {
        surviveFaults(sealedWorld({ seed, v2: 12, twoAddresses: 6 }), { boundMs: BOUND_MS });
      }
    },
    TIMEOUT_MS,
  );
});

describe("on a reliable network", () => {
  test.each([2, 12, 60])(
    "%d sealed machines find each other as fast as plain ones",
    (v2) => {
      const world = sealedWorld({ seed: v2, v2, updateSeconds: 600, conditions: RELIABLE });
      world.startAll(1000);
      world.run(1000);
      const boundMs = v2 > 12 ? 15_000 : 10_000;
      expect(world.untilAllHaveReports(boundMs)).toBeLessThanOrEqual(boundMs);
      expect(world.badPackets()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "half an hour of replayed packets hides no machine",
    () => {
      const world = sealedWorld({ seed: 731, conditions: RELIABLE });
      world.startAll(1000);
      world.untilAllHaveReports(20_000);
      // The replayer now has a goodbye and the packets of an incarnation that has ended.
      restart(world, nodeAt(world, 0), [OLD]);
      world.untilAllHaveReports(20_000);
      replayerIn(world, 731).sendWithin({ packets: 15_000, withinMs: 1_800_000 });
      for (let minute = 0; minute < 30; minute++) {
        world.run(60_000);
        expect(hidden(world.nodes)).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );
});

test("a holder of the key that uses a new incarnation for each packet only fills the replay windows", () => {
  const world = sealedWorld({ seed: 735, v2: 3, allowsUnscanned: true, conditions: RELIABLE });
  world.startAll(1000);
  world.untilAllHaveReports(20_000);
  const first = nodeAt(world, 0);
  const random = seededRandom(735);
  for (let start = 0; start < 5000; start++) {
    const incarnation = start.toString(16).padStart(16, "e");
    const { seal } = createSimulatedEnvelope({
      id: "0".repeat(16),
      incarnation,
      keys: [OLD],
      random,
      plain: world.plain,
    });
    world.network.inject("10.0.99.1", first.address, seal(Buffer.from(`${SIGNATURE}?`)));
  }
  // Long enough for every table to be inspected.
  world.run(6000);
  expect(first.core?.sizes().replayWindows).toBe(4096);
  expect(hidden(world.nodes)).toEqual([]);
});

describe("while the key is changed on one machine after the other,", () => {
  /** The steps of the README; each is done on all machines before the next begins. */
  const STEPS: readonly (readonly Uint8Array[])[] = [[OLD, NEW], [NEW, OLD], [NEW]];

  test.each([
    { seed: 741, v2: 30 },
    { seed: 742, v2: 8 },
    { seed: 743, v2: 2 },
  ])(
    "none of $v2 machines is ever hidden from another (seed $seed)",
    ({ seed, v2 }) => {
      const world = sealedWorld({ seed, v2, conditions: RELIABLE });
      world.startAll(1000);
      world.untilAllHaveReports(20_000);
      for (const keys of STEPS) {
        for (const node of world.nodes) {
          restart(world, node, keys);
          // Longer than it takes to test a goodbye and to give up a question.
          for (let i = 0; i < 6; i++) {
            expect(hidden(world.nodes.filter((other) => other !== node))).toEqual([]);
            expect(notUp(world.nodes)).toEqual([]);
            world.run(2500);
          }
          expect(hidden(world.nodes)).toEqual([]);
        }
      }
    },
    TIMEOUT_MS,
  );

  test("a skipped step splits the network, as it must", () => {
    const world = sealedWorld({ seed: 744, v2: 4, conditions: RELIABLE });
    world.startAll(1000);
    world.untilAllHaveReports(20_000);
    const first = nodeAt(world, 0);
    restart(world, first, [NEW]);
    world.run(4 * UPDATE_SECONDS * 1000);
    for (const node of world.nodes.slice(1)) {
      expect({ id: node.id, state: stateAt(node, first) }).not.toEqual({
        id: node.id,
        state: "up",
      });
      expect(node.core?.dropCounts()["sealed with another key"]).toBeGreaterThan(0);
    }
  });
});

/** Restarts the machine with these keys in half a second, as the service manager does. */
function restart(world: World, node: SimulatedNode, keys: readonly Uint8Array[]): void {
  node.stop({ sayGoodbye: true });
  world.run(500);
  node.keys = keys;
  node.start({ keepState: true });
}

/** The machines that are shown as silent, stopped or down, and by which machine. */
function notUp(nodes: readonly SimulatedNode[]): string[] {
  expect(nodes.every(({ core }) => core !== undefined)).toBe(true);
  return nodes.flatMap((node) =>
    machinesAt(node)
      .filter(({ state }) => state !== "up" && state !== "new")
      .map((machine) => `${node.id} shows ${machine.id} ${machine.state}`),
  );
}

/** The machines that are not shown as up, and by which machine. */
function hidden(nodes: readonly SimulatedNode[]): string[] {
  return nodes.flatMap((node) =>
    nodes
      .filter((other) => stateAt(node, other) !== "up")
      .map((other) => `${node.id} lacks ${other.id}`),
  );
}
