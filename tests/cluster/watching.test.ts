/** Watching: how often machines are asked, what a live report changes, and what it costs. */
import { describe, expect, test } from "bun:test";
import { Bench, knownMachine, START_WALL_MS, v1Report } from "./core-harness.ts";

const [A, B] = ["10.0.0.2", "10.0.0.3"];
const MINUTE = 60_000;

function watch(bench: Bench, on: boolean): void {
  bench.take(bench.cluster.setWatching(on, bench.now()));
}

function publishLive(bench: Bench, one: number, costMs = 5): void {
  const report = { name: "me", averageSeconds: 2, load: { one } };
  bench.take(bench.cluster.publishLive(report, { costMs }, bench.now()));
}

function questions(bench: Bench, address: string) {
  return bench.sent.filter(({ to, text }) => to === address && text.startsWith(">"));
}

/** A watching machine asks this one; returns the answers that are sent at once. */
function ask(bench: Bench, from: string, held: object = {}) {
  const before = answers(bench, from).length;
  const body = {
    question: 7,
    id: "ann",
    boot: "boot0",
    sequence: 1,
    watching: true,
    ...held,
  };
  bench.receive(from, `>${JSON.stringify(body)}`);
  return answers(bench, from).slice(before);
}

function answers(bench: Bench, to: string) {
  const texts = bench.textsTo(to).filter((text) => text.startsWith("<{"));
  return texts.map((text) => JSON.parse(text.slice(1)));
}

/** Lets time pass while the machine at A answers each question with a new live report. */
function runAnswering(bench: Bench, ms: number, live = { sequence: 1 }): void {
  for (const endMs = bench.nowMs + ms; bench.nowMs < endMs; ) {
    const seen = questions(bench, A).length;
    bench.run(100);
    if (questions(bench, A).length === seen) continue;
    const report = { name: "ann", load: { one: live.sequence } };
    bench.answer(A, { liveSequence: live.sequence++, age: 0, report });
  }
}

