/** Watching in worlds of thirty machines: how old what is shown is, and what it costs. */
import { describe, expect, test } from "bun:test";
import { CALM } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import { World } from "../world/world.ts";

const COUNT = 30;

function calmWorld(modern = COUNT, updateSeconds = 600): World {
  const world = new World({ seed: 5, modern, old: 0, updateSeconds, weather: CALM });
  world.startAll(1000);
  world.run(120_000);
  return world;
}

/** Ages of all reports that this machine shows, seconds, as the world knows them. */
function trueAges(world: World, node: SimulatedNode): number[] {
  const machines = node.core?.machines(node.now()) ?? [];
  return machines.map(({ report }) => (world.nowMs - (report?.load?.five ?? 0)) / 1000);
}

describe("with somebody watching", () => {
  test("what is shown of all thirty is at most 4 s old, three seconds after the beginning", () => {
    const world = calmWorld();
    const [node] = world.nodes;
    if (node === undefined) throw new Error("a world without machines");
    node.watch(true);
    world.run(3000);
    for (let step = 0; step < 600; step++) {
      world.run(100);
      const ages = trueAges(world, node);
      expect(ages).toHaveLength(COUNT);
      expect(Math.max(...ages)).toBeLessThanOrEqual(4);
      const told = node.core?.machines(node.now()).map((one) => one.reportAgeSeconds ?? 99) ?? [];
      // The way of a packet is no part of the age that is told.
      expect(Math.max(...told.map((age, i) => Math.abs(age - (ages[i] ?? 0))))).toBeLessThan(0.05);
    }
  });

  test("who begins to look has figures of the last second from all within a second", () => {
    const world = calmWorld();
    const [node] = world.nodes;
    node?.watch(true);
    world.run(1000);
    const machines = node?.core?.machines(node.now()) ?? [];
    expect(machines.filter(({ isLive }) => isLive === true)).toHaveLength(COUNT);
    for (const { reportAgeSeconds } of machines) expect(reportAgeSeconds).toBeLessThan(1);
  });

  test("ten who watch cause no more samples than two seconds apart", () => {
    const world = calmWorld();
    for (const node of world.nodes.slice(0, 10)) node.watch(true);
    world.run(60_000);
    for (const { liveSamples } of world.nodes) expect(liveSamples).toBeWithin(28, 36);
    for (const node of world.nodes.slice(0, 10)) {
      expect(Math.max(...trueAges(world, node))).toBeLessThanOrEqual(4);
    }
  });

  test("nobody makes a live report when nobody watches any more, and traffic is as before", () => {
    const [watched, never] = [calmWorld(), calmWorld()];
    const [node] = watched.nodes;
    node?.watch(true);
    for (const world of [watched, never]) world.run(60_000);
    expect(watched.network.packets - never.network.packets).toBeGreaterThan(1500);
    node?.watch(false);
    for (const world of [watched, never]) world.run(5000);
    const samples = watched.nodes.map(({ liveSamples }) => liveSamples);
    const packets = [watched, never].map((world) => {
      const before = world.network.packets;
      world.run(1_800_000);
      return world.network.packets - before;
    });
    expect(watched.nodes.map(({ liveSamples }) => liveSamples)).toEqual(samples);
    expect((packets[0] ?? 0) / (packets[1] ?? 1)).toBeWithin(0.9, 1.1);
  });

  test("interval reports go on to arrive, one an interval from each", () => {
    const world = calmWorld(5, 10);
    world.nodes[0]?.watch(true);
    for (let step = 0; step < 60; step++) {
      world.run(1000);
      expect(world.nodes[0]?.core?.machines(world.nodes[0].now())).toHaveLength(5);
    }
    // Each is numbered, so the newest number tells that none was missed for long.
    const machines = world.nodes[0]?.core?.machines(world.nodes[0].now()) ?? [];
    for (const { sequence } of machines) expect(sequence).toBeWithin(18, 20);
  });
});

describe("in bad weather", () => {
  test.each([501, 502, 503, 504])(
    "with machines that watch now and then all agree in the end (seed %d)",
    (seed) => {
      const world = new World({ seed, modern: 27, old: 3, updateSeconds: 60 });
      for (const node of world.nodes.slice(0, 9)) node.watch(true);
      world.startAll(20_000);
      for (let i = 0; i < 12; i++) {
        for (const [index, node] of world.nodes.slice(0, 9).entries()) {
          node.watch((index + i) % 3 !== 0);
        }
        world.torment(10_000);
      }
      world.heal();
      world.untilAgreed(240_000);
      expect(world.complaints()).toEqual([]);
    },
    60_000,
  );
});
