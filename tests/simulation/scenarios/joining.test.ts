/** How fast machines find each other on a reliable network. */
import { describe, expect, test } from "bun:test";
import { RELIABLE } from "../world/network.ts";
import { World } from "../world/world.ts";

function reliableWorld(v2: number, seed: number = v2): World {
  return new World({ seed, v2, v1: 0, updateSeconds: 600, conditions: RELIABLE });
}

describe("with ten minutes between reports and nobody watching,", () => {
  test.each([
    { count: 2, withinMs: 10_000 },
    { count: 12, withinMs: 10_000 },
    { count: 60, withinMs: 15_000 },
  ])(
    "$count machines that start within a second all show each other within $withinMs ms",
    (row) => {
      const { count, withinMs } = row;
      const world = reliableWorld(count);
      world.startAll(1000);
      world.run(1000);
      expect(world.untilAllHaveReports(withinMs)).toBeLessThanOrEqual(withinMs);
      expect(world.badPackets()).toEqual([]);
    },
  );

  test.each(Array.from({ length: 30 }, (_, i) => i + 1))(
    "twelve machines all show each other within ten seconds (seed %d)",
    (seed) => {
      const world = reliableWorld(12, seed);
      world.startAll(1000);
      expect(world.untilAllHaveReports(10_000)).toBeLessThanOrEqual(10_000);
    },
  );

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "sixty machines that start within three seconds do not split into separate groups (seed %d)",
    (seed) => {
      const world = new World({
        ...{ seed, v2: 60, v1: 0, updateSeconds: 600, conditions: RELIABLE, minTickMs: 5 },
      });
      world.startAll(3000);
      expect(world.untilAllHaveReports(30_000)).toBeLessThanOrEqual(30_000);
    },
  );

  test("a thirteenth machine is shown by all others within five seconds of its start", () => {
    const world = reliableWorld(13);
    const [last, ...others] = [...world.nodes].reverse();
    for (const node of others) node.start({ keepState: false });
    world.run(60_000);
    last?.start({ keepState: false });
    expect(world.untilAllHaveReports(5000)).toBeLessThanOrEqual(5000);
  });

  test("a machine that is killed and started again is shown with a new report within five seconds", () => {
    const world = reliableWorld(12);
    world.startAll(1000);
    world.run(120_000);
    const [node] = world.nodes;
    node?.stop({ sayGoodbye: false });
    world.run(2000);
    node?.start({ keepState: true });
    expect(world.untilAllHaveReports(5000)).toBeLessThanOrEqual(5000);
  });
});
