/** Asking newly met machines for their address lists. */
import { describe, expect, test } from "bun:test";
import { PartsBench } from "../parts-harness.ts";

describe("a young machine that keeps meeting other machines", () => {
  test("asks for the first list within 1.5 s, although each new machine plans the question again", () => {
    const bench = new PartsBench();
    const { listPuller } = bench.parts;
    let met = 0;
    const meetOneMore = () => {
      listPuller.noteNewPeer(bench.add(`m${met}`, `10.1.0.${met}`));
      met++;
      listPuller.run();
    };
    bench.run(1500, 100, meetOneMore);
    expect(bench.sentTo()).toHaveLength(1);
    bench.run(10_000, 100, meetOneMore);
    expect(bench.sentTo().length).toBeGreaterThanOrEqual(6);
  });
});

describe("a machine that is no longer young", () => {
  test("asks each of a few newcomers, and none of them twice", () => {
    const bench = new PartsBench();
    const { listPuller } = bench.parts;
    bench.run(301_000, 1000, () => listPuller.run());
    for (const i of [1, 2, 3]) {
      const address = `10.1.0.${i}`;
      listPuller.noteNewPeer(bench.add(`m${i}`, address));
      bench.run(120_000, 1000, () => listPuller.run());
      expect(bench.sentTo()).toEqual([address]);
    }
  });
});
