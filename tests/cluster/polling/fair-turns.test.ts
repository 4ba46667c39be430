/** The small budget for quiet machines is shared by questions to them and probes of their addresses. */
import { describe, expect, test } from "bun:test";
import { PartsBench } from "../parts-harness.ts";

const COUNT = 100;

describe("when a hundred quiet machines and a hundred probes are due at the same time,", () => {
  const bench = new PartsBench();
  const { schedule, probes } = bench.parts;
  for (let i = 0; i < COUNT; i++) {
    schedule.plan(bench.add(`asked-${i}`, `10.1.0.${i}`, "down"), 0);
    const [contact] = bench.add(`probed-${i}`, `10.2.0.${i}`, "down").contacts;
    if (contact !== undefined) probes.start(contact);
  }
  bench.run(3000, 100, () => schedule.run());
  const sentTo = bench.sentTo();
  const machines = sentTo.filter((address) => address.startsWith("10.1."));
  const probed = sentTo.filter((address) => address.startsWith("10.2."));

  test("the budget of 20 questions a second is used", () => {
    expect(sentTo.length).toBeWithin(40, 61);
  });

  test("probes do not keep quiet machines from being asked", () => {
    expect(machines.length).toBeGreaterThanOrEqual(sentTo.length / 2 - 1);
  });

  test("quiet machines do not keep probes from being sent", () => {
    expect(probed.length).toBeGreaterThanOrEqual(sentTo.length / 2 - 1);
  });
});