describe("while a user watches, this machine", () => {
  test("asks every protocol-2 machine at once and then every two seconds, and says that it watches", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.run(10_000);
    bench.clear();
    watch(bench, true);
    runAnswering(bench, 60_000);
    const asked = questions(bench, A);
    expect(asked.length).toBeWithin(27, 32);
    expect(asked[0]?.atMs).toBeLessThanOrEqual(10_200);
    for (const { text } of asked)
      expect(JSON.parse(text.slice(1))).toMatchObject({ watching: true });
  });

  test("names the live report that it holds, so that none is sent twice", () => {
    const bench = new Bench();
    bench.meet(A);
    watch(bench, true);
    runAnswering(bench, 10_000, { sequence: 5 });
    expect(bench.question(A).liveSequence).toBeGreaterThan(5);
    expect(bench.question(A)).toMatchObject({ boot: "boota", sequence: 1 });
  });

  test("goes back to one question an interval when the user leaves", () => {
    const bench = new Bench({ updateSeconds: 60 });
    bench.meet(A, { interval: 60 });
    watch(bench, true);
    runAnswering(bench, 20_000);
    watch(bench, false);
    bench.clear();
    for (let i = 2; i < 7; i++) {
      while (questions(bench, A).length < i - 1) bench.run(100);
      bench.answer(A, { sequence: i, interval: 60 });
    }
    const asked = questions(bench, A);
    expect(bench.nowMs).toBeWithin(4 * MINUTE, 6 * MINUTE);
    for (const { text } of asked.slice(1)) expect(text).not.toContain("watching");
    for (const { text } of asked.slice(1)) expect(text).not.toContain("liveSequence");
  });

  test("asks no more often when watching begins and ends many times a second", () => {
    const bench = new Bench();
    bench.meet(A);
    watch(bench, true);
    runAnswering(bench, 5000);
    bench.clear();
    const live = { sequence: 100 };
    for (let i = 0; i < 100; i++) {
      watch(bench, i % 2 === 1);
      runAnswering(bench, 100, live);
    }
    expect(questions(bench, A).length).toBeLessThanOrEqual(6);
  });

  test("asks a protocol-1 machine neither more often nor differently", () => {
    const [watching, unwatched] = [true, false].map((on) => {
      const bench = new Bench({ updateSeconds: 60 });
      bench.meetV1(A, v1Report({ wallSeconds: START_WALL_MS / 1000 }));
      if (on) watch(bench, true);
      bench.clear();
      bench.run(5 * MINUTE);
      return questions(bench, A).map(({ atMs, text }) => ({ atMs, isBare: text === ">" }));
    });
    expect(unwatched?.length).toBeGreaterThan(3);
    expect(watching).toEqual(unwatched);
  });

  test("repeats a lost question after a second, and shows the machine as silent in the end", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.run(5000);
    bench.clear();
    watch(bench, true);
    bench.run(2000);
    const [first, second] = questions(bench, A);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeWithin(900, 1200);
    bench.run(15_000);
    expect(bench.machine("ann")?.state).toBe("silent");
  });

  test("asks sooner while the first live report is missing, but only a few times", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.run(5000);
    bench.clear();
    watch(bench, true);
    for (let i = 0; i < 8; i++) {
      while (questions(bench, A).length === i) bench.run(100);
      bench.answer(A, { report: null });
    }
    const times = questions(bench, A).map(({ atMs }) => atMs);
    const pauses = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0));
    expect(Math.max(...pauses.slice(0, 3))).toBeLessThanOrEqual(800);
    expect(Math.min(...pauses.slice(3))).toBeGreaterThanOrEqual(1900);
  });

  test("asks at most 500 questions a second, however many machines there are", () => {
    const known = Array.from({ length: 2000 }, (_, i) => {
      const address = `10.${1 + (i >> 8)}.${i & 255}.1`;
      return knownMachine({ id: `m${i}`, addresses: [address], report: { name: `m${i}` } });
    });
    const bench = new Bench({ known });
    watch(bench, true);
    const perSecond: number[] = [];
    for (let second = 0; second < 20; second++) {
      bench.clear();
      bench.run(1000);
      perSecond.push(bench.sent.filter(({ text }) => text.startsWith(">")).length);
    }
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(500);
    expect(Math.max(...perSecond)).toBeGreaterThan(400);
    watch(bench, false);
    bench.clear();
    bench.run(1000);
    expect(bench.sent.filter(({ text }) => text.startsWith(">")).length).toBeLessThanOrEqual(200);
  });

  test("makes live reports of itself too", () => {
    const bench = new Bench();
    bench.publish();
    bench.clear();
    watch(bench, true);
    expect(bench.of("live-wanted")).toHaveLength(1);
    for (let i = 0; i < 100; i++) {
      const wanted = bench.of("live-wanted").length;
      bench.run(100);
      if (bench.of("live-wanted").length > wanted) publishLive(bench, i);
    }
    expect(bench.of("live-wanted").length).toBeWithin(5, 7);
    expect(bench.machine("self")).toMatchObject({ isLive: true, report: { averageSeconds: 2 } });
    watch(bench, false);
    bench.clear();
    bench.run(10_000);
    expect(bench.of("live-wanted")).toEqual([]);
  });
});

