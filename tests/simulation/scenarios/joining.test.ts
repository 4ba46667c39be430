/** How fast machines find each other when nothing goes wrong (a calm network, ticks of 50 ms). */
import { describe, expect, test } from "bun:test";
import { CALM } from "../world/network.ts";
import { World } from "../world/world.ts";

function calmWorld(modern: number, seed: number = modern): World {
  return new World({ seed, modern, old: 0, updateSeconds: 600, weather: CALM });
}

describe("with ten minutes between reports and nobody watching", () => {
  test.each([
    { count: 2, withinMs: 10_000 },
    { count: 12, withinMs: 10_000 },
    { count: 60, withinMs: 15_000 },
  ])("$count machines that start within a second all show all of them", ({ count, withinMs }) => {
    const world = calmWorld(count);
    world.startAll(1000);
    world.run(1000);
    expect(world.untilAllHaveReports(withinMs)).toBeLessThanOrEqual(withinMs);
    expect(world.complaints()).toEqual([]);
  });

  test.each(Array.from({ length: 30 }, (_, i) => i + 1))(
    "twelve machines all show all twelve within ten seconds, whatever the chance (seed %d)",
    (seed) => {
      const world = calmWorld(12, seed);
      world.startAll(1000);
      expect(world.untilAllHaveReports(10_000)).toBeLessThanOrEqual(10_000);
    },
  );

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "of sixty machines that start within three seconds none stay among themselves (seed %d)",
    (seed) => {
      const world = new World({
        ...{ seed, modern: 60, old: 0, updateSeconds: 600, weather: CALM, minTickMs: 5 },
      });
      world.startAll(3000);
      expect(world.untilAllHaveReports(30_000)).toBeLessThanOrEqual(30_000);
    },
  );

  test("a thirteenth machine is known to all within five seconds", () => {
    const world = calmWorld(13);
    const [last, ...others] = [...world.nodes].reverse();
    for (const node of others) node.start({ keepState: false });
    world.run(60_000);
    last?.start({ keepState: false });
    expect(world.untilAllHaveReports(5000)).toBeLessThanOrEqual(5000);
  });

  test("a machine killed and started again is back within five seconds, with its new report", () => {
    const world = calmWorld(12);
    world.startAll(1000);
    world.run(120_000);
    const [node] = world.nodes;
    node?.stop({ sayGoodbye: false });
    world.run(2000);
    node?.start({ keepState: true });
    expect(world.untilAllHaveReports(5000)).toBeLessThanOrEqual(5000);
  });
});
