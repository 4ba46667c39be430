/** Machines of both kinds in one network, on which nothing fails: nobody is ever shown as down. */
import { describe, expect, test } from "bun:test";
import { RELIABLE } from "../world/network.ts";
import { World, type WorldOptions } from "../world/world.ts";

const TEN_HOURS_MS = 10 * 3600 * 1000;

/** What the real program of 2005 does. */
const REAL = { saysAlive: true, takesOnlyBare: false };
/** What its documentation allows: silence where nothing is new. */
const BY_THE_LETTER = { saysAlive: false, takesOnlyBare: false };

function tenHours(options: Pick<WorldOptions, "updateSeconds" | "v1UpdateSeconds" | "v1Habits">) {
  const world = new World({ seed: 11, v2: 2, v1: 2, conditions: RELIABLE, ...options });
  world.startAll(5000);
  world.run(TEN_HOURS_MS);
  return {
    byOurs: world.outages,
    byTheirs: world.v1Machines.flatMap(({ shownDown }) => shownDown),
    known: world.nodes.map((node) => node.core?.machines(node.now()).length),
    bad: world.badPackets(),
  };
}

describe("two of ours and two of 2005, in ten hours, show nobody as down", () => {
  const nobody = { byOurs: 0, byTheirs: [], known: [4, 4], bad: [] };
  test.each([
    { title: "with 600 s against 10 s", updateSeconds: 600, v1UpdateSeconds: 10 },
    { title: "with 10 s against 600 s", updateSeconds: 10, v1UpdateSeconds: 600 },
    { title: "with 60 s each", updateSeconds: 60, v1UpdateSeconds: 60 },
  ])(
    "$title",
    (intervals) => {
      expect(tenHours({ ...intervals, v1Habits: REAL })).toEqual(nobody);
    },
    120_000,
  );

  test("with peers that keep to the letter and answer nothing where nothing is new", () => {
    const { byOurs } = tenHours({
      updateSeconds: 600,
      v1UpdateSeconds: 10,
      v1Habits: BY_THE_LETTER,
    });
    expect(byOurs).toBe(0);
  }, 120_000);
});
