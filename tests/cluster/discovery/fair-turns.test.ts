/** Candidates wait in three groups, which are asked round-robin. */
import { describe, expect, test } from "bun:test";
import { PartsBench } from "../parts-harness.ts";

const COUNT = 250;
const ASKED_BEFORE = 60;

describe("when more candidates of every group wait than can be asked,", () => {
  const bench = new PartsBench();
  const { candidates } = bench.parts;
  const address = (group: number, i: number) => `10.${group}.0.${i}`;
  const askedBefore = Array.from({ length: ASKED_BEFORE }, (_, i) => address(1, i));
  for (const candidate of askedBefore) candidates.add(candidate, { hasSpoken: true });
  bench.run(4000, 100, () => candidates.run());
  bench.sentTo();
  for (const candidate of askedBefore) candidates.add(candidate, { hasSpoken: true });
  for (let i = 0; i < COUNT; i++) {
    candidates.add(address(2, i), { hasSpoken: true });
    candidates.add(address(3, i), { hasSpoken: false });
  }
  bench.run(4000, 100, () => candidates.run());
  const sentTo = bench.sentTo();
  const share = (group: number) =>
    sentTo.filter((to) => to.startsWith(`10.${group}.`)).length / sentTo.length;

  test("the budget of 50 questions a second is used", () => {
    expect(sentTo.length).toBeWithin(175, 201);
  });

  test("newcomers that have spoken get four of six questions", () => {
    expect(share(2)).toBeCloseTo(4 / 6, 1);
  });

  test("candidates that have spoken and were asked before get one of six", () => {
    expect(share(1)).toBeCloseTo(1 / 6, 1);
  });

  test("addresses that lists have named get one of six", () => {
    expect(share(3)).toBeCloseTo(1 / 6, 1);
  });
});
