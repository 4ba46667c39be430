/** The four messages of protocol 1, by the letter of docs/protocol.md. */
import { describe, expect, test } from "bun:test";
import { withoutUndefined } from "../../src/base/without-undefined.ts";
import { nameInReportV1 } from "../../src/protocol/v1/report.ts";
import { Bench, START_WALL_MS, v1Report } from "./core-harness.ts";

const WALL_SECONDS = START_WALL_MS / 1000;
const A = "10.0.0.2";
const B = "10.0.0.3";

function isReport(text: string): boolean {
  return text.startsWith("<") && text.split("\n").length === 4;
}

describe("an initial query", () => {
  test("is answered at once with the machines that are up", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    bench.receive(B, "?");
    expect(bench.sent).toEqual([{ atMs: bench.nowMs, to: B, port: 10_080, text: `!${A}` }]);
  });

  test("is answered with an empty list when no machine is known", () => {
    const bench = new Bench();
    bench.receive(A, "?");
    expect(bench.textsTo(A)).toEqual(["!"]);
  });

  test("from another port is answered to that port", () => {
    const bench = new Bench();
    bench.receive(A, "?", 40_000);
    expect(bench.sent[0]).toMatchObject({ to: A, port: 40_000, text: "!" });
  });

  test("is answered without IPv6 addresses unless it comes from a protocol-2 machine", () => {
    const bench = new Bench();
    bench.meet("fd00::2", { id: "six", incarnation: "boot6" });
    bench.meetV1(B, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.meet(A);
    bench.clear();
    for (const address of ["10.0.0.9", B, A]) bench.receive(address, "?");
    expect(bench.textsTo("10.0.0.9")).toEqual([`!${B} ${A}`]);
    expect(bench.textsTo(B)).toEqual([`!${B} ${A}`]);
    expect(bench.textsTo(A)).toEqual([`!fd00::2 ${B} ${A}`]);
  });

  test("over IPv6, which no protocol-1 machine uses, is answered with IPv6 addresses too", () => {
    const bench = new Bench();
    bench.meet("fd00::2", { id: "six", incarnation: "boot6" });
    bench.clear();
    bench.receive("fd00::9", "?");
    expect(bench.textsTo("fd00::9")).toEqual(["!fd00::2"]);
  });
});

describe("an address list", () => {
  test("is sent every three intervals to the machines that are up", () => {
    const bench = new Bench({ updateSeconds: 10 });
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    const lists: number[] = [];
    for (let second = 0; second < 120; second++) {
      bench.clear();
      bench.run(1000);
      if (bench.textsTo(A).some((text) => text.startsWith("!"))) lists.push(second);
      bench.receive(A, "<");
    }
    expect(lists.length).toBeGreaterThanOrEqual(3);
    const pauses = lists.slice(1).map((second, i) => second - (lists[i] ?? 0));
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(26);
      expect(pause).toBeLessThanOrEqual(34);
    }
  });

  test("goes to all protocol-1 machines and to at most 50 others", () => {
    const bench = new Bench({ updateSeconds: 600 });
    for (let i = 0; i < 60; i++) {
      bench.meet(`10.0.1.${i + 1}`, { id: `m${i}`, incarnation: `b${i}` });
      bench.meetV1(`10.0.2.${i + 1}`, v1Report({ wallSeconds: WALL_SECONDS }));
    }
    bench.clear();
    while (!bench.sent.some(({ text }) => text.startsWith("!")) && bench.nowMs < 2e6) {
      // The protocol-1 machines answer with empty reports, so that all machines stay up meanwhile.
      for (const machine of bench.others()) {
        if (machine.protocol === 1) bench.receive(machine.address, "<");
      }
      answerAll(bench);
      bench.run(1000);
    }
    bench.run(5000);
    const readers = bench.sent.filter(({ text }) => text.startsWith("!")).map(({ to }) => to);
    expect(readers.filter((to) => to.startsWith("10.0.2."))).toHaveLength(60);
    expect(readers.filter((to) => to.startsWith("10.0.1."))).toHaveLength(50);
  });

  test("makes its addresses candidates, which are asked, and changes nothing else", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    bench.receive(A, `!10.0.0.7 ${A} nonsense 192.168.1.1 255.255.255.255 0.0.0.0 224.0.0.1`);
    bench.run(100);
    expect(bench.sent.map(({ to }) => to)).toEqual(["10.0.0.7"]);
    expect(bench.others().map(({ id }) => id)).toEqual(["ann"]);
  });

  test("from another port than the peers' is dropped", () => {
    const bench = new Bench();
    bench.receive(A, "!10.0.0.7", 40_000);
    bench.run(100);
    expect(bench.textsTo("10.0.0.7")).toEqual([]);
    expect(bench.drops("not from the peers' port")).toBe(1);
    const lines = bench.of("log").filter(({ level }) => level === "warn");
    expect(lines.map(({ text }) => text)).toEqual([
      `1 packet from ${A} did not come from UDP port 10080, from which peers send: does a NAT in between change the port?`,
    ]);
  });
});

