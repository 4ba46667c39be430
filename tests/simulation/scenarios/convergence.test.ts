/**
 * Worlds of one sort each: mixed paces, other intervals, long torment, two networks. Worlds of all
 * sorts at once are in simulate.test.ts.
 */
import { describe, expect, test } from "bun:test";
import { CALM } from "../world/network.ts";
import { World, type WorldOptions } from "../world/world.ts";

const UPDATE_SECONDS = 60;
/** Machines start within this time, as after a power cut. */
const START_MS = 20_000;
const TORMENT_MS = 120_000;

/**
 * Once the faults stop, all machines show all, up, each with its newest report, within four
 * intervals: one until a machine that has been quiet for five minutes is asked again, one for a
 * machine of 2005 to have something new, and two to spare. (The longest of 240 worlds took 158 s,
 * the median 67 s.)
 */
const BOUND_MS = 4 * UPDATE_SECONDS * 1000;

const TIMEOUT_MS = 120_000;

function liveThrough(options: WorldOptions & { readonly tormentMs?: number }): void {
  const world = new World(options);
  try {
    world.startAll(START_MS);
    world.torment(options.tormentMs ?? TORMENT_MS);
    world.heal();
    world.untilAgreed(BOUND_MS);
  } catch (cause) {
    throw new Error(`seed ${options.seed}, at ${world.nowMs} ms`, { cause });
  }
  expect({ seed: options.seed, complaints: world.complaints() }).toEqual({
    seed: options.seed,
    complaints: [],
  });
}

describe("worlds in which something once went wrong", () => {
  const cases: { title: string; options: WorldOptions }[] = [
    {
      title: "a machine that asked itself by protocol 1 does not take itself for another",
      options: { seed: 4, modern: 27, old: 3, updateSeconds: 60 },
    },
    {
      title: "a machine that comes back is not shown a second time under its address",
      options: { seed: 2, modern: 27, old: 3, updateSeconds: 60 },
    },
    {
      title: "missed reports of 2005 do not stretch the interval at which they are asked for",
      options: { seed: 9, modern: 20, old: 10, updateSeconds: 60 },
    },
  ];
  test.each(cases)("$title", ({ options }) => liveThrough(options), TIMEOUT_MS);
});

test("machines that go on after a stop, and answer all that waited, pass for none of 2005", () => {
  const world = new World({ seed: 4, modern: 24, old: 0, updateSeconds: 60, weather: CALM });
  world.startAll(START_MS);
  world.run(60_000);
  const stopped = world.nodes.slice(12);
  for (const node of stopped) node.pause();
  world.run(4 * UPDATE_SECONDS * 1000);
  const taken: string[] = [];
  for (const node of world.nodes) {
    node.hold({
      told: (output) => {
        const isOld = output.kind === "remember" && output.machine.protocol === 1;
        if (isOld) taken.push(`${output.machine.id} by ${node.id}`);
      },
    });
  }
  for (const node of stopped) node.resume();
  world.untilAgreed(20_000);
  expect(taken).toEqual([]);
});

test(
  "after three hours of torment, long absences among it, they agree as well",
  () => {
    const options = { seed: 401, modern: 10, old: 2, updateSeconds: 60 };
    liveThrough({ ...options, tormentMs: 3 * 3600 * 1000 });
  },
  TIMEOUT_MS,
);

test(
  "machines on two networks are one machine each, whatever happens",
  () => {
    for (let seed = 501; seed <= 520; seed++) {
      liveThrough({ seed, modern: 12, old: 1, twoAddresses: 6, updateSeconds: 60 });
    }
  },
  TIMEOUT_MS,
);

describe("machines that make their reports each at a pace of its own", () => {
  test(
    "never hold each other for down while all goes well",
    () => {
      const mixedSeconds = [20, 60, 600, 3600];
      const options = { seed: 601, modern: 8, old: 0, updateSeconds: 60, mixedSeconds };
      const world = new World({ ...options, weather: CALM });
      world.startAll(START_MS);
      world.run(4 * 3600 * 1000);
      expect(world.untilAgreed(60_000)).toBeLessThanOrEqual(60_000);
      expect(world.outages).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    "agree like any others once the faults stop",
    () => {
      // Whoever is stopped is asked once an interval: the longest one counts.
      const mixedSeconds = [5, 30, 120];
      for (let seed = 611; seed <= 630; seed++) {
        const world = new World({ seed, modern: 12, old: 0, updateSeconds: 60, mixedSeconds });
        world.startAll(START_MS);
        world.torment(TORMENT_MS);
        world.heal();
        world.untilAgreed(4 * Math.max(...mixedSeconds) * 1000);
        expect(world.complaints()).toEqual([]);
      }
    },
    TIMEOUT_MS,
  );
});

describe("other networks", () => {
  test.each([
    { title: "a second between reports", seed: 301, modern: 8, old: 0, updateSeconds: 1 },
    { title: "ten minutes between reports", seed: 302, modern: 12, old: 2, updateSeconds: 600 },
    { title: "machines of 2005 in the majority", seed: 303, modern: 4, old: 8, updateSeconds: 60 },
    { title: "two machines", seed: 304, modern: 2, old: 0, updateSeconds: 60 },
  ])(
    "$title: all agree in the end",
    ({ seed, modern, old, updateSeconds }) => {
      const world = new World({ seed, modern, old, updateSeconds });
      world.startAll(START_MS);
      world.torment(TORMENT_MS);
      world.heal();
      // Quiet machines are asked every 10 or 60 s, whatever the interval is.
      world.untilAgreed(Math.max(4 * updateSeconds, 120) * 1000);
      expect(world.complaints()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
