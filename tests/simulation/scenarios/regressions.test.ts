/**
 * What once went wrong in a simulated world, each as a small world in which it does: with the bug
 * put back, its test fails with each of its seeds.
 */
import { describe, expect, test } from "bun:test";
import { encodeRingQuestion } from "../../../src/protocol/ring.ts";
import { inventedAddress } from "../attackers/attacker.ts";
import { readdress } from "../world/faults.ts";
import { CALM } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import { SIGNATURE } from "../world/packet-kind.ts";
import { seededChance } from "../world/random.ts";
import { World, type WorldOptions } from "../world/world.ts";
import { settledWorld, stateAt, untilSilentEverywhere } from "./settled-world.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const UPDATE_SECONDS = 60;
/** As in all worlds: all agree within four intervals (ordeal.ts). */
const SHOWN_MS = 4 * UPDATE_SECONDS * SECOND;
const MET = 5;
/** The first behind those of five machines. */
const FREE = "10.0.0.6";

test.each([1, 2, 3, 4])(
  "two machines that swap their addresses are shown again: one was down for good (seed %d)",
  (seed) => {
    const world = metWorld({ seed, knowsOwnAddresses: true });
    const [ann, bob] = [nodeAt(world, 0), nodeAt(world, 1)];
    readdress(world.network, [
      [ann, bob.address],
      [bob, ann.address],
    ]);
    expect(untilAllShown(world)).toBeLessThanOrEqual(SHOWN_MS);
  },
);

describe("whatever the interval, machines that swap addresses are soon up again for all", () => {
  /** Three all watch each other, so that those who swap soon meet themselves. */
  const MET_MS = 10 * SECOND;
  /** Others, and all who are sealed, see where they are when the shell has looked for its addresses. */
  const LOOKED_MS = 35 * SECOND;
  const plain = { knowsOwnAddresses: true };
  const sealed = { key: Buffer.alloc(32, 9) };
  const cases = [
    { count: 2, modern: 3, how: "plain", boundMs: MET_MS, options: plain },
    { count: 3, modern: 3, how: "plain", boundMs: MET_MS, options: plain },
    { count: 2, modern: 10, how: "plain", boundMs: LOOKED_MS, options: plain },
    { count: 2, modern: 3, how: "sealed", boundMs: LOOKED_MS, options: sealed },
    { count: 3, modern: 10, how: "sealed", boundMs: LOOKED_MS, options: sealed },
  ];
  test.each(cases)("$count of $modern, $how: it took minutes", (row) => {
    const { count, modern, boundMs, options } = row;
    for (const seed of [1, 2, 3, 4, 5]) {
      const world = metWorld({ seed, modern, updateSeconds: 600, ...options });
      const moving = world.nodes.slice(0, count);
      const targets = moving.map((_, index) => nodeAt(world, (index + 1) % count).address);
      readdress(
        world.network,
        moving.map((node, index) => [node, targets[index] ?? ""] as const),
      );
      world.run(boundMs);
      // Who has not asked anybody meanwhile still shows them where they were.
      if (modern === 3) expect(world.nodes.every((node) => showsAll(world, node))).toBe(true);
      // For longer than it takes until all have their turn in the ring.
      for (let second = 0; second < 120; second++) {
        expect(world.nodes.flatMap((node) => world.nodes.map((of) => stateAt(node, of)))).toEqual(
          allUp(modern * modern),
        );
        world.run(SECOND);
      }
    }
  });
});

test.each([1, 2, 3, 4])(
  "an address of ours that another machine gets is asked: that one was missing for an hour (seed %d)",
  (seed) => {
    const world = metWorld({ seed, freeAddresses: 1 });
    const [ann, bob] = [nodeAt(world, 0), nodeAt(world, 1)];
    // In its scan it has met itself there.
    const { address } = ann;
    readdress(world.network, [[ann, FREE]]);
    world.run(30 * SECOND);
    readdress(world.network, [[bob, address]]);
    expect(untilAllShown(world)).toBeLessThanOrEqual(SHOWN_MS);
  },
);

/** At one or two of these moments it comes back between a last quick question and the verdict. */
test.each([1, 2, 3, 4])(
  "a machine that is back while it is being tested is not called silent for ten seconds (seed %d)",
  (seed) => {
    for (let offMs = 2500; offMs <= 4500; offMs += 250) {
      const world = settledWorld({ seed, modern: 5, loss: 0 });
      const victim = nodeAt(world, 2);
      victim.stop({ sayGoodbye: false });
      world.run(offMs);
      victim.start({ keepState: true });
      world.run(2 * SECOND);
      for (let step = 0; step < 100; step++) {
        world.run(50);
        expect(world.nodes.map((node) => stateAt(node, victim))).toEqual(allUp(5));
      }
    }
  },
);

