/** How machines find each other: scan, candidates, and the ranges that limit both. */
import { describe, expect, test } from "bun:test";
import { Bench, knownMachine, START_WALL_MS } from "./core-harness.ts";

const A = "10.0.0.2";

function range(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
}

/** Initial queries to the scan range. */
function queries(bench: Bench): { to: string; atMs: number }[] {
  return bench.sent.filter(({ to, text }) => text === "?" && to.startsWith("10.1."));
}

/** Queries to known machines, which ask them for their lists. */
function listRequests(bench: Bench): { to: string; atMs: number }[] {
  return bench.sent.filter(({ to, text }) => text === "?" && !to.startsWith("10.1."));
}

describe("the scan", () => {
  test("asks one address after the other, at most 100 a second", () => {
    const scan = range(250);
    const bench = new Bench({ scan });
    bench.run(5000);
    expect(
      queries(bench)
        .slice(0, 250)
        .map(({ to }) => to),
    ).toEqual(scan);
    expect(perSecond(queries(bench))).toBeLessThanOrEqual(100);
    expect(queries(bench)[249]?.atMs).toBeLessThan(3000);
    expect(bench.cluster.scanProgress().size).toBe(250);
  });

  test("goes on at one address a second while no machine is known", () => {
    const bench = new Bench({ scan: range(10) });
    bench.run(1000);
    bench.clear();
    bench.run(30_000);
    expect(queries(bench).length).toBeGreaterThanOrEqual(28);
    expect(queries(bench).length).toBeLessThanOrEqual(30);
    expect(bench.cluster.scanProgress().asked).toBeGreaterThan(10);
  });

  test("leaves out this machine's own address", () => {
    const self = { id: "self", incarnation: "boot0", name: "me", address: A };
    const bench = new Bench({ scan: [A, "10.1.0.1"], self });
    bench.run(10_000);
    expect(bench.sent.filter(({ to }) => to === A)).toEqual([]);
    expect(queries(bench).length).toBeGreaterThan(3);
  });

  test("pauses once for the first machine that sends a list, and resumes if that one answers no question", () => {
    const bench = new Bench({ scan: range(1000) });
    bench.run(500);
    bench.receive(A, "!10.0.0.3");
    bench.clear();
    bench.run(2900);
    expect(queries(bench)).toEqual([]);
    bench.receive(A, "!10.0.0.4");
    bench.run(1000);
    expect(queries(bench).length).toBeGreaterThan(80);
  });

  test("ends when another machine has answered", () => {
    const bench = new Bench({ scan: range(1000) });
    bench.run(500);
    bench.meet(A);
    bench.clear();
    bench.run(900);
    expect(queries(bench)).toEqual([]);
    bench.run(90_000);
    bench.clear();
    bench.run(60_000);
    expect(queries(bench)).toEqual([]);
  });

  test.each([1, 2] as const)(
    "does not wait for a protocol-%d machine remembered from an earlier run, which may be down",
    (protocol) => {
      const known = [knownMachine({ id: protocol === 1 ? A : "ann", protocol })];
      const bench = new Bench({ scan: range(10), known });
      bench.run(1000);
      expect(bench.sent[0]).toMatchObject({ to: A });
      expect(queries(bench)).toHaveLength(10);
    },
  );

  test("ends when a machine remembered from an earlier run has answered", () => {
    const bench = new Bench({ scan: range(1000), known: [knownMachine({ id: "ann" })] });
    bench.run(100);
    bench.answer(A);
    bench.clear();
    bench.run(10_000);
    expect(queries(bench)).toEqual([]);
  });

  test("resumes when the last machine falls silent", () => {
    const bench = new Bench({ scan: range(10) });
    bench.meet(A, { age: 599 });
    bench.clear();
    bench.run(60_000);
    expect(bench.machine("ann")?.state).toBe("silent");
    expect(queries(bench).length).toBeGreaterThan(10);
  });

  test("asks a few random addresses whenever lists are sent, so that separate groups meet", () => {
    const bench = new Bench({ scan: range(1000), updateSeconds: 10 });
    // The time after a start in which it asks more often is over.
    bench.run(310_000);
    bench.meet(A);
    bench.clear();
    for (let i = 0; i < 12; i++) {
      bench.receive(A, "?");
      bench.run(5000);
      if (bench.textsTo(A).some((text) => text.startsWith(">{"))) bench.answer(A, { report: null });
    }
    const count = queries(bench).length;
    expect(count).toBeGreaterThanOrEqual(4);
    expect(count).toBeLessThanOrEqual(12);
  });

  test("of an empty range sends nothing", () => {
    const bench = new Bench();
    bench.run(60_000);
    expect(bench.sent).toEqual([]);
    expect(bench.cluster.scanProgress()).toEqual({ size: 0, asked: 0 });
  });
});