describe("a bare request", () => {
  test("is answered with the report once for each update, then ignored", () => {
    const bench = new Bench();
    bench.publish();
    for (const expected of [1, 1, 1]) {
      bench.receive(A, ">");
      expect(bench.textsTo(A).filter(isReport)).toHaveLength(expected);
    }
    bench.publish();
    bench.receive(A, ">");
    bench.receive(A, ">");
    expect(bench.textsTo(A).filter(isReport)).toHaveLength(2);
  });

  test("that finds nothing new is answered with a sign of life for a program of 2005", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.clear();
    bench.receive(A, ">");
    bench.publish();
    for (let i = 0; i < 3; i++) bench.receive(A, ">");
    const answers = bench.textsTo(A).filter((text) => text.startsWith("<"));
    expect(answers.map((text) => (isReport(text) ? "report" : text))).toEqual([
      "<",
      "report",
      "<",
      "<",
    ]);
  });

  test("that finds nothing new is not answered for a machine of protocol 2, nor for a stranger", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.publish();
    bench.receive(A, ">");
    bench.receive(B, ">");
    bench.clear();
    bench.receive(A, ">");
    bench.receive(B, ">");
    expect(bench.sent).toEqual([]);
  });

  test("is ignored before the first report", () => {
    const bench = new Bench();
    bench.receive(A, ">");
    expect(bench.sent).toEqual([]);
    bench.publish();
    bench.receive(A, ">");
    expect(bench.textsTo(A).filter(isReport)).toHaveLength(1);
  });

  test("from another program on a machine does not use up the report that the peer may ask for", () => {
    const bench = new Bench();
    bench.publish();
    bench.receive(A, ">", 40_000);
    bench.receive(A, ">", 40_001);
    bench.receive(A, ">");
    const ports = bench.sent.filter(({ text }) => isReport(text)).map(({ port }) => port);
    expect(ports).toEqual([40_000, 10_080]);
  });
});

