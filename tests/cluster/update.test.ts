/** Changing the interval while the core runs: when machines are asked, and when they are down. */
import { describe, expect, test } from "bun:test";
import { Bench } from "./core-harness.ts";

const [A, B] = ["10.0.0.2", "10.0.0.3"];
const MINUTE = 60_000;

function change(bench: Bench, updateSeconds: number): void {
  bench.take(bench.cluster.setUpdateSeconds(updateSeconds, bench.now()));
}

/** When this address was asked since the last `clear`. */
function asked(bench: Bench, address: string): number[] {
  return bench.sent
    .filter(({ to, text }) => to === address && text.startsWith(">"))
    .map(({ atMs }) => atMs);
}

describe("a shorter interval", () => {
  test("makes no machine down before all have been asked and three new intervals have passed", () => {
    const bench = new Bench({ updateSeconds: 600 });
    bench.meet(A, { id: "ann", name: "ann" });
    bench.meet(B, { id: "bob", name: "bob" });
    bench.runLong(8 * MINUTE);
    bench.clear();
    change(bench, 10);
    let answered = 0;
    for (let second = 0; second < 35; second++) {
      if (second < 30) expect(bench.machine("bob")?.state).not.toBe("down");
      bench.runLong(1000);
      const isAsked = asked(bench, A).length > answered;
      answered = asked(bench, A).length;
      if (isAsked) bench.answer(A, { id: "ann", name: "ann", sequence: 2 });
    }
    expect(answered).toBeGreaterThan(1);
    expect(asked(bench, B).length).toBeGreaterThan(0);
    // Three intervals have passed since the change.
    expect(bench.machine("ann")?.state).not.toBe("down");
    expect(bench.machine("bob")?.state).toBe("down");
    const downs = bench.of("entry").filter(({ entry }) => entry.state === "down");
    expect(downs.map(({ id }) => id)).toEqual(["bob"]);
  });

  test("brings the next address list forward", () => {
    const bench = new Bench({ updateSeconds: 86_400 });
    bench.meet(A);
    change(bench, 10);
    bench.clear();
    for (let i = 0; i < 4; i++) {
      bench.runLong(8_000);
      if (asked(bench, A).length > 0) bench.answer(A, { sequence: i + 2 });
    }
    expect(bench.textsTo(A).filter((text) => text.startsWith("!")).length).toBeGreaterThan(0);
  });
});

describe("a longer interval", () => {
  test("gives a machine that is up more time before it is down", () => {
    const bench = new Bench({ updateSeconds: 10 });
    bench.meet(A, { interval: 10 });
    bench.runLong(5_000);
    change(bench, 600);
    bench.runLong(29 * MINUTE);
    expect(bench.machine("ann")?.state).not.toBe("down");
    bench.runLong(2 * MINUTE);
    expect(bench.machine("ann")?.state).toBe("down");
  });

  test("is named in answers", () => {
    const bench = new Bench({ updateSeconds: 10 });
    bench.publish();
    change(bench, 600);
    bench.clear();
    bench.receive(A, '>{"question":7,"id":"ann"}');
    const [answer = ""] = bench.textsTo(A).filter((text) => text.startsWith("<{"));
    expect(JSON.parse(answer.slice(1))).toMatchObject({ answer: 7, interval: 600 });
  });
});
