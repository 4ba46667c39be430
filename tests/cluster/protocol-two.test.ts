/** Questions and answers of protocol 2: what a machine believes, what it sends, and when. */
import { describe, expect, test } from "bun:test";
import { answerText, Bench, START_WALL_MS } from "./core-harness.ts";

const A = "10.0.0.2";
const B = "10.0.0.3";

describe("a question", () => {
  test("is answered with the report, to the port it came from", () => {
    const bench = new Bench();
    bench.publish({ tags: ["lab"] });
    bench.sleep(3000);
    bench.receive(A, '>{"question":281474976710655,"id":"ann"}', 40_000);
    expect(bench.sent[0]).toMatchObject({ to: A, port: 40_000 });
    expect(JSON.parse(bench.sent[0]?.text.slice(1) ?? "")).toEqual({
      ...{
        answer: 281_474_976_710_655,
        id: "self",
        boot: "boot0",
        sequence: 1,
        interval: 600,
      },
      ...{ age: 3, clock: START_WALL_MS + 3000, you: A, name: "me", ring: true },
      report: { name: "me", tags: ["lab"] },
    });
  });

  test.each([
    { title: "the newest report brings no report", held: '"boot":"boot0","sequence":2', n: 0 },
    { title: "an older report brings the newest one", held: '"boot":"boot0","sequence":1', n: 1 },
    {
      title: "a report of another incarnation brings the newest one",
      held: '"boot":"bootx","sequence":9',
      n: 1,
    },
    { title: "no report brings the newest one", held: '"sequence":2', n: 1 },
  ])("from a machine that holds $title", ({ held, n }) => {
    const bench = new Bench();
    bench.publish();
    bench.publish();
    bench.receive(A, `>{"question":1,"id":"ann",${held}}`);
    const answer = JSON.parse(bench.textsTo(A)[0]?.slice(1) ?? "");
    expect(answer.sequence).toBe(2);
    expect(answer.report === undefined ? 0 : 1).toBe(n);
  });

  describe("from a machine that holds a later report of this run than exists, because memory was rolled back,", () => {
    const ask = (bench: Bench, held: string) => {
      bench.clear();
      bench.receive(A, `>{"question":1,"id":"ann","boot":"boot0",${held}}`);
      return JSON.parse(bench.textsTo(A)[0]?.slice(1) ?? "");
    };

    test("brings no report until the next one, which is newer", () => {
      const bench = new Bench();
      bench.publish();
      expect(ask(bench, '"sequence":9').report).toBeUndefined();
      expect(ask(bench, '"sequence":5').report).toBeUndefined();
      bench.publish({ load: { one: 7 } });
      expect(ask(bench, '"sequence":9')).toMatchObject({
        sequence: 10,
        report: { load: { one: 7 } },
      });
      bench.publish();
      expect(ask(bench, '"sequence":10').sequence).toBe(11);
    });

    test("brings the next live report", () => {
      const bench = new Bench();
      const live = () =>
        bench.take(bench.cluster.publishLive({ name: "me" }, { costMs: 1 }, bench.now()));
      bench.publish();
      live();
      const held = '"sequence":1,"liveSequence":400,"watching":true';
      expect(ask(bench, held).report).toBeUndefined();
      live();
      expect(ask(bench, held)).toMatchObject({ liveSequence: 401, report: { name: "me" } });
    });

    test.each([`"sequence":${2 ** 53 - 1}`, '"sequence":9,"boot":"bootx"'])(
      "is ignored where it claims the impossible (%s)",
      (held) => {
        const bench = new Bench();
        bench.publish();
        ask(bench, held);
        bench.publish();
        expect(ask(bench, '"sequence":1').sequence).toBe(2);
      },
    );
  });

  test("before the first report is answered without one", () => {
    const bench = new Bench();
    bench.receive(A, '>{"question":1,"id":"ann"}');
    const answer = JSON.parse(bench.textsTo(A)[0]?.slice(1) ?? "");
    expect(answer).toMatchObject({ answer: 1, sequence: 0, age: 0 });
    expect(answer.report).toBeUndefined();
  });

  test("of this machine says which report it holds and whether a user is watching", () => {
    const bench = new Bench();
    bench.receive(A, "?");
    bench.run(100);
    expect(bench.question(A)).toMatchObject({ question: expect.any(Number), id: "self" });
    bench.answer(A, { age: 599 });
    bench.take(bench.cluster.setWatching(true, bench.now()));
    bench.clear();
    bench.run(35_000);
    expect(bench.question(A)).toMatchObject({ boot: "boota", sequence: 1, watching: true });
  });

  test("to a machine known to speak protocol 2 is never bare while that machine answers", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    bench.run(640_000);
    const asked = bench.textsTo(A).filter((text) => text.startsWith(">"));
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(asked).not.toContain(">");
  });
});