describe("a candidate", () => {
  test("is asked six times with growing pauses, then dropped", () => {
    const bench = new Bench();
    bench.receive("10.0.0.9", "!10.0.0.7");
    bench.run(120_000);
    const asked = bench.sent.filter(({ to }) => to === "10.0.0.7").map(({ atMs }) => atMs);
    const pauses = asked.slice(1).map((atMs, i) => atMs - (asked[i] ?? 0));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(bench.cluster.candidateCount()).toBe(0);
  });

  test("is neither shown nor passed on before it has answered a question", () => {
    const bench = new Bench();
    bench.receive("10.0.0.9", "!10.0.0.7");
    bench.run(100);
    expect(bench.cluster.candidateCount()).toBe(2);
    expect(bench.others()).toEqual([]);
    bench.receive("10.0.0.8", "?");
    expect(bench.textsTo("10.0.0.8")).toEqual(["!"]);
    bench.answer("10.0.0.7");
    bench.receive("10.0.0.8", "?");
    expect(bench.textsTo("10.0.0.8").filter((text) => text.startsWith("!"))).toContain("!10.0.0.7");
    expect(bench.others()).toHaveLength(1);
  });

  test("is made of any sender of a valid message, and asked at the peers' port", () => {
    for (const [text, port] of [
      ...[
        ["?", 10_080],
        [">", 40_000],
        ["!", 10_080],
        ['>{"question":1,"id":"x"}', 40_000],
      ],
    ] as [string, number][]) {
      const bench = new Bench();
      bench.receive(A, text, port);
      bench.run(100);
      expect(
        bench.sent.some(({ to, port, text }) => {
          return to === A && port === 10_080 && text.startsWith(">{");
        }),
      ).toBe(true);
    }
  });

  test("is not made of a sender whose packet is no message of this network", () => {
    const bench = new Bench();
    for (const text of ["", "lab", "lab2?", "LAB?", "lab=", "lab<x", "lab>x", "lab?x", "lab#x"]) {
      bench.receiveRaw(A, text);
    }
    bench.run(1000);
    expect(bench.sent).toEqual([]);
    expect(bench.cluster.candidateCount()).toBe(0);
  });

  test("is asked within a budget of 50 questions a second for all candidates", () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) {
      bench.receive(
        "10.0.0.9",
        `!${range(500)
          .slice(i * 100, i * 100 + 100)
          .join(" ")}`,
      );
    }
    bench.run(10_000);
    expect(perSecond(bench.sent)).toBeLessThanOrEqual(50);
    expect(bench.sent.length).toBeGreaterThan(400);
  });
});

test("an address list does not name a machine that has fallen silent", () => {
  const bench = new Bench();
  bench.meet(A, { age: 599 });
  bench.run(60_000);
  expect(bench.machine("ann")?.state).toBe("silent");
  bench.receive("10.0.0.8", "?");
  expect(bench.textsTo("10.0.0.8")).toContain("!");
});

describe("a machine that has just started", () => {
  test("also asks a few random addresses, but none that is known to be up", () => {
    const scan = range(50);
    const bench = new Bench({ scan });
    const [known = ""] = scan;
    bench.receive(known, "?");
    bench.run(100);
    bench.answer(known);
    bench.clear();
    bench.run(100_000);
    const asked = queries(bench).filter(({ to }) => to !== known);
    expect(asked.length).toBeGreaterThan(12);
    expect(asked.length).toBeLessThanOrEqual(20);
    expect(queries(bench).length - asked.length).toBe(6);
  });

  test("asks the machines that it has met for their lists six times, at growing pauses", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.run(290_000);
    const count = listRequests(bench).length;
    expect(count).toBe(6);
    bench.run(600_000);
    expect(listRequests(bench)).toHaveLength(count);
  });

  test("asks for lists anew when it meets another machine", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.run(120_000);
    bench.clear();
    bench.meet("10.0.0.3", { id: "bob", incarnation: "bootb" });
    bench.run(120_000);
    expect(listRequests(bench)).toHaveLength(6);
  });
});

test("a machine that has run for longer asks a newcomer for its list once if it knows few others", () => {
  const bench = new Bench();
  bench.run(310_000);
  bench.meet(A);
  bench.run(120_000);
  expect(listRequests(bench).map(({ to }) => to)).toEqual([A]);
});

