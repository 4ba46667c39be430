/** The states of a machine: up, silent, stopped, down, forgotten. */
import { describe, expect, test } from "bun:test";
import { Bench, knownMachine, START_WALL_MS } from "./core-harness.ts";

const A = "10.0.0.2";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Ann became known at 100 ms and does not answer any more. Its next report is due at once, so that it
 * is asked within half a minute.
 */
function metAndGone(options: { updateSeconds?: number } = {}): Bench {
  const bench = new Bench(options);
  bench.meet(A, { age: 599, interval: 600 });
  bench.clear();
  return bench;
}

function asked(bench: Bench): number[] {
  return bench.sent
    .filter(({ to, text }) => to === A && text.startsWith(">"))
    .map(({ atMs }) => atMs);
}

describe("a machine that does not answer", () => {
  test("is silent once a question and its repeats after 1, 2 and 4 s are left unanswered", () => {
    const bench = metAndGone();
    while (asked(bench).length === 0) bench.run(100);
    bench.run(10_000);
    expect(asked(bench)).toHaveLength(4);
    expect(bench.machine("ann")).toMatchObject({ state: "up", unanswered: 3 });
    bench.run(1100);
    expect(bench.machine("ann")).toMatchObject({ state: "silent", unanswered: 4 });
    expect(bench.of("entry")).toEqual([]);
    expect(bench.of("remember").at(-1)?.machine.state).toBe("silent");
  });

  test("is asked every 10 s for 5 minutes, every minute for an hour, then once an interval", () => {
    const bench = metAndGone();
    while (bench.machine("ann")?.state !== "silent") bench.run(1000);
    const startMs = bench.nowMs;
    bench.clear();
    bench.runLong(5 * HOUR);
    const since = asked(bench).map((atMs) => atMs - startMs);
    const within = (fromMs: number, toMs: number) =>
      since.filter((ms) => ms >= fromMs && ms < toMs).length;
    expect(within(0, 5 * MINUTE)).toBeGreaterThanOrEqual(28);
    expect(within(0, 5 * MINUTE)).toBeLessThanOrEqual(32);
    expect(within(5 * MINUTE, HOUR)).toBeGreaterThanOrEqual(52);
    expect(within(5 * MINUTE, HOUR)).toBeLessThanOrEqual(58);
    expect(within(HOUR, 5 * HOUR)).toBeGreaterThanOrEqual(22);
    expect(within(HOUR, 5 * HOUR)).toBeLessThanOrEqual(26);
  });

  test("is asked at that pace from the moment it fell silent, however long it was up before", () => {
    const bench = new Bench();
    bench.meet(A);
    for (let sequence = 2; sequence < 8; sequence++) bench.answerNext(A, { sequence });
    bench.clear();
    while (bench.machine("ann")?.state !== "silent") bench.run(1000);
    bench.clear();
    bench.run(60_000);
    expect(asked(bench).length).toBeGreaterThanOrEqual(5);
  });

  test("is down after three intervals, and its outage began when it was last heard", () => {
    const bench = metAndGone();
    bench.runLong(30 * MINUTE - 1000);
    expect(bench.machine("ann")?.state).toBe("silent");
    bench.run(1200);
    expect(bench.machine("ann")?.state).toBe("down");
    const entry = { state: "down", atWallMs: START_WALL_MS + 100 };
    expect(bench.of("entry")).toMatchObject([{ kind: "entry", id: "ann", entry }]);
    expect(bench.machine("ann")?.stateSinceWallMs).toBe(entry.atWallMs);
  });

  test("is forgotten after 1,440 intervals", () => {
    const bench = metAndGone({ updateSeconds: 10 });
    bench.runLong(1440 * 10_000 - 2000);
    expect(bench.machine("ann")?.state).toBe("down");
    bench.runLong(4000);
    expect(bench.machine("ann")).toBeUndefined();
    expect(bench.of("forget")).toEqual([{ kind: "forget", id: "ann" }]);
    const { plannedQuestions, plannedStateChecks } = bench.cluster.sizes();
    expect({ plannedQuestions, plannedStateChecks }).toEqual({
      plannedQuestions: 0,
      plannedStateChecks: 0,
    });
    bench.clear();
    bench.runLong(HOUR);
    expect(asked(bench)).toEqual([]);
  });

  test("is asked at once when something comes from its address, but not again within a second", () => {
    const bench = metAndGone();
    bench.runLong(2 * HOUR);
    bench.clear();
    for (let i = 0; i < 5; i++) {
      bench.receive(A, "!");
      bench.run(100);
    }
    expect(asked(bench)).toHaveLength(1);
    expect(bench.machine("ann")?.state).toBe("down");
  });

  test("is not asked because of what another program of that machine sent", () => {
    const bench = metAndGone();
    bench.runLong(2 * HOUR);
    bench.clear();
    bench.receive(A, "?", 40_000);
    bench.run(1000);
    expect(asked(bench)).toEqual([]);
  });
});