describe("an answer", () => {
  test("to an open question brings the machine, its report and its age", () => {
    const bench = new Bench({ isOwn: (address) => address === "10.0.0.1" });
    bench.meet(A, { age: 40, clock: START_WALL_MS + 5000, you: "10.0.0.1" });
    expect(bench.machine("ann")).toMatchObject({
      ...{
        name: "ann",
        address: A,
        addresses: [A],
        state: "up",
        protocol: 2,
        incarnation: "boota",
      },
      ...{ sequence: 1, reportAgeSeconds: 40, lastHeardSeconds: 0, unanswered: 0, isClone: false },
      ...{ clockOffsetSeconds: 4.9, report: { name: "ann" } },
    });
    expect(bench.of("entry")).toEqual([
      {
        ...{ kind: "entry", id: "ann" },
        entry: { state: "up", atWallMs: START_WALL_MS + 100 - 40_000, report: { name: "ann" } },
      },
    ]);
    expect(bench.of("remember").at(-1)?.machine).toMatchObject({ id: "ann", sequence: 1 });
    expect(bench.of("changed")).toEqual([{ kind: "changed", id: "ann" }]);
    expect(bench.machine("self")?.address).toBe("10.0.0.1");
  });

  test.each([
    { title: "with another number", from: A, port: 10_080, add: 1 },
    { title: "from another port", from: A, port: 40_000, add: 0 },
    { title: "from another address", from: B, port: 10_080, add: 0 },
  ])("$title is dropped", ({ from, port, add }) => {
    const bench = new Bench();
    bench.receive(A, "?");
    bench.receive(B, "?");
    bench.run(100);
    bench.receive(from, answerText(bench.question(A).question + add), port);
    expect(bench.others()).toEqual([]);
  });

  test("counts once, and its duplicate changes nothing", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.answer(A);
    expect(bench.of("entry")).toHaveLength(1);
    expect(bench.drops("late answer")).toBe(1);
  });

  test("that comes after a repeat of the question still counts", () => {
    const bench = new Bench();
    bench.receive(A, "?");
    bench.run(100);
    const first = bench.question(A).question;
    bench.run(1500);
    bench.receive(A, answerText(first));
    expect(bench.machine("ann")?.state).toBe("up");
  });

  test("never replaces a report by an older one of the same incarnation", () => {
    const bench = new Bench();
    bench.meet(A, { sequence: 7, report: { name: "seven" } });
    bench.answerNext(A, { sequence: 6, report: { name: "six" } });
    expect(bench.machine("ann")).toMatchObject({ sequence: 7, report: { name: "seven" } });
    expect(bench.machine("ann")?.lastHeardSeconds).toBe(0);
    expect(bench.of("entry")).toEqual([]);
  });

  test("without a report is a sign of life, and the first report is asked for soon", () => {
    const bench = new Bench();
    bench.meet(A, { sequence: 0, report: null });
    expect(bench.machine("ann")?.state).toBe("new");
    bench.clear();
    bench.run(1100);
    bench.answer(A);
    expect(bench.machine("ann")?.state).toBe("up");
  });
});

