/** A machine that may be cut off itself does not send the others after each other. */
import { describe, expect, test } from "bun:test";
import { Bench } from "../core-harness.ts";

const OTHERS = Array.from({ length: 12 }, (_, i) => ({
  id: `m${String(i).padStart(2, "0")}`,
  address: `10.0.1.${i}`,
}));
const [CHATTERER] = OTHERS;
/** A machine that has heard nobody for 5 s may be cut off; a tick comes every 100 ms. */
const HEARD_NOBODY_MS = 5100;

/** A machine that has just met twelve others, all of which stand in the ring. */
function benchWithRing(): Bench {
  const bench = new Bench();
  bench.publish();
  for (const { id, address } of OTHERS) {
    bench.meet(address, { id, name: id, incarnation: `boot-${id}`, ring: true });
  }
  return bench;
}

function hintsOf(bench: Bench): string[] {
  return bench.sent.filter(({ text }) => text.startsWith('<{"hint"')).map(({ text }) => text);
}

function upCount(bench: Bench): number {
  return bench.others().filter(({ state }) => state === "up").length;
}

describe("a machine that has heard nobody for five seconds", () => {
  test("sends no hints, although machines that could be told are still up", () => {
    const bench = benchWithRing();
    bench.run(HEARD_NOBODY_MS);
    bench.clear();
    expect(upCount(bench)).toBeGreaterThan(8);
    bench.run(20_000);
    expect(hintsOf(bench)).toEqual([]);
    expect(upCount(bench)).toBe(0);
  });
});

describe("a machine that still hears one of the others", () => {
  test("sends hints about those that do not answer", () => {
    const bench = benchWithRing();
    bench.run(HEARD_NOBODY_MS);
    bench.clear();
    for (let i = 0; i < 10; i++) {
      bench.receive(CHATTERER?.address ?? "", ">AAAAAAAA");
      bench.run(1000);
    }
    expect(hintsOf(bench)).not.toEqual([]);
  });
});