describe("a machine that answers again", () => {
  test.each([
    { title: "after it was silent has had no outage", waitMs: MINUTE, outages: 0 },
    {
      title: "after it was down has had one outage, which is over",
      waitMs: 40 * MINUTE,
      outages: 1,
    },
  ])("$title", ({ waitMs, outages }) => {
    const bench = metAndGone();
    bench.runLong(waitMs);
    const before = bench.of("entry").length;
    bench.answerNext(A, { sequence: 2 });
    expect(before).toBe(outages);
    expect(bench.of("outage-over")).toHaveLength(outages);
    expect(bench.machine("ann")).toMatchObject({ state: "up", sequence: 2, unanswered: 0 });
  });

  test("is asked at its ordinary pace again", () => {
    const bench = metAndGone();
    bench.runLong(40 * MINUTE);
    bench.answerNext(A, { sequence: 2 });
    bench.clear();
    bench.run(9 * MINUTE);
    expect(asked(bench)).toEqual([]);
    bench.run(2 * MINUTE);
    expect(asked(bench).length).toBeGreaterThan(0);
  });
});

describe("a goodbye", () => {
  const goodbye = '<{"bye":{"id":"ann","boot":"boota"}}';

  test("is tested by one question two seconds later, and makes the machine stopped if no answer comes", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    bench.receive(A, goodbye);
    bench.run(1900);
    expect(asked(bench)).toEqual([]);
    bench.run(300);
    expect(asked(bench)).toHaveLength(1);
    expect(bench.machine("ann")?.state).toBe("up");
    bench.run(2000);
    expect(asked(bench)).toHaveLength(1);
    expect(bench.machine("ann")?.state).toBe("stopped");
    const entry = bench.of("entry")[0]?.entry;
    expect(entry?.state).toBe("stopped");
    expect(Math.abs((entry?.atWallMs ?? 0) - START_WALL_MS)).toBeLessThan(1000);
    expect(bench.machine("ann")?.stateSinceWallMs).toBe(entry?.atWallMs ?? 0);
  });

  test("that is repeated does not delay its test", () => {
    const bench = new Bench();
    bench.meet(A);
    for (let i = 0; i < 10; i++) {
      bench.receive(A, goodbye);
      bench.run(500);
    }
    expect(bench.machine("ann")?.state).toBe("stopped");
    expect(bench.of("entry").filter(({ entry }) => entry.state === "stopped")).toHaveLength(1);
  });

  test("that was forged changes nothing, because the machine answers", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    bench.receive(A, goodbye);
    bench.run(2100);
    bench.answer(A, { report: null });
    bench.run(10_000);
    expect(bench.machine("ann")?.state).toBe("up");
    expect(bench.of("entry")).toEqual([]);
  });

  test("followed by a restart within two seconds leaves the machine up, with its new incarnation", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    bench.receive(A, goodbye);
    bench.run(2100);
    bench.answer(A, { incarnation: "boota2" });
    bench.run(10_000);
    expect(bench.machine("ann")).toMatchObject({ state: "up", incarnation: "boota2" });
  });

  test.each([
    {
      title: "of another incarnation",
      text: '<{"bye":{"id":"ann","boot":"bootx"}}',
      from: A,
      port: 10_080,
    },
    { title: "from another port", text: goodbye, from: A, port: 40_000 },
    { title: "from another address", text: goodbye, from: "10.0.0.3", port: 10_080 },
  ])("$title is ignored", ({ text, from, port }) => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    bench.receive(from, text, port);
    bench.run(10_000);
    expect(asked(bench)).toEqual([]);
    expect(bench.machine("ann")?.state).toBe("up");
  });

  test("leaves the machine stopped, asked once an interval, until it is heard of again", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.receive(A, goodbye);
    bench.run(5000);
    bench.clear();
    bench.runLong(2 * HOUR);
    expect(bench.machine("ann")?.state).toBe("stopped");
    expect(asked(bench).length).toBeLessThanOrEqual(13);
    bench.answerNext(A, { incarnation: "boota2" });
    expect(bench.machine("ann")?.state).toBe("up");
    expect(bench.of("outage-over")).toHaveLength(1);
  });

  test("of this machine goes to the machines that understand it and may be up", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.receive("10.0.0.3", "?");
    bench.run(100);
    bench.receive("10.0.0.3", "<");
    bench.clear();
    bench.take(bench.cluster.leave(bench.now()));
    expect(bench.sent.map(({ to, text }) => ({ to, text }))).toEqual([
      { to: A, text: '<{"bye":{"id":"self","boot":"boot0"}}' },
    ]);
  });
});