describe("a protocol-1 report", () => {
  test("that answers an open question makes the machine known under its address", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    expect(bench.machine(A)).toMatchObject({ name: "oldie", state: "up", protocol: 1, address: A });
    expect(bench.of("entry")).toHaveLength(1);
  });

  test("that was not asked for is dropped", () => {
    const bench = new Bench();
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS })}`);
    expect(bench.others()).toEqual([]);
    expect(bench.drops("answer to no open question")).toBe(1);
  });

  test("that comes over ten seconds after the question is dropped", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.run(12_000);
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + 60 })}`);
    expect(bench.drops("late answer")).toBe(1);
    expect(bench.of("entry")).toHaveLength(1);
  });

  test("that is a duplicate, or older than the one held, changes nothing", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS, uptime: 5000 }));
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS, uptime: 5000 })}`);
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS - 60, uptime: 4940, name: "x" })}`);
    expect(bench.of("entry")).toHaveLength(1);
    expect(bench.machine(A)?.name).toBe("oldie");
  });

  test("that is sent again much later does not count as a new one", () => {
    const bench = new Bench({ updateSeconds: 60 });
    const report = `<${v1Report({ wallSeconds: WALL_SECONDS })}`;
    bench.receive(A, "?");
    bench.run(100);
    for (let i = 0; i < 4; i++) {
      bench.receive(A, report);
      bench.clear();
      while (!bench.textsTo(A).some((text) => text.startsWith(">"))) bench.run(1000);
    }
    expect(bench.machine(A)?.reportAgeSeconds).toBeGreaterThan(50);
    bench.receive(A, report);
    expect(bench.of("entry")).toEqual([]);
    expect(bench.machine(A)?.lastHeardSeconds).toBe(0);
  });

  test("is accepted after a clock was set back, because its uptime has grown", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS, uptime: 5000 }));
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS - 3600, uptime: 5060 })}`);
    expect(bench.of("entry")).toHaveLength(2);
  });

  test.each([
    ["a day behind shows a clock that is a day behind", -86_400, -86_400],
    ["an hour ahead shows a clock that is an hour ahead", 3600, 3600],
    ["up to two intervals behind may be old, and shows no clock that is off", -1100, 0],
  ])("that is %s", (_, ahead, offset) => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS + ahead }));
    expect(bench.machine(A)?.clockOffsetSeconds).toBeCloseTo(offset, 0);
  });

  test("does not overwrite a machine known to speak protocol 2", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS })}`);
    expect(bench.others().map(({ id, protocol }) => ({ id, protocol }))).toEqual([
      { id: "ann", protocol: 2 },
    ]);
    expect(bench.drops("protocol 1 from a protocol-2 machine")).toBe(1);
  });

  test("takes the place of a protocol-2 machine that has been silent for an interval", () => {
    const bench = new Bench({ updateSeconds: 30 });
    bench.meet(A, { interval: 30 });
    bench.run(90_000);
    bench.clear();
    while (!bench.textsTo(A).some((text) => text.startsWith(">{"))) bench.run(1000);
    bench.run(9000);
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + 100 })}`);
    // If the last question was a bare one, a single answer proves nothing.
    for (let i = 0; i < 3 && bench.machine(A) === undefined; i++) {
      bench.run(30_000);
      bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + 130 + i })}`);
    }
    expect(bench.machine(A)).toMatchObject({ protocol: 1, state: "up" });
    expect(bench.machine("ann")?.protocol).toBe(2);
  });
});

test("a protocol-2 machine that comes back and answers a bare request is not replaced", () => {
  const bench = new Bench({ updateSeconds: 30 });
  bench.meet(A, { interval: 30 });
  bench.run(90_000);
  bench.clear();
  while (!bench.textsTo(A).includes(">")) bench.run(1000);
  bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + 100 })}`);
  expect(bench.others().map(({ id }) => id)).toEqual(["ann"]);
  bench.run(1200);
  bench.answer(A, { incarnation: "boota2" });
  expect(bench.others()).toMatchObject([
    { id: "ann", protocol: 2, state: "up", incarnation: "boota2" },
  ]);
});

test("a protocol-2 machine that answers all waiting requests after a stop is not replaced", () => {
  const bench = new Bench({ updateSeconds: 30 });
  bench.meet(A, { interval: 30 });
  bench.run(90_000);
  bench.clear();
  for (let bare = 1; bare <= 2; bare++) {
    while (bench.textsTo(A).filter((text) => text === ">").length < bare) bench.run(1000);
  }
  for (let i = 0; i < 2; i++) {
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + 100 })}`);
  }
  expect(bench.others().map(({ id }) => id)).toEqual(["ann"]);
  bench.run(1200);
  bench.answer(A);
  expect(bench.others()).toMatchObject([{ id: "ann", protocol: 2, state: "up" }]);
});