describe("a live report of another machine", () => {
  function watched(): Bench {
    const bench = new Bench();
    const problems = [
      { subject: "messages", reason: "permission denied", remedy: "add the user to group adm" },
      { subject: "users", reason: "of the interval alone" },
    ];
    const report = { name: "ann", load: { one: 50 }, messages: ["of the interval"], problems };
    bench.meet(A, { age: 100, report });
    bench.clear();
    watch(bench, true);
    bench.run(200);
    bench.outputs = [];
    const live = { name: "ann", load: { one: 3 }, problems: [{ subject: "disk", reason: "now" }] };
    bench.answer(A, { liveSequence: 3, age: 1, report: live });
    return bench;
  }

  test("is shown in place of the interval report, with its own age", () => {
    const bench = watched();
    bench.run(500);
    expect(bench.machine("ann")).toMatchObject({
      ...{ isLive: true, reportAgeSeconds: 1.5, sequence: 1 },
      report: { load: { one: 3 }, messages: ["of the interval"] },
    });
  });

  test("keeps the interval report's problem with messages and none of its other problems", () => {
    const bench = watched();
    const problems = bench.machine("ann")?.report?.problems ?? [];
    expect(problems.map(({ subject, reason }) => `${subject}: ${reason}`)).toEqual([
      "disk: now",
      "messages: permission denied",
    ]);
  });

  test("is neither an entry of the history nor remembered", () => {
    const bench = watched();
    expect(bench.of("changed")).toEqual([{ kind: "changed", id: "ann" }]);
    expect(bench.of("entry")).toEqual([]);
    expect(bench.of("remember")).toEqual([]);
  });

  test("gives way to the interval report when it is old", () => {
    const bench = watched();
    watch(bench, false);
    bench.run(18_000);
    expect(bench.machine("ann")?.isLive).toBe(true);
    bench.run(2000);
    const machine = bench.machine("ann");
    expect(machine).toMatchObject({ report: { load: { one: 50 } } });
    expect(machine?.reportAgeSeconds).toBeWithin(120, 121);
    expect(machine?.isLive).toBeUndefined();
  });

  test("that expires while its machine answers without a newer one is announced as a change", () => {
    const bench = watched();
    for (let i = 0; i < 25; i++) {
      const seen = questions(bench, A).length;
      bench.outputs = [];
      while (questions(bench, A).length === seen) bench.run(100);
      bench.answer(A, { report: null, clock: START_WALL_MS + bench.nowMs });
      if (bench.machine("ann")?.isLive === undefined) break;
      expect(bench.of("changed")).toEqual([]);
    }
    expect(bench.machine("ann")?.isLive).toBeUndefined();
    expect(bench.of("changed")).toEqual([{ kind: "changed", id: "ann" }]);
  });

  test("stays shown when its machine falls silent, because its last seconds may tell why", () => {
    const bench = watched();
    bench.run(60_000);
    expect(bench.machine("ann")).toMatchObject({ state: "silent", isLive: true });
  });

  test.each([
    { title: "older than the one held", liveSequence: 2 },
    { title: "the same as the one held", liveSequence: 3 },
  ])("that is $title changes nothing", ({ liveSequence }) => {
    const bench = watched();
    const seen = questions(bench, A).length;
    while (questions(bench, A).length === seen) bench.run(100);
    bench.outputs = [];
    bench.answer(A, { liveSequence, report: { name: "ann", load: { one: 99 } } });
    expect(bench.machine("ann")?.report?.load?.one).toBe(3);
    expect(bench.of("changed")).toEqual([]);
  });

  test("is dropped when its machine restarts, and numbers start over", () => {
    const bench = watched();
    const next = (fields: object) => {
      const seen = questions(bench, A).length;
      while (questions(bench, A).length === seen) bench.run(100);
      bench.answer(A, { incarnation: "boota2", ...fields });
    };
    next({ sequence: 1, report: { name: "ann", load: { one: 60 } } });
    expect(bench.machine("ann")).toMatchObject({
      incarnation: "boota2",
      report: { load: { one: 60 } },
    });
    expect(bench.machine("ann")?.isLive).toBeUndefined();
    next({ sequence: 1, liveSequence: 1, report: { name: "ann", load: { one: 1 } } });
    expect(bench.machine("ann")).toMatchObject({ isLive: true, report: { load: { one: 1 } } });
  });

  test("does not keep the interval report from being fetched when due and becoming an entry", () => {
    const bench = watched();
    const seen = questions(bench, A).length;
    while (questions(bench, A).length === seen) bench.run(100);
    bench.outputs = [];
    bench.answer(A, { sequence: 2, report: { name: "ann", load: { one: 51 }, messages: ["new"] } });
    expect(bench.of("entry").map(({ id }) => id)).toEqual(["ann"]);
    // The live report is still fresh and stays; the messages are the new ones.
    expect(bench.machine("ann")).toMatchObject({
      ...{ sequence: 2, isLive: true },
      report: { load: { one: 3 }, messages: ["new"] },
    });
  });
});