describe("a suspension of this machine", () => {
  test.each([
    { title: "an hour", sleepMs: HOUR },
    { title: "eleven days", sleepMs: 11 * 24 * HOUR },
  ])("of $title makes no other machine silent, down or forgotten", ({ sleepMs }) => {
    const bench = new Bench();
    bench.meet(A);
    bench.run(9 * MINUTE);
    bench.clear();
    bench.sleep(sleepMs);
    bench.run(100);
    expect(bench.machine("ann")).toMatchObject({ state: "up", unanswered: 0 });
    expect(bench.of("entry")).toEqual([]);
    const ageSeconds = bench.machine("ann")?.reportAgeSeconds ?? 0;
    expect(ageSeconds).toBeGreaterThan(sleepMs / 1000 + 9 * 60 - 2);
  });

  test("is followed by a question to each machine within seconds, for fresh reports", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.run(MINUTE);
    bench.clear();
    bench.sleep(HOUR);
    bench.run(16_000);
    expect(asked(bench).length).toBeGreaterThan(0);
    bench.answer(A, { sequence: 7 });
    expect(bench.machine("ann")).toMatchObject({ state: "up", sequence: 7 });
  });

  test("is recognised by the first packet too if that comes before any tick", () => {
    const bench = new Bench();
    bench.meet(A, { age: 595 });
    bench.clear();
    while (asked(bench).length === 0) bench.run(100);
    bench.sleep(HOUR);
    // The answer waited in the socket, and the question is still open.
    bench.answer(A, { sequence: 2 });
    bench.run(100);
    expect(bench.machine("ann")).toMatchObject({ state: "up", sequence: 2 });
  });

  test("between the repeats of a question does not count as silence", () => {
    const bench = metAndGone();
    while (asked(bench).length < 2) bench.run(100);
    bench.sleep(HOUR);
    bench.run(1000);
    expect(bench.machine("ann")?.state).toBe("up");
  });

  test("of four seconds does not count, and deadlines stay as they were", () => {
    const bench = metAndGone();
    while (asked(bench).length < 4) bench.run(100);
    bench.sleep(4500);
    bench.run(100);
    expect(bench.machine("ann")?.state).toBe("silent");
  });
});

test("a step of the wall clock changes neither ages nor states", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.run(5 * MINUTE);
  for (const wallOffsetMs of [HOUR, -HOUR]) {
    bench.wallOffsetMs = wallOffsetMs;
    bench.run(1000);
    expect(bench.machine("ann")?.state).toBe("up");
    expect(Math.round(bench.machine("ann")?.reportAgeSeconds ?? 0)).toBeLessThan(310);
  }
});

test("a machine remembered from long ago is asked before it is forgotten", () => {
  const longAgo = START_WALL_MS - 30 * 24 * HOUR;
  const known = knownMachine({
    ...{ id: "ann", state: "down", lastHeardWallMs: longAgo, stateSinceWallMs: longAgo },
  });
  const bench = new Bench({ known: [known] });
  bench.run(20 * MINUTE);
  expect(bench.machine("ann")?.state).toBe("down");
  expect(asked(bench).length).toBeGreaterThan(0);
  bench.run(11 * MINUTE);
  expect(bench.machine("ann")).toBeUndefined();
});

test("a stopped machine that sends a packet is asked until it answers, like one that has fallen silent", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.receive(A, '<{"bye":{"id":"ann","boot":"boota"}}');
  bench.run(10_000);
  expect(bench.machine("ann")?.state).toBe("stopped");
  bench.clear();
  bench.receive(A, '>{"question":5,"id":"ann"}');
  bench.run(2000);
  // Assume that this question or its answer is lost.
  expect(asked(bench)).toHaveLength(1);
  bench.run(10_000);
  expect(asked(bench)).toHaveLength(2);
  bench.answerNext(A, { incarnation: "bootb", sequence: 0, report: null });
  expect(bench.machine("ann")).toMatchObject({ incarnation: "bootb", state: "up" });
});

test("the goodbye of a silent machine is believed although it has just sent a question", () => {
  const bench = metAndGone();
  while (bench.machine("ann")?.state !== "silent") bench.run(1000);
  bench.receive(A, '>{"question":5,"id":"ann"}');
  bench.run(2000);
  bench.receive(A, '<{"bye":{"id":"ann","boot":"boota"}}');
  while (bench.machine("ann")?.state !== "stopped") bench.run(1000);
  bench.clear();
  bench.run(9 * MINUTE);
  expect(asked(bench)).toEqual([]);
});

test("a machine that is back within seconds of its goodbye is asked at once and not shown as stopped", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.run(10_000);
  bench.receive(A, '<{"bye":{"id":"ann","boot":"boota"}}');
  bench.run(3000);
  bench.clear();
  // It has not answered the question that tests the goodbye, and asks without holding a report.
  bench.receive(A, '>{"question":5,"id":"ann"}');
  bench.run(2000);
  expect(bench.machine("ann")?.state).toBe("up");
  bench.answer(A, { incarnation: "bootb", sequence: 0, report: null });
  expect(bench.machine("ann")).toMatchObject({ incarnation: "bootb", state: "up" });
});