describe("the question after an answer", () => {
  test.each([
    { title: "comes when the next report is due", interval: 600, age: 100, from: 500, to: 532 },
    {
      title: "comes a full interval after a fresh report",
      interval: 600,
      age: 0,
      from: 600,
      to: 632,
    },
    { title: "skips reports of a shorter interval", interval: 60, age: 30, from: 540, to: 602 },
    {
      title: "comes once in this machine's interval if that of the other is longer",
      interval: 7200,
      age: 0,
      from: 600,
      to: 632,
    },
    { title: "comes soon for an overdue report", interval: 600, age: 700, from: 60, to: 91 },
    {
      title: "comes within this machine's interval if the other claims an absurd one",
      interval: 0.001,
      age: 0,
      from: 500,
      to: 632,
    },
  ])("$title", ({ interval, age, from, to }) => {
    const bench = new Bench({ updateSeconds: 600 });
    bench.meet(A, { interval, age });
    bench.clear();
    const startMs = bench.nowMs;
    while (bench.sent.filter(({ text }) => text.startsWith(">")).length === 0) bench.run(100);
    const seconds = (bench.nowMs - startMs) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(from);
    expect(seconds).toBeLessThanOrEqual(to);
  });

  test("comes after about a second if the interval is a second", () => {
    const bench = new Bench({ updateSeconds: 1 });
    bench.meet(A, { interval: 1, age: 0.2 });
    bench.clear();
    bench.run(800);
    expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toHaveLength(0);
    bench.run(400);
    expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toHaveLength(1);
  });

  test("comes at different times for a hundred machines that started together", () => {
    const bench = new Bench({ updateSeconds: 600 });
    for (let i = 1; i <= 100; i++) bench.meet(`10.0.1.${i}`, { id: `m${i}`, incarnation: `b${i}` });
    bench.clear();
    bench.run(600_000);
    const perSecond = new Map<number, number>();
    const first = bench.sent.filter(({ text }) => text.startsWith(">")).slice(0, 100);
    for (const { atMs } of first) {
      const second = Math.floor(atMs / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(15);
  });

  test("is repeated after 1, 2 and 4 seconds if no answer comes", () => {
    const bench = new Bench();
    bench.meet(A, { age: 595 });
    bench.clear();
    bench.run(60_000);
    const times = bench.sent.filter(({ text }) => text.startsWith(">")).map(({ atMs }) => atMs);
    const pauses = times.slice(1, 4).map((atMs, i) => atMs - (times[i] ?? 0));
    expect(pauses).toEqual([1000, 2000, 4000]);
  });
});

describe("this machine's own report", () => {
  test("is an entry of its own history and carries its name and tags", () => {
    const bench = new Bench();
    expect(bench.machine("self")).toMatchObject({ state: "new", name: "me", isSelf: true });
    bench.publish({ name: "mine", tags: ["x"] });
    bench.sleep(2000);
    expect(bench.machine("self")).toMatchObject({
      ...{ state: "up", name: "mine", tags: ["x"], sequence: 1, reportAgeSeconds: 2 },
    });
    expect(bench.of("entry")).toEqual([
      {
        ...{ kind: "entry", id: "self" },
        entry: { state: "up", atWallMs: START_WALL_MS, report: { name: "mine", tags: ["x"] } },
      },
    ]);
  });

  test("that is too long for a packet is shortened for other machines but not here", () => {
    const bench = new Bench();
    const messages = Array.from({ length: 5 }, () => "x".repeat(1500));
    bench.publish({ messages });
    bench.receive(A, '>{"question":1,"id":"ann"}');
    expect(bench.textsTo(A)[0]?.length).toBeLessThan(4096 - 3);
    expect(bench.machine("self")?.report?.messages).toEqual(messages);
  });
});