// Anyone can make it send one by a request in this machine's name.
test("a protocol-2 machine that gave one protocol-1 report is not replaced", () => {
  const bench = new Bench({ updateSeconds: 20 });
  bench.meet(A, { interval: 20 });
  while (bench.machine("ann")?.state !== "silent") bench.run(1000);
  bench.run(21_000);
  bench.clear();
  while (bench.textsTo(A).length === 0) bench.run(1000);
  expect(bench.textsTo(A)).not.toContain(">");
  bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + 100 })}`);
  expect(bench.others()).toMatchObject([{ id: "ann", protocol: 2 }]);
  bench.answerNext(A);
  expect(bench.others()).toMatchObject([{ id: "ann", protocol: 2, state: "up" }]);
});

describe("a protocol-2 machine that said goodbye and comes back as a program of 2005", () => {
  const REPORT = { wallSeconds: WALL_SECONDS + 100, name: "ant" };

  function leave(bench: Bench): void {
    bench.meet(A, { id: "ann", name: "ant" });
    bench.receive(A, `<${JSON.stringify({ bye: { id: "ann", boot: "boota" } })}`);
  }

  /** The two records of the host, without what does not concern them here. */
  function records(bench: Bench): object[] {
    return bench
      .others()
      .map(({ id, name, protocol, state, replacedBy }) =>
        withoutUndefined({ id, name, protocol, state, replacedBy }),
      );
  }

  const REPLACED = [
    { id: "ann", name: "ant", protocol: 2, state: "stopped", replacedBy: A },
    { id: A, name: "ant", protocol: 1, state: "up" },
  ];

  test("counts at its first report, beside the old one with its own id and history", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(6000);
    expect(bench.machine("ann")?.state).toBe("stopped");
    bench.clear();
    while (bench.textsTo(A).length === 0) bench.run(1000);
    bench.receive(A, `<${v1Report(REPORT)}`);
    expect(records(bench)).toEqual(REPLACED);
    expect(bench.of("entry").map(({ id }) => id)).toEqual([A]);
    expect(bench.of("rename")).toEqual([]);
  });

  test("counts with the report that answers the question which tests the goodbye", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(2200);
    bench.receive(A, `<${v1Report(REPORT)}`);
    expect(records(bench)).toEqual([{ id: "ann", name: "ant", protocol: 2, state: "up" }]);
    bench.run(2200);
    expect(records(bench)).toEqual(REPLACED);
    const ids = bench.of("entry").map(({ id, entry }) => `${id} ${entry.state}`);
    expect(ids.slice(-2)).toEqual(["ann stopped", `${A} up`]);
  });

  test("does not count before the goodbye is tested, as the answer may be an older one", () => {
    const bench = new Bench();
    leave(bench);
    bench.receive(A, `<${v1Report(REPORT)}`);
    expect(records(bench)).toEqual([{ id: "ann", name: "ant", protocol: 2, state: "up" }]);
    expect(bench.drops("protocol 1 from a protocol-2 machine")).toBe(1);
  });

  test("counts as well if it starts while the goodbye is tested, and queries us", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(3000);
    // The question that tests the goodbye went to nobody; the query makes us ask once more.
    bench.clear();
    bench.receive(A, "?");
    bench.run(200);
    expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toHaveLength(1);
    bench.receive(A, `<${v1Report(REPORT)}`);
    bench.run(2200);
    expect(records(bench)).toEqual(REPLACED);
  });

  test("cannot put off the end of the test by further queries", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(3000);
    for (let i = 0; i < 4; i++) {
      bench.receive(A, "?");
      bench.run(1000);
    }
    expect(bench.machine("ann")?.state).toBe("stopped");
  });

  test("is none if the machine itself answers the test, too", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(2200);
    bench.receive(A, `<${v1Report(REPORT)}`);
    bench.answer(A, { id: "ann", name: "ant", incarnation: "boota2" });
    bench.run(5000);
    expect(records(bench)).toEqual([{ id: "ann", name: "ant", protocol: 2, state: "up" }]);
    expect(bench.of("entry").map(({ id }) => id)).not.toContain(A);
  });

  test("is shown under the old name before its first report", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(6000);
    bench.receive(A, ">");
    bench.run(1200);
    bench.receive(A, "<");
    expect(records(bench)).toEqual([
      REPLACED[0] ?? {},
      { id: A, name: "ant", protocol: 1, state: "new" },
    ]);
  });

  test("is not believed by what a unagi that is back answers to a bare request", () => {
    const bench = new Bench({ updateSeconds: 20 });
    leave(bench);
    bench.run(6000);
    expect(bench.machine("ann")?.state).toBe("stopped");
    // After an interval every fourth question is bare, and programs of both protocols answer it alike.
    bench.clear();
    while (!bench.textsTo(A).includes(">")) bench.runLong(1000);
    bench.receive(A, `<${v1Report(REPORT)}`);
    bench.run(1000);
    expect(bench.others().map(({ id }) => id)).toEqual(["ann"]);
    bench.answerNext(A, { id: "ann", name: "ant", incarnation: "boota2" });
    expect(records(bench)).toEqual([{ id: "ann", name: "ant", protocol: 2, state: "up" }]);
    expect(bench.of("entry").map(({ id }) => id)).not.toContain(A);
  });

  test("is not asked more than its share meanwhile", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(2200);
    bench.receive(A, `<${v1Report(REPORT)}`);
    bench.run(2200);
    bench.clear();
    for (let i = 0; i < 60; i++) {
      bench.receive(A, ">");
      bench.run(1000);
    }
    expect(bench.textsTo(A).filter((text) => text.startsWith(">")).length).toBeLessThanOrEqual(3);
  });

  test("is two machines when the new one has another name", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(2200);
    bench.receive(A, `<${v1Report({ ...REPORT, name: "bee" })}`);
    bench.run(2200);
    expect(records(bench)).toEqual([
      { id: "ann", name: "ant", protocol: 2, state: "stopped" },
      { id: A, name: "bee", protocol: 1, state: "up" },
    ]);
  });

  test("is the old one again when that answers", () => {
    const bench = new Bench();
    leave(bench);
    bench.run(2200);
    bench.receive(A, `<${v1Report(REPORT)}`);
    bench.run(2200);
    bench.answerNext(A, { id: "ann", name: "ant", incarnation: "boota2" });
    expect(records(bench)).toEqual([{ id: "ann", name: "ant", protocol: 2, state: "up" }]);
  });

  test("is forgotten together with the old one", () => {
    const bench = new Bench({ updateSeconds: 10 });
    leave(bench);
    bench.run(2200);
    bench.receive(A, `<${v1Report(REPORT)}`);
    bench.run(2200);
    while (bench.machine(A)?.state !== "down") bench.runLong(60_000);
    bench.take(bench.cluster.forget(A, bench.now()));
    expect(bench.others()).toEqual([]);
  });
});

describe("a protocol-2 machine that is killed and comes back as a program of 2005", () => {
  test("is asked at its pace, counts after an interval with the report it gave first, in one row", () => {
    const bench = new Bench({ updateSeconds: 60 });
    bench.meet(A, { id: "ann", name: "ant", interval: 60 });
    while (bench.machine("ann")?.state !== "silent") bench.run(1000);
    let asked = 0;
    let isServed = false;
    const untilMs = bench.nowMs + 130_000;
    while (bench.machine(A)?.report === undefined && bench.nowMs < untilMs) {
      bench.clear();
      bench.run(1000);
      const questions = bench.textsTo(A).filter((text) => text.startsWith(">"));
      asked += questions.length;
      // It gives its report once, and then only says that it is alive.
      for (const _ of questions) {
        bench.receive(
          A,
          isServed ? "<" : `<${v1Report({ wallSeconds: WALL_SECONDS, name: "ant" })}`,
        );
        isServed = true;
      }
    }
    expect(bench.machine(A)).toMatchObject({ state: "up", name: "ant" });
    expect(bench.machine("ann")?.replacedBy).toBe(A);
    // Every 10 s, and every second in the last 10 s before it counts.
    expect(asked).toBeLessThan(30);
  });
});

test("a protocol-1 report from the address of a silent machine is not kept for more than two intervals", () => {
  const bench = new Bench({ updateSeconds: 20 });
  bench.meet(A, { id: "ann", name: "ant", interval: 20 });
  while (bench.machine("ann")?.state !== "silent") bench.run(1000);
  bench.clear();
  while (!bench.textsTo(A).some((text) => text.startsWith(">{"))) bench.run(1000);
  bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS, name: "ant" })}`);
  expect(bench.cluster.sizes().earlyReportsV1).toBe(1);
  bench.runLong(41_000);
  expect(bench.cluster.sizes().earlyReportsV1).toBe(0);
});

