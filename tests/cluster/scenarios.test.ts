/** What happens to machines over days: addresses that change, names that coincide, clocks that are off. */
import { describe, expect, test } from "bun:test";
import { Bench, START_WALL_MS, v1Report } from "./core-harness.ts";

const A = "10.0.0.2";
const B = "10.0.0.3";
const C = "10.0.0.4";
const ANN = { id: "ann", incarnation: "boota", name: "ann" };
const BOB = { id: "bob", incarnation: "bootb", name: "bob" };
const MINUTE = 60_000;
const YEAR_SECONDS = 365 * 86_400;

/** Ann is up at A, and bob is up at B. */
function benchOfTwo(): Bench {
  const bench = new Bench();
  bench.meet(A, ANN);
  bench.meet(B, BOB);
  bench.clear();
  return bench;
}

/** Waits until this address is asked again, in whatever form. */
function untilAsked(bench: Bench, address: string): void {
  bench.clear();
  const untilMs = bench.nowMs + 3_600_000;
  const isAsked = () => bench.textsTo(address).some((text) => text.startsWith(">"));
  while (!isAsked() && bench.nowMs < untilMs) bench.runLong(100);
}

describe("two machines that swap their addresses", () => {
  test.each([
    { first: A, second: B },
    { first: B, second: A },
  ])(
    "stay up as the machines that they were (the one at $first answers first)",
    ({ first, second }) => {
      const bench = benchOfTwo();
      const at = (address: string) => (address === A ? BOB : ANN);
      bench.answerNext(first, { ...at(first), sequence: 2 });
      const entries = bench.of("entry");
      bench.answerNext(second, { ...at(second), sequence: 2 });
      entries.push(...bench.of("entry"));
      expect(bench.machine("ann")).toMatchObject({ state: "up", address: B, addresses: [B] });
      expect(bench.machine("bob")).toMatchObject({ state: "up", address: A, addresses: [A] });
      expect(bench.others()).toHaveLength(2);
      // Each report is in the history of the machine that made it, and neither history has an outage.
      const kept = entries.map(({ id, entry }) => `${id} ${entry.state}`).sort();
      expect(kept).toEqual(["ann up", "bob up"]);
      expect(bench.others().some(({ isClone }) => isClone)).toBe(false);
    },
  );
});

describe("a laptop that comes back under another address", () => {
  test("is the same machine, shown at the new address and no longer asked at the old one", () => {
    const bench = new Bench();
    bench.meet(A, ANN);
    bench.run(5 * MINUTE);
    bench.meet(C, { ...ANN, age: 300 });
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("ann")).toMatchObject({ state: "up", address: C });
    bench.answerNext(C, { ...ANN, sequence: 2 });
    const asked = bench.sent.filter(({ to, text }) => to === A && text.startsWith(">"));
    expect(asked).toEqual([]);
  });

  test("that another machine had leaves that machine its history until it comes back elsewhere", () => {
    const bench = benchOfTwo();
    // Ann has been given bob's address; bob was switched off without a goodbye.
    bench.answerNext(B, { ...ANN, sequence: 2 });
    expect(bench.machine("ann")).toMatchObject({ state: "up", address: B, addresses: [B, A] });
    bench.runLong(40 * MINUTE);
    expect(bench.machine("bob")?.state).toBe("down");
    expect(bench.machine("bob")?.report).toMatchObject({ name: "bob" });
    bench.clear();
    bench.meet(C, { ...BOB, incarnation: "bootb2" });
    expect(bench.machine("bob")).toMatchObject({ state: "up", address: C, addresses: [C] });
    expect(bench.of("outage-over").map(({ id }) => id)).toEqual(["bob"]);
  });
});

describe("two machines with the same name", () => {
  test("are shown as two machines, also when one of them stops", () => {
    const bench = new Bench();
    bench.meet(A, { ...ANN, name: "node" });
    bench.meet(B, { ...BOB, name: "node" });
    expect(bench.others().map(({ id, name }) => `${id} ${name}`)).toEqual(["ann node", "bob node"]);
    bench.receive(B, '<{"bye":{"id":"bob","boot":"bootb"}}');
    bench.run(10_000);
    expect(bench.machine("bob")?.state).toBe("stopped");
    expect(bench.machine("ann")?.state).toBe("up");
  });
});

describe("a machine whose clock is a year off", () => {
  test.each([YEAR_SECONDS, -YEAR_SECONDS])(
    "has its reports dated by this machine's clock (%d s off)",
    (seconds) => {
      const bench = new Bench();
      const clockOf = () => START_WALL_MS + bench.nowMs + seconds * 1000;
      bench.receive(A, "?");
      bench.run(100);
      bench.answer(A, { ...ANN, age: 40, clock: clockOf() });
      untilAsked(bench, A);
      bench.answer(A, { ...ANN, sequence: 2, age: 1, clock: clockOf() });
      const machine = bench.machine("ann");
      expect(machine?.clockOffsetSeconds).toBeCloseTo(seconds, 0);
      expect(machine).toMatchObject({ state: "up", sequence: 2 });
      expect(machine?.reportAgeSeconds).toBeCloseTo(1, 0);
      const [entry] = bench.of("entry");
      expect(entry?.entry.atWallMs).toBe(START_WALL_MS + bench.nowMs - 1000);
    },
  );

  test("that speaks protocol 1, whose reports carry dates, has them dated by this machine's clock too", () => {
    const bench = new Bench();
    const wallSeconds = START_WALL_MS / 1000 + YEAR_SECONDS;
    bench.meetV1(A, v1Report({ wallSeconds }));
    const times = bench.of("entry").map(({ entry }) => entry.atWallMs);
    // After the bare request a question follows; then the machine is asked when its report is due.
    bench.run(10_000);
    untilAsked(bench, A);
    bench.receive(A, `<${v1Report({ wallSeconds: wallSeconds + 600, uptime: 5600 })}`);
    times.push(...bench.of("entry").map(({ entry }) => entry.atWallMs));
    expect(times).toEqual([START_WALL_MS + 100, START_WALL_MS + bench.nowMs]);
  });
});

test("a step of this machine's clock by a year changes no age that it shows", () => {
  const bench = benchOfTwo();
  bench.wallOffsetMs = -YEAR_SECONDS * 1000;
  bench.run(MINUTE);
  for (const { state, reportAgeSeconds } of bench.others()) {
    expect(state).toBe("up");
    expect(reportAgeSeconds).toBeCloseTo(60, -1);
  }
});
