/**
 * Worlds that each vary one thing: mixed intervals, other intervals, hours of faults, two networks.
 * Worlds that vary everything at once are in run-seed.test.ts.
 */
import { describe, expect, test } from "bun:test";
import { RELIABLE } from "../world/network.ts";
import { World, type WorldOptions } from "../world/world.ts";
import { START_MS, surviveFaults } from "./steps.ts";

const UPDATE_SECONDS = 60;

/**
 * Once the faults stop, all machines agree within four intervals: one until a machine that has been
 * quiet for five minutes is asked again, one until a protocol-1 machine has a new report, and two to
 * spare. (Of 240 worlds the longest took 158 s, the median 67 s.)
 */
const BOUND_MS = 4 * UPDATE_SECONDS * 1000;

const TIMEOUT_MS = 120_000;

function runWorld(options: WorldOptions & { readonly faultsMs?: number }): void {
  const world = new World(options);
  const { seed, faultsMs } = options;
  try {
    surviveFaults(world, { boundMs: BOUND_MS, ...(faultsMs !== undefined && { faultsMs }) });
  } catch (cause) {
    throw new Error(`seed ${seed}, at ${world.nowMs} ms`, { cause });
  }
}

describe("in a world that once showed a bug,", () => {
  const cases: { title: string; options: WorldOptions }[] = [
    {
      title: "a machine that asked itself by protocol 1 does not take itself for another machine",
      options: { seed: 4, v2: 27, v1: 3, updateSeconds: 60 },
    },
    {
      title: "a machine that comes back is not shown a second time under its address",
      options: { seed: 2, v2: 27, v1: 3, updateSeconds: 60 },
    },
    {
      title: "missed protocol-1 reports do not lengthen the interval at which they are asked for",
      options: { seed: 9, v2: 20, v1: 10, updateSeconds: 60 },
    },
  ];
  test.each(cases)("$title", ({ options }) => runWorld(options), TIMEOUT_MS);
});

test("machines that answer all waiting packets after a pause are not taken for protocol-1 machines", () => {
  const world = new World({ seed: 4, v2: 24, v1: 0, updateSeconds: 60, conditions: RELIABLE });
  world.startAll(START_MS);
  world.run(60_000);
  const stopped = world.nodes.slice(12);
  for (const node of stopped) node.pause();
  world.run(4 * UPDATE_SECONDS * 1000);
  const misjudged: string[] = [];
  for (const node of world.nodes) {
    node.addInvariant({
      output: (output) => {
        const isV1 = output.kind === "remember" && output.machine.protocol === 1;
        if (isV1) misjudged.push(`${output.machine.id} by ${node.id}`);
      },
    });
  }
  for (const node of stopped) node.resume();
  world.untilConverged(20_000);
  expect(misjudged).toEqual([]);
});

test(
  "machines agree after three hours of faults, with long absences among them",
  () => {
    const options = { seed: 401, v2: 10, v1: 2, updateSeconds: 60 };
    runWorld({ ...options, faultsMs: 3 * 3600 * 1000 });
  },
  TIMEOUT_MS,
);

test(
  "a machine on two networks is shown as one machine whatever faults happen",
  () => {
    for (let seed = 501; seed <= 520; seed++) {
      runWorld({ seed, v2: 12, v1: 1, twoAddresses: 6, updateSeconds: 60 });
    }
  },
  TIMEOUT_MS,
);

describe("machines with different intervals", () => {
  test(
    "never show each other as down on a reliable network",
    () => {
      const mixedSeconds = [20, 60, 600, 3600];
      const options = { seed: 601, v2: 8, v1: 0, updateSeconds: 60, mixedSeconds };
      const world = new World({ ...options, conditions: RELIABLE });
      world.startAll(START_MS);
      world.run(4 * 3600 * 1000);
      expect(world.untilConverged(60_000)).toBeLessThanOrEqual(60_000);
      expect(world.outages).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    "agree once the faults have stopped",
    () => {
      // A stopped machine is asked once an interval, so the longest interval counts.
      const mixedSeconds = [5, 30, 120];
      for (let seed = 611; seed <= 630; seed++) {
        const world = new World({ seed, v2: 12, v1: 0, updateSeconds: 60, mixedSeconds });
        surviveFaults(world, { boundMs: 4 * Math.max(...mixedSeconds) * 1000 });
      }
    },
    TIMEOUT_MS,
  );
});

describe("once the faults have stopped, all machines agree", () => {
  test.each([
    { title: "with one second between reports", seed: 301, v2: 8, v1: 0, updateSeconds: 1 },
    { title: "with ten minutes between reports", seed: 302, v2: 12, v1: 2, updateSeconds: 600 },
    { title: "when most speak protocol 1 only", seed: 303, v2: 4, v1: 8, updateSeconds: 60 },
    { title: "when there are only two of them", seed: 304, v2: 2, v1: 0, updateSeconds: 60 },
  ])(
    "$title",
    ({ seed, v2, v1, updateSeconds }) => {
      const world = new World({ seed, v2, v1, updateSeconds });
      // Quiet machines are asked every 10 or 60 s, whatever the interval is.
      surviveFaults(world, { boundMs: Math.max(4 * updateSeconds, 120) * 1000 });
    },
    TIMEOUT_MS,
  );
});