describe("in a network that speaks protocol 1 alone,", () => {
  test("machines are sent bare requests, queries and lists, and nothing else", () => {
    const bench = new Bench({ isProtocol1Only: true, updateSeconds: 10 });
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.publish();
    for (let i = 1; i < 60; i++) {
      bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + i })}`);
      bench.run(1000);
    }
    bench.take(bench.cluster.setWatching(true, bench.now()));
    bench.run(10_000);
    bench.take(bench.cluster.leave(bench.now()));
    const kinds = new Set(bench.textsTo(A).map((text) => (text.startsWith("!") ? "!" : text)));
    expect([...kinds].sort()).toEqual(["!", ">", "?"]);
  });

  test("messages of protocol 2 are dropped", () => {
    const bench = new Bench({ isProtocol1Only: true });
    bench.publish();
    const texts = ['>{"question":1,"id":"x"}', '<{"hint":["10.0.0.9"]}', ">AAAAAAAA"];
    for (const text of texts) bench.receive(A, text);
    expect(bench.drops("not protocol 1")).toBe(3);
    const lines = bench.of("log").filter(({ level }) => level === "warn");
    expect(lines.map(({ text }) => text)).toEqual([
      `1 packet from ${A} came in protocol 2, which this network's signature rules out`,
    ]);
    expect(bench.sent).toEqual([]);
  });

  test("two of ours keep each other up by reports and signs of life", () => {
    const bench = new Bench({ isProtocol1Only: true, updateSeconds: 30 });
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    for (let second = 1; second < 600; second++) {
      bench.run(1000);
      if (bench.textsTo(A).includes(">")) bench.receive(A, "<");
      bench.clear();
      expect(bench.machine(A)?.state).toBe("up");
    }
  });
});

