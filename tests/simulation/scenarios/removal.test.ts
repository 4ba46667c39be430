/**
 * Thirty machines on a network that loses a fifth of the packets each way, doubles, delays and
 * reorders them; one of them is scrapped, or somebody only claims so.
 */
import { describe, expect, test } from "bun:test";
import { encodeForget } from "../../../src/protocol/encode.ts";
import { CALM } from "../world/network.ts";
import { PORT, SIGNATURE, type SimulatedNode } from "../world/node.ts";
import { seededChance } from "../world/random.ts";
import { World } from "../world/world.ts";

const SECOND = 1000;
const MACHINES = 30;
const UPDATE_SECONDS = 60;
const SEEDS = Array.from({ length: 8 }, (_, index) => 701 + index);
const TIMEOUT_MS = 60_000;

/**
 * 11 s until a machine that was up there is silent, 10 s of questions, a tenth at once of whom the
 * message reached, the others when it is repeated 10 and 30 s later, or passed on to them.
 */
const ALL_FORGET_MS = 60 * SECOND;

function settledWorld(seed: number): World {
  const world = new World({ seed, modern: MACHINES, old: 0, updateSeconds: UPDATE_SECONDS });
  world.startAll(10 * SECOND);
  world.run(150 * SECOND);
  return world;
}

function stateAt(node: SimulatedNode, id: string): string | undefined {
  return node.core?.machines(node.now()).find((machine) => machine.id === id)?.state;
}

/** Runs until it is so, looking every second; gives back how long that took. */
function runUntil(world: World, boundMs: number, isSo: () => boolean): number {
  const startMs = world.nowMs;
  while (!isSo()) {
    if (world.nowMs - startMs >= boundMs) throw new Error(`not so after ${boundMs} ms`);
    world.run(SECOND);
  }
  return world.nowMs - startMs;
}

function firstAndLast(world: World): { first: SimulatedNode; last: SimulatedNode } {
  const [first, last] = [world.nodes[0], world.nodes.at(-1)];
  if (first === undefined || last === undefined) throw new Error("an empty world");
  return { first, last };
}

test(
  "thirty that were scrapped at once are tested by each at no more than 20 questions a second",
  () => {
    const world = new World({
      ...{ seed: 720, modern: 36, old: 0, updateSeconds: UPDATE_SECONDS, weather: CALM },
    });
    world.startAll(SECOND);
    world.untilAllHaveReports(30 * SECOND);
    const [first, ...others] = world.nodes;
    const scrapped = others.splice(0, 30);
    for (const node of scrapped) node.stop({ sayGoodbye: false });
    runUntil(world, 100 * SECOND, () =>
      scrapped.every(({ id }) => first !== undefined && stateAt(first, id) === "silent"),
    );
    for (const { id } of scrapped) first?.forget(id);
    // 240 questions take 13 s; the invariant of rates counts them (invariants/quiet-rates.ts).
    const isGone = () =>
      others.every((node) => scrapped.every(({ id }) => stateAt(node, id) === undefined));
    const tookMs = runUntil(world, ALL_FORGET_MS, isGone);
    expect(tookMs).toBeGreaterThan(12 * SECOND);
  },
  TIMEOUT_MS,
);

describe("a machine that was scrapped", () => {
  test.each(
    SEEDS.flatMap((seed) => [
      { seed, noticed: "silent", waitMs: 0 },
      { seed, noticed: "down", waitMs: 200 * SECOND },
    ]),
  )(
    "is forgotten by all within a minute of the word of one that holds it $noticed (seed $seed)",
    ({ seed, waitMs }) => {
      const world = settledWorld(seed);
      const { first, last: scrapped } = firstAndLast(world);
      const others = world.nodes.filter((node) => node !== scrapped);
      scrapped.stop({ sayGoodbye: false });
      world.run(waitMs);
      runUntil(world, 300 * SECOND, () => {
        const state = stateAt(first, scrapped.id);
        return state === "silent" || state === "down";
      });
      first.forget(scrapped.id);
      const isGone = () => others.every((node) => stateAt(node, scrapped.id) === undefined);
      runUntil(world, ALL_FORGET_MS, isGone);
      // And it stays so: no list, no late packet brings it back.
      world.run(200 * SECOND);
      expect(isGone()).toBe(true);
      expect(world.complaints()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "is forgotten for the rest by those who were off meanwhile when they are told too",
    () => {
      const world = settledWorld(801);
      const { first, last: scrapped } = firstAndLast(world);
      const off = world.nodes[1];
      scrapped.stop({ sayGoodbye: true });
      world.run(120 * SECOND);
      off?.stop({ sayGoodbye: false });
      first.forget(scrapped.id);
      world.run(ALL_FORGET_MS);
      off?.start({ keepState: true });
      world.run(120 * SECOND);
      const isShownBy = () =>
        world.nodes.filter((node) => stateAt(node, scrapped.id) !== undefined).map(({ id }) => id);
      expect(isShownBy()).toEqual([off?.id ?? ""]);
      off?.forget(scrapped.id);
      expect(isShownBy()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe("a forged word that a living machine was scrapped", () => {
  test.each(SEEDS)(
    "said to all, again and again, removes it from nobody's page (seed %d)",
    (seed) => {
      const world = settledWorld(seed);
      const chance = seededChance(seed);
      const { last: living } = firstAndLast(world);
      const others = world.nodes.filter((node) => node !== living);
      const holders = () => others.filter((node) => stateAt(node, living.id) !== undefined);
      // On such a network a machine may still be unknown here and there.
      const before = holders();
      expect(before.length).toBeGreaterThan(MACHINES - 4);
      const bytes = encodeForget(SIGNATURE, { id: living.id });
      for (let second = 0; second < 120; second++) {
        for (const node of others) {
          const claimed = world.nodes[Math.floor(chance() * MACHINES)];
          const to = { address: node.address, port: PORT };
          if (claimed !== undefined) world.network.send(claimed.address, to, bytes);
        }
        world.run(SECOND);
        const lost = before.filter((node) => stateAt(node, living.id) === undefined);
        expect(lost.map(({ id }) => id)).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );
});