describe("the allowed ranges", () => {
  test("are checked before anything is read or sent", () => {
    const bench = new Bench({ scan: ["192.168.1.1", A] });
    bench.receive("192.168.1.1", "?");
    bench.receive(A, "!192.168.1.1");
    bench.run(1000);
    expect(bench.textsTo("192.168.1.1")).toEqual([]);
    expect(bench.drops("outside the allowed ranges")).toBe(1);
  });

  test("end all questions, answers and candidates outside of them when they shrink", () => {
    const bench = new Bench();
    bench.meet(A, { age: 595 });
    bench.receive("10.0.0.9", "!10.0.0.7");
    bench.clear();
    const scan = { size: 0, at: () => undefined };
    bench.cluster.setRanges({ allow: (address) => address === "10.0.0.9", scan });
    bench.run(120_000);
    expect(new Set(bench.sent.map(({ to }) => to))).toEqual(new Set(["10.0.0.9"]));
    expect(bench.machine("ann")?.state).toBe("silent");
  });

  test("start a new scan when the scan range changes and continue the scan when it does not", () => {
    const bench = new Bench({ scan: range(20) });
    bench.run(5000);
    const { asked } = bench.cluster.scanProgress();
    const allow = () => true;
    bench.cluster.setRanges({ allow, scan: { size: 20, at: (index) => range(20)[index] } });
    expect(bench.cluster.scanProgress().asked).toBe(asked);
    bench.cluster.setRanges({ allow, scan: { size: 20, at: (index) => `10.9.0.${index}` } });
    expect(bench.cluster.scanProgress().asked).toBe(0);
  });
});

test("loopback addresses in the list of a remote machine are ignored", () => {
  const bench = new Bench({ allow: () => true });
  bench.receive(A, "!127.0.0.5");
  bench.receive("127.0.0.9", "!127.0.0.6");
  bench.run(100);
  expect(bench.textsTo("127.0.0.5")).toEqual([]);
  expect(bench.textsTo("127.0.0.6")).toHaveLength(1);
});

test("a log line quotes what others sent escaped and shortened", () => {
  const bench = new Bench();
  bench.receive(A, `<\u001b[2J${"x".repeat(5000)}`);
  const [line] = bench.of("log");
  expect(line?.text).toContain("\\x1b[2J");
  expect(line?.text.length).toBeLessThan(200);
});

test("malformed packets are logged once a minute for each kind, and all are counted", () => {
  const bench = new Bench();
  for (let i = 0; i < 600; i++) {
    bench.receive(`10.0.${i % 200}.5`, "<bad");
    bench.run(200);
  }
  expect(bench.of("log").filter(({ text }) => text.includes("malformed report"))).toHaveLength(2);
  expect(bench.drops("malformed report")).toBe(600);
});

test("a machine's name goes into the log escaped", () => {
  const bench = new Bench();
  bench.meet(A, { name: "ä\u202eb", report: { name: "x" } });
  bench.run(20 * 60_000);
  const lines = bench.of("log").map((line) => line.text);
  expect(lines).toContain(`machine 'ä b' at ${A} is up`);
  for (const line of lines) expect(line).not.toMatch(/\p{C}/u);
});

function perSecond(sent: readonly { atMs: number }[]): number {
  let most = 0;
  for (const { atMs } of sent) {
    const within = sent.filter((one) => one.atMs >= atMs && one.atMs < atMs + 1000).length;
    most = Math.max(most, within);
  }
  return most;
}

test("what is remembered is dated by the wall clock", () => {
  const bench = new Bench();
  bench.meet(A);
  expect(bench.of("remember")[0]?.machine.lastHeardWallMs).toBe(START_WALL_MS + 100);
});

test.each([
  { step: "stays as it is", stepMs: 0 },
  { step: "is set back by an hour", stepMs: -3_600_000 },
  { step: "is set forward by an hour and a little", stepMs: 3_600_000.6 },
])(
  "a machine is remembered with the time of its report's entry while the wall clock $step",
  ({ stepMs }) => {
    const first = new Bench();
    first.nowMs = 0.3;
    first.meet(A, { age: 7.0004 });
    const entry = first.of("entry")[0]?.entry;
    const [met] = first.of("remember");
    first.wallOffsetMs = stepMs;
    first.runLong(3_600_000);
    const quiet = first.of("remember").at(-1);
    const known = { ...knownMachine({ id: "ann" }), ...quiet?.machine, report: { name: "ann" } };
    const second = new Bench({ known: [known] });
    second.wallOffsetMs = 5000;
    second.run(100);
    second.answer(A, { report: null });
    const [again] = second.of("remember");
    expect(quiet?.machine.state).toBe("down");
    expect([met, quiet, again].map((output) => output?.machine.reportAtWallMs)).toEqual(
      Array(3).fill(entry?.atWallMs),
    );
  },
);

test("a candidate whose first answer was refused is heard when it answers a later question", () => {
  const bench = new Bench({ maxPeers: 1 });
  bench.meet("10.0.0.2", { id: "ann", incarnation: "boot" });
  bench.meet("10.0.0.3", { id: "ben" });
  expect(bench.drops("table of machines full")).toBe(1);
  bench.receive("10.0.0.2", `<${JSON.stringify({ bye: { id: "ann", boot: "boot" } })}`);
  bench.run(5000);
  bench.answerNext("10.0.0.3", { id: "ben" });
  expect(bench.others().map(({ id }) => id)).toEqual(["ben"]);
});