describe("a protocol-1 report that is refused", () => {
  function askNext(bench: Bench): void {
    bench.clear();
    while (bench.textsTo(A).length === 0) bench.run(1000);
  }

  test("is shown with the time of the first and the reason of the newest, until a good one comes", () => {
    const bench = new Bench({ updateSeconds: 10 });
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    expect(bench.machine(A)).not.toHaveProperty("reportTrouble");
    askNext(bench);
    const sinceWallMs = START_WALL_MS + bench.nowMs;
    bench.receive(A, "<nonsense");
    askNext(bench);
    bench.clear();
    bench.receive(A, "<oldie 1 60\n\n\n");
    expect(bench.machine(A)).toMatchObject({
      state: "up",
      reportTrouble: { kind: "refused", sinceWallMs, reason: "not 20 fields in line 1" },
      report: { name: "oldie" },
    });
    expect(bench.of("changed").map(({ id }) => id)).toEqual([A]);
    askNext(bench);
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + 30 })}`);
    expect(bench.machine(A)).not.toHaveProperty("reportTrouble");
  });

  test("from a machine that is not known yet is told once it is", () => {
    const bench = new Bench({ updateSeconds: 10 });
    bench.meetV1(A, "nonsense");
    expect(bench.others()).toEqual([]);
    bench.run(2000);
    bench.receive(A, "<");
    expect(bench.machine(A)).toMatchObject({
      state: "new",
      reportTrouble: {
        kind: "refused",
        sinceWallMs: START_WALL_MS + 100,
        reason: "not four lines",
      },
    });
  });

  test("keeps its machine from being called down", () => {
    const bench = new Bench({ updateSeconds: 10 });
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    for (let i = 0; i < 300; i++) {
      askNext(bench);
      bench.receive(A, "<nonsense");
    }
    expect(bench.machine(A)?.state).toBe("up");
  });

  test.each([
    ["that was not asked for", (bench: Bench) => bench.run(60_000), 10_080],
    ["from another port than the peers'", askNext, 40_000],
  ])("%s changes nothing", (_, wait, port) => {
    const bench = new Bench({ updateSeconds: 600 });
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    wait(bench);
    bench.receive(A, "<nonsense", port);
    expect(bench.machine(A)).not.toHaveProperty("reportTrouble");
  });
});

describe("a report that is overdue", () => {
  test("is shown after three intervals, with the time when the last one was made", () => {
    const bench = new Bench({ updateSeconds: 60 });
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.meet(B, { interval: 60 });
    const untilMs = 3 * 600_000 + bench.nowMs;
    const seen = new Map<string, number>();
    while (bench.nowMs < untilMs) {
      bench.run(1000);
      for (const machine of bench.others()) {
        expect(machine.state).toBe("up");
        if (machine.reportTrouble !== undefined && !seen.has(machine.id)) {
          expect(machine.reportTrouble.kind).toBe("overdue");
          expect(machine.reportTrouble.sinceWallMs).toBeCloseTo(START_WALL_MS + 100, -3);
          seen.set(machine.id, bench.nowMs);
        }
      }
      bench.receive(A, "<");
      if (bench.textsTo(B).some((text) => text.startsWith(">{"))) {
        bench.answer(B, { interval: 60, report: null });
        bench.clear();
      }
    }
    // Of the protocol-1 machine no second report has shown its interval, which may be 600 s.
    expect(Math.round((seen.get("ann") ?? 0) / 1000)).toBeCloseTo(180, -1);
    expect(Math.round((seen.get(A) ?? 0) / 1000)).toBeCloseTo(1800, -1);
  });
});

describe("an empty report", () => {
  test("that answers a question is a sign of life", () => {
    const bench = new Bench();
    bench.receive(A, "?");
    bench.run(100);
    bench.receive(A, "<");
    expect(bench.machine(A)).toMatchObject({ state: "new", protocol: 1 });
  });

  test("that answers no question is dropped", () => {
    const bench = new Bench();
    bench.receive(A, "<");
    expect(bench.others()).toEqual([]);
  });
});

describe("a protocol-1 machine", () => {
  test("is asked with a question first and with a bare request now and then", () => {
    const bench = new Bench();
    bench.receive(A, "?");
    bench.run(8000);
    const asked = bench.textsTo(A).filter((text) => text.startsWith(">"));
    const kinds = asked.map((text) => (text === ">" ? "bare" : "question")).join(" ");
    expect(kinds).toBe("question question bare question");
  });

  test("that ignores requests without news is neither silent nor down within its interval", () => {
    const bench = new Bench({ updateSeconds: 60 });
    const start = { wallSeconds: WALL_SECONDS, uptime: 5000 };
    bench.meetV1(A, v1Report(start));
    for (let i = 1; i <= 3; i++) {
      for (let second = 0; second < 600; second += 10) {
        bench.run(10_000);
        expect(bench.machine(A)?.state).toBe("up");
      }
      while (!bench.textsTo(A).some((text) => text.startsWith(">"))) bench.run(1000);
      const next = { wallSeconds: WALL_SECONDS + 600 * i, uptime: 5000 + 600 * i };
      bench.receive(A, `<${v1Report(next)}`);
      bench.clear();
    }
  });

  test("with a short interval is silent after one interval of this machine and down after three", () => {
    const bench = new Bench({ updateSeconds: 60 });
    for (let i = 0; i < 4; i++) {
      if (i === 0) bench.receive(A, "?");
      bench.clear();
      while (!bench.textsTo(A).some((text) => text.startsWith(">"))) bench.run(1000);
      const seconds = Math.floor(bench.nowMs / 1000);
      const next = { wallSeconds: WALL_SECONDS + seconds, uptime: 5000 + seconds };
      bench.receive(A, `<${v1Report(next)}`);
    }
    bench.run(60_000);
    expect(bench.machine(A)?.state).toBe("up");
    bench.run(30_000);
    expect(bench.machine(A)?.state).toBe("silent");
    bench.run(95_000);
    expect(bench.machine(A)?.state).toBe("down");
  });

  test("that is upgraded to protocol 2 keeps its history under the new id", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.clear();
    bench.run(6000);
    bench.receive(A, '>{"question":5,"id":"ann"}');
    bench.run(100);
    bench.answer(A, { name: "oldie" });
    expect(bench.of("rename")).toEqual([{ kind: "rename", fromId: A, toId: "ann" }]);
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("ann")).toMatchObject({ protocol: 2, state: "up", name: "oldie" });
  });

  test.each(["my host", "{x}", "日本", "n".repeat(200)])(
    "is recognised after an upgrade by its name as protocol 1 spells it: %s",
    (name) => {
      const bench = new Bench();
      bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS, name: nameInReportV1(name) }));
      bench.clear();
      bench.run(6000);
      bench.receive(A, '>{"question":5,"id":"ann"}');
      bench.run(100);
      bench.answer(A, { name });
      expect(bench.of("rename")).toHaveLength(1);
    },
  );

  test("whose address another machine has now keeps its history and is shown as down", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.run(6000);
    bench.clear();
    bench.receive(A, '>{"question":5,"id":"ann"}');
    bench.run(100);
    bench.answer(A, { name: "ann" });
    expect(bench.machine("ann")).toMatchObject({ state: "up", addresses: [A], name: "ann" });
    expect(bench.machine(A)).toMatchObject({ state: "silent", name: "oldie" });
    bench.runLong(2_000_000);
    expect(bench.machine(A)).toMatchObject({ state: "down", name: "oldie", protocol: 1 });
    expect([...bench.of("rename"), ...bench.of("forget")]).toEqual([]);
  });

  test("that gets its address back is shown under its old id again", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.run(6000);
    bench.receive(A, '>{"question":5,"id":"ann"}');
    bench.run(100);
    bench.answer(A, { name: "ann" });
    bench.runLong(1_300_000);
    for (let i = 0; i < 300 && bench.machine(A)?.state !== "up"; i++) {
      bench.runLong(5000);
      const seconds = Math.floor(bench.nowMs / 1000);
      const next = { wallSeconds: WALL_SECONDS + seconds, uptime: seconds };
      bench.receive(A, `<${v1Report(next)}`);
    }
    expect(bench.machine(A)).toMatchObject({ state: "up", name: "oldie", addresses: [A] });
    expect(bench.of("forget")).toEqual([]);
  });

  test.each([
    { title: "not merged with it if the names differ", name: "ann", shown: undefined },
    {
      title: "merged with it, last report included, if the names agree",
      name: "oldie",
      shown: "oldie",
    },
  ])(
    "at whose address a protocol-2 machine without a report now answers is $title",
    ({ name, shown }) => {
      const bench = new Bench();
      bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
      bench.run(6000);
      bench.receive(A, '>{"question":5,"id":"ann"}');
      bench.run(100);
      bench.answer(A, { sequence: 0, report: null, name });
      expect(bench.machine("ann")?.name).toBe(name);
      expect(bench.machine("ann")?.report?.name).toBe(shown);
      expect(bench.machine("ann")?.state).toBe(shown === undefined ? "new" : "up");
    },
  );

  test("that was upgraded is noticed although it first answers only a bare request", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: WALL_SECONDS }));
    bench.run(10_000);
    bench.clear();
    bench.receive(A, '>{"question":5,"id":"ann"}');
    const asked = () => bench.textsTo(A).filter((text) => text.startsWith(">"));
    const bareAt = () => asked().indexOf(">");
    while (bareAt() < 0) bench.run(100);
    bench.receive(A, `<${v1Report({ wallSeconds: WALL_SECONDS + 10, uptime: 5010 })}`);
    bench.run(5000);
    const later = asked().slice(bareAt() + 1);
    expect(later.some((text) => text.startsWith(">{"))).toBe(true);
  });
});

/** Answers the last question to each protocol-2 machine on the bench. */
function answerAll(bench: Bench): void {
  const asked = bench.sent.filter(({ text }) => text.startsWith(">{"));
  bench.sent = bench.sent.filter(({ text }) => !text.startsWith(">"));
  for (const { to, text } of asked) {
    const { question } = JSON.parse(text.slice(1));
    const machine = bench.others().find(({ address }) => address === to);
    if (machine?.protocol !== 2) continue;
    const body = {
      id: machine.id,
      boot: machine.incarnation,
      sequence: 1,
      interval: 600,
      age: 1,
    };
    const answer = { answer: question, ...body, clock: 1, name: "x" };
    bench.receive(to, `<${JSON.stringify(answer)}`);
  }
}