test.each([1, 2, 3, 4])(
  "a death is seen although those who watch are asked all the time: none saw it (seed %d)",
  (seed) => {
    const world = settledWorld({ seed, modern: 5, loss: 0 });
    // In the order of their ids the fourth is watched by the two before it.
    const victim = nodeAt(world, 3);
    const question = encodeRingQuestion(SIGNATURE, 1);
    every(world, 100, () => {
      for (const index of [1, 2]) {
        const [asker, asked] = [nodeAt(world, index - 1), nodeAt(world, index)];
        world.network.inject(asker.address, asked.address, question);
      }
    });
    world.run(10 * SECOND);
    const boundMs = 10 * SECOND;
    expect(untilSilentEverywhere(world, victim, boundMs)).toBeLessThan(boundMs);
  },
);

/**
 * Forty lists a second under invented senders, of 30 invented addresses each, fill the table of
 * candidates; and what the newcomer answers first is lost.
 */
test.each([1, 2])(
  "a new machine is shown while others name addresses that nobody has: it waited for minutes (seed %d)",
  (seed) => {
    const world = new World({
      ...{ seed, modern: 4, old: 0, updateSeconds: 600, weather: CALM, isWide: true },
    });
    const [newcomer, others] = [nodeAt(world, 0), world.nodes.slice(1)];
    for (const node of others) node.start({ keepState: false });
    world.run(5 * SECOND);
    lie(world, others, seededChance(seed));
    world.run(15 * SECOND);
    for (const node of others) expect(node.core?.candidateCount()).toBeGreaterThan(4000);
    loseAnswers(world, newcomer, 2 * SECOND);
    newcomer.start({ keepState: false });
    world.run(15 * SECOND);
    expect(others.map((node) => stateAt(node, newcomer))).toEqual(allUp(3));
  },
);

function nodeAt(world: World, index: number): SimulatedNode {
  const node = world.nodes[index];
  if (node === undefined) throw new Error(`no machine ${index}`);
  return node;
}

/** Five machines with a minute between reports, which have known each other for another. */
function metWorld(options: Partial<WorldOptions> & { readonly seed: number }): World {
  const world = new World({
    ...{ modern: MET, old: 0, updateSeconds: UPDATE_SECONDS, weather: CALM, ...options },
  });
  world.startAll(SECOND);
  world.untilAllHaveReports(20 * SECOND);
  world.run(MINUTE);
  return world;
}

/** Virtual ms until all show all, each up where it is now; NaN if that takes longer. */
function untilAllShown(world: World): number {
  const startMs = world.nowMs;
  while (world.nowMs - startMs < SHOWN_MS) {
    world.run(SECOND);
    if (world.nodes.every((node) => showsAll(world, node))) {
      return world.nowMs - startMs;
    }
  }
  return Number.NaN;
}

function showsAll(world: World, node: SimulatedNode): boolean {
  return world.nodes.every((of) => isShown(node, of));
}

function isShown(node: SimulatedNode, of: SimulatedNode): boolean {
  const machines = node.core?.machines(node.now()) ?? [];
  const [machine, ...more] = machines.filter(({ id }) => id === of.id);
  // Its own address is what others tell.
  const isThere = node === of || machine?.address === of.address;
  return machine?.state === "up" && isThere && more.length === 0;
}

function allUp(count: number): string[] {
  return Array.from({ length: count }, () => "up");
}

function every(world: World, ms: number, run: () => void): void {
  run();
  world.network.at(world.nowMs + ms, () => every(world, ms, run));
}

function lie(world: World, to: readonly SimulatedNode[], chance: () => number): void {
  const invented = (count: number) => Array.from({ length: count }, () => inventedAddress(chance));
  const liars = invented(200);
  let lists = 0;
  every(world, 25, () => {
    const list = Buffer.from(`${SIGNATURE}!${invented(30).join(" ")}`);
    const liar = liars[lists++ % liars.length] ?? "";
    for (const { address } of to) world.network.inject(liar, address, list);
  });
}

/** Of what this machine sends to each, the first packet arrives, and then for so long none. */
function loseAnswers(world: World, node: SimulatedNode, ms: number): void {
  const { network } = world;
  const met = new Set<string>();
  network.tap = (from, to) => {
    if (from !== node.address || met.has(to.address)) return;
    met.add(to.address);
    network.at(world.nowMs + 1, () => network.cut(from, to.address));
  };
  network.at(world.nowMs + ms, () => network.mend());
}
