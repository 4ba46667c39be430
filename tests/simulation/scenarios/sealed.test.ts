/** Worlds whose machines have a key: as robust as plain ones, whatever is replayed to them. */
import { describe, expect, test } from "bun:test";
import { Eavesdropper } from "../attackers/replayer.ts";
import { CALM } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import { SIGNATURE } from "../world/packet-kind.ts";
import { seededChance } from "../world/random.ts";
import { openSeal } from "../world/sealing.ts";
import { World, type WorldOptions } from "../world/world.ts";

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const UPDATE_SECONDS = 60;
const START_MS = 20_000;
const TORMENT_MS = 120_000;
/** As of plain worlds (agreement.test.ts). */
const BOUND_MS = 4 * UPDATE_SECONDS * 1000;
const TIMEOUT_MS = 120_000;

function sealedWorld(options: Partial<WorldOptions> & { readonly seed: number }): World {
  return new World({ modern: 30, old: 0, updateSeconds: UPDATE_SECONDS, key: OLD, ...options });
}

function eavesdropperIn(world: World, seed: number): Eavesdropper {
  const addresses = world.nodes.flatMap((node) => node.addresses);
  const chance = seededChance(seed + 1_000_000);
  return new Eavesdropper({ network: world.network, chance, addresses, isSealed: true });
}

describe("once the faults stop, thirty sealed machines know all and the newest report of each", () => {
  test.each(Array.from({ length: 8 }, (_, i) => 701 + i))(
    "although somebody replays, reflects and changes packets all the time (seed %d)",
    (seed) => {
      const world = sealedWorld({ seed });
      const eavesdropper = eavesdropperIn(world, seed);
      eavesdropper.disturb({ packets: 20_000, withinMs: START_MS + TORMENT_MS + BOUND_MS });
      world.startAll(START_MS);
      world.torment(TORMENT_MS);
      world.heal();
      world.untilAgreed(BOUND_MS);
      expect(world.complaints()).toEqual([]);
      expect(eavesdropper.sent).toBeGreaterThan(5_000);
    },
    TIMEOUT_MS,
  );

  test(
    "those on two networks among them, as one machine each",
    () => {
      for (let seed = 721; seed <= 724; seed++) {
        const world = sealedWorld({ seed, modern: 12, twoAddresses: 6 });
        world.startAll(START_MS);
        world.torment(TORMENT_MS);
        world.heal();
        world.untilAgreed(BOUND_MS);
        expect(world.complaints()).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );
});

describe("on a calm network", () => {
  test.each([2, 12, 60])(
    "%d machines find each other as fast as without a key",
    (modern) => {
      const world = sealedWorld({ seed: modern, modern, updateSeconds: 600, weather: CALM });
      world.startAll(1000);
      world.run(1000);
      const boundMs = modern > 12 ? 15_000 : 10_000;
      expect(world.untilAllHaveReports(boundMs)).toBeLessThanOrEqual(boundMs);
      expect(world.complaints()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "what is replayed for half an hour is believed by nobody, and hides nobody",
    () => {
      const world = sealedWorld({ seed: 731, weather: CALM });
      world.startAll(1000);
      world.untilAllHaveReports(20_000);
      // A goodbye and the packets of an incarnation that is over are in his hands now.
      restart(world, world.nodes[0], [OLD]);
      world.untilAllHaveReports(20_000);
      eavesdropperIn(world, 731).disturb({ packets: 15_000, withinMs: 1_800_000 });
      for (let minute = 0; minute < 30; minute++) {
        world.run(60_000);
        expect(hidden(world.nodes)).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );
});

test("somebody with the key who starts anew with each packet fills the replay windows, and no more", () => {
  const world = sealedWorld({ seed: 735, modern: 3, isWide: true, weather: CALM });
  world.startAll(1000);
  world.untilAllHaveReports(20_000);
  const [first] = world.nodes;
  if (first === undefined) throw new Error("an empty world");
  const chance = seededChance(735);
  for (let start = 0; start < 5000; start++) {
    const incarnation = start.toString(16).padStart(16, "e");
    const { seal } = openSeal({
      id: "0".repeat(16),
      incarnation,
      keys: [OLD],
      chance,
      plain: world.plain,
    });
    world.network.inject("10.0.99.1", first.address, seal(Buffer.from(`${SIGNATURE}?`)));
  }
  // Long enough for the whole of it to be looked at.
  world.run(6000);
  expect(first.core?.sizes().replayWindows).toBe(4096);
  expect(hidden(world.nodes)).toEqual([]);
});

describe("a key is changed, one machine after the other", () => {
  /** The steps of the README: each is done on all machines before the next begins. */
  const STEPS: readonly (readonly Uint8Array[])[] = [[OLD, NEW], [NEW, OLD], [NEW]];

  test.each([
    { seed: 741, modern: 30 },
    { seed: 742, modern: 8 },
    { seed: 743, modern: 2 },
  ])(
    "and at no moment is one of $modern hidden from another (seed $seed)",
    ({ seed, modern }) => {
      const world = sealedWorld({ seed, modern, weather: CALM });
      world.startAll(1000);
      world.untilAllHaveReports(20_000);
      for (const keys of STEPS) {
        for (const node of world.nodes) {
          restart(world, node, keys);
          // Longer than it takes to test a goodbye and to give a question up.
          for (let i = 0; i < 6; i++) {
            expect(hidden(world.nodes.filter((other) => other !== node))).toEqual([]);
            expect(away(world.nodes)).toEqual([]);
            world.run(2500);
          }
          expect(hidden(world.nodes)).toEqual([]);
        }
      }
    },
    TIMEOUT_MS,
  );

  test("a step left out parts the network, as it must", () => {
    const world = sealedWorld({ seed: 744, modern: 4, weather: CALM });
    world.startAll(1000);
    world.untilAllHaveReports(20_000);
    const [first, ...others] = world.nodes;
    restart(world, first, [NEW]);
    world.run(4 * UPDATE_SECONDS * 1000);
    for (const { core, now, id } of others.map(viewOf)) {
      const shown = core.machines(now).find((machine) => machine.id === first?.id);
      expect({ id, state: shown?.state }).not.toEqual({ id, state: "up" });
      expect(core.dropCounts()["sealed with another key"]).toBeGreaterThan(0);
    }
  });
});

/** Away for half a second, as the service manager does it. */
function restart(world: World, node: SimulatedNode | undefined, keys: readonly Uint8Array[]): void {
  if (node === undefined) throw new Error("no such machine");
  node.stop({ sayGoodbye: true });
  world.run(500);
  node.keys = keys;
  node.start({ keepState: true });
}

function viewOf(node: SimulatedNode) {
  if (node.core === undefined) throw new Error(`${node.id} does not run`);
  return { id: node.id, core: node.core, now: node.now() };
}

/** Who takes whom for silent, stopped or down. */
function away(nodes: readonly SimulatedNode[]): string[] {
  return nodes.map(viewOf).flatMap(({ id, core, now }) =>
    core
      .machines(now)
      .filter(({ state }) => state !== "up" && state !== "new")
      .map((machine) => `${id} takes ${machine.id} for ${machine.state}`),
  );
}

/** Who does not show whom. */
function hidden(nodes: readonly SimulatedNode[]): string[] {
  return nodes.map(viewOf).flatMap(({ id, core, now }) => {
    const isUp = new Set(core.machines(now).flatMap((one) => (one.state === "up" ? [one.id] : [])));
    return nodes.filter((other) => !isUp.has(other.id)).map((other) => `${id} lacks ${other.id}`);
  });
}
