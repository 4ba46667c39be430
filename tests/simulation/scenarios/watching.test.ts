/** Watching in worlds of thirty machines: how old the shown figures are, and what they cost. */
import { describe, expect, test } from "bun:test";

import type { SimulatedNode } from "../world/node.ts";
import { World } from "../world/world.ts";
import { machinesAt, nodeAt, reliableWorld } from "./steps.ts";

const COUNT = 30;
const TIMEOUT_MS = 60_000;

function knownWorld(v2 = COUNT, updateSeconds = 600): World {
  const world = reliableWorld({ seed: 5, v2, updateSeconds });
  world.run(120_000);
  return world;
}

/** The true ages of all reports that this machine shows, in seconds. */
function trueAges(world: World, node: SimulatedNode): number[] {
  return machinesAt(node).map(({ report }) => (world.nowMs - (report?.load?.five ?? 0)) / 1000);
}

describe("while a user watches,", () => {
  test("the shown reports of all thirty machines are at most 4 s old from the third second on", () => {
    const world = knownWorld();
    const node = nodeAt(world, 0);
    node.watch(true);
    world.run(3000);
    for (let step = 0; step < 600; step++) {
      world.run(100);
      const ages = trueAges(world, node);
      expect(ages).toHaveLength(COUNT);
      expect(Math.max(...ages)).toBeLessThanOrEqual(4);
      const shown = machinesAt(node).map(({ reportAgeSeconds }) => reportAgeSeconds ?? 99);
      // The shown age leaves out the delay of the packet, up to 20 ms.
      expect(Math.max(...shown.map((age, i) => Math.abs(age - (ages[i] ?? 0))))).toBeLessThan(0.05);
    }
  });

  test("figures of the last second have arrived from all machines after one second", () => {
    const world = knownWorld();
    const node = nodeAt(world, 0);
    node.watch(true);
    world.run(1000);
    const machines = machinesAt(node);
    expect(machines.filter(({ isLive }) => isLive === true)).toHaveLength(COUNT);
    for (const { reportAgeSeconds } of machines) expect(reportAgeSeconds).toBeLessThan(1);
  });

  test("users at ten machines cause no more than one sample every two seconds on each machine", () => {
    const world = knownWorld();
    for (const node of world.nodes.slice(0, 10)) node.watch(true);
    world.run(60_000);
    for (const { liveSamples } of world.nodes) expect(liveSamples).toBeWithin(28, 36);
    for (const node of world.nodes.slice(0, 10)) {
      expect(Math.max(...trueAges(world, node))).toBeLessThanOrEqual(4);
    }
  });

  test(
    "live reports are made, and when the last user leaves they end and traffic is as before",
    () => {
      const [watched, never] = [knownWorld(), knownWorld()];
      const node = nodeAt(watched, 0);
      node.watch(true);
      for (const world of [watched, never]) world.run(60_000);
      expect(watched.network.packets - never.network.packets).toBeGreaterThan(1500);
      node.watch(false);
      for (const world of [watched, never]) world.run(5000);
      const samples = watched.nodes.map(({ liveSamples }) => liveSamples);
      const packets = [watched, never].map((world) => {
        const before = world.network.packets;
        world.run(1_800_000);
        return world.network.packets - before;
      });
      expect(watched.nodes.map(({ liveSamples }) => liveSamples)).toEqual(samples);
      expect((packets[0] ?? 0) / (packets[1] ?? 1)).toBeWithin(0.9, 1.1);
    },
    TIMEOUT_MS,
  );

  test("ordinary reports still arrive, one an interval from each machine", () => {
    const world = knownWorld(5, 10);
    const node = nodeAt(world, 0);
    node.watch(true);
    for (let step = 0; step < 60; step++) {
      world.run(1000);
      expect(machinesAt(node)).toHaveLength(5);
    }
    // Reports are numbered, so the newest number shows that none was missed for long.
    for (const { sequence } of machinesAt(node)) expect(sequence).toBeWithin(18, 20);
  });
});

describe("on a lossy network with faults,", () => {
  test.each([501, 502, 503, 504])(
    "all machines agree in the end although nine are watched on and off (seed %d)",
    (seed) => {
      const world = new World({ seed, v2: 27, v1: 3, updateSeconds: 60 });
      for (const node of world.nodes.slice(0, 9)) node.watch(true);
      world.startAll(20_000);
      for (let i = 0; i < 12; i++) {
        for (const [index, node] of world.nodes.slice(0, 9).entries()) {
          node.watch((index + i) % 3 !== 0);
        }
        world.injectFaults(10_000);
      }
      world.heal();
      world.untilConverged(240_000);
      expect(world.badPackets()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