describe("a machine that is watched by another", () => {
  function warm(): Bench {
    const bench = new Bench();
    bench.publish({ messages: ["of the interval"] });
    bench.clear();
    ask(bench, A);
    publishLive(bench, 1);
    bench.run(2000);
    bench.clear();
    return bench;
  }

  test("answers the first question at once and asks for a live report for the next", () => {
    const bench = new Bench();
    bench.publish();
    bench.clear();
    expect(ask(bench, A)).toMatchObject([{ answer: 7, sequence: 1 }]);
    expect(bench.of("live-wanted")).toHaveLength(1);
    bench.run(500);
    publishLive(bench, 1);
    bench.run(100);
    const [answer] = ask(bench, A);
    expect(answer).toMatchObject({ liveSequence: 1, age: 0.1, report: { load: { one: 1 } } });
    expect(answer.report.messages).toBeUndefined();
  });

  test("delays an answer for a new live report that takes only a moment", () => {
    const bench = warm();
    expect(ask(bench, A, { liveSequence: 1 })).toEqual([]);
    expect(bench.of("live-wanted")).toHaveLength(1);
    publishLive(bench, 2);
    expect(answers(bench, A)).toMatchObject([
      { answer: 7, liveSequence: 2, age: 0, report: { load: { one: 2 } } },
    ]);
  });

  test("answers with what it has if the live report does not come", () => {
    const bench = warm();
    ask(bench, A, { liveSequence: 1 });
    bench.run(200);
    expect(answers(bench, A)).toMatchObject([{ answer: 7, sequence: 1 }]);
    expect(answers(bench, A)[0].report).toBeUndefined();
  });

  test("makes one live report for all machines that ask within two seconds", () => {
    const bench = warm();
    let wanted = 0;
    for (let i = 0; i < 40; i++) {
      for (let watcher = 0; watcher < 10; watcher++) {
        ask(bench, `10.0.1.${watcher}`);
        const now = bench.of("live-wanted").length;
        if (now > wanted) publishLive(bench, i);
        wanted = now;
      }
      bench.run(250);
    }
    expect(wanted).toBeWithin(5, 7);
    expect(bench.sent.filter(({ text }) => text.includes("liveSequence")).length).toBe(400);
  });

  test("spaces live reports by fifty times their cost", () => {
    const bench = warm();
    ask(bench, A);
    publishLive(bench, 2, 100);
    bench.clear();
    for (let i = 0; i < 19; i++) {
      expect(ask(bench, A)).toMatchObject([{ liveSequence: 2 }]);
      bench.run(250);
    }
    expect(bench.of("live-wanted")).toEqual([]);
    bench.run(250);
    ask(bench, A);
    expect(bench.of("live-wanted")).toHaveLength(1);
  });

  test("sends the interval report first to a machine that does not hold it", () => {
    const bench = warm();
    publishLive(bench, 2);
    const [answer] = ask(bench, A, { sequence: 0 });
    expect(answer).toMatchObject({ sequence: 1, report: { messages: ["of the interval"] } });
    expect(answer.liveSequence).toBeUndefined();
    const [afresh] = ask(bench, A, { boot: "another", liveSequence: 99 });
    expect(afresh.liveSequence).toBeUndefined();
  });

  test("sends no live report to a machine that does not watch, none twice and no old one", () => {
    const bench = warm();
    publishLive(bench, 2);
    const without = (held: object) => ask(bench, A, held).filter(({ report }) => report);
    expect(without({ watching: false })).toEqual([]);
    expect(without({ liveSequence: 2 })).toEqual([]);
    bench.run(25_000);
    expect(without({})).toEqual([]);
  });

  test("makes no live report before its first interval report", () => {
    const bench = new Bench();
    expect(ask(bench, A)).toHaveLength(1);
    watch(bench, true);
    bench.run(3000);
    expect(bench.of("live-wanted")).toEqual([]);
  });

  test("delays at most 64 answers", () => {
    const bench = warm();
    for (let i = 0; i < 100; i++) ask(bench, `10.0.1.${i}`);
    expect(bench.sent).toHaveLength(36);
    publishLive(bench, 2);
    expect(bench.sent).toHaveLength(100);
  });

  test("keeps its live report out of its history and out of what is remembered", () => {
    const bench = warm();
    publishLive(bench, 2);
    expect(bench.of("changed")).toEqual([{ kind: "changed", id: "self" }]);
    expect(bench.of("entry")).toEqual([]);
    expect(bench.of("remember")).toEqual([]);
    expect(bench.machine("self")).toMatchObject({
      ...{ isLive: true, reportAgeSeconds: 0, sequence: 1 },
      report: { load: { one: 2 }, messages: ["of the interval"] },
    });
    bench.run(21_000);
    expect(bench.machine("self")?.isLive).toBeUndefined();
  });
});

test("being watched does not make a machine watch", () => {
  const bench = new Bench();
  bench.publish();
  bench.meet(B, { id: "bob", name: "bob" });
  bench.clear();
  ask(bench, B, { id: "bob" });
  publishLive(bench, 1);
  bench.run(30_000);
  expect(questions(bench, B)).toEqual([]);
  expect(bench.of("live-wanted")).toHaveLength(1);
});
