/** Removal of a machine, by a user of this machine or because another machine requests it. */
import { describe, expect, test } from "bun:test";
import { Bench, knownMachine, START_WALL_MS, v1Report } from "./core-harness.ts";

const A = "10.0.0.2";
const B = "10.0.0.3";
const OLD = "10.0.0.4";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const FORGET_ANN = '<{"forget":{"id":"ann","boot":"boota"}}';

/** Ann and ben became known 10 s ago; a fresh report of ann puts off the next question to it. */
function meetBoth(options: { annAge?: number } = {}): Bench {
  const bench = new Bench();
  bench.meet(A, { age: options.annAge ?? 0 });
  bench.meet(B, { id: "ben", incarnation: "bootb", name: "ben" });
  bench.run(10 * SECOND);
  bench.clear();
  return bench;
}

/** Ann has stopped answering and is silent. */
function annIsSilent(): Bench {
  const bench = meetBoth({ annAge: 599 });
  while (bench.machine("ann")?.state === "up") bench.run(100);
  bench.clear();
  return bench;
}

function remove(bench: Bench, id: string): void {
  bench.take(bench.cluster.forget(id, bench.now()));
}

function asked(bench: Bench, address = A): number[] {
  return bench.sent
    .filter(({ to, text }) => to === address && text.startsWith(">"))
    .map(({ atMs }) => atMs);
}

function told(bench: Bench): { to: string; text: string }[] {
  return bench.sent
    .filter(({ text }) => text.includes("forget"))
    .map(({ to, text }) => ({ to, text }));
}

describe("removing a machine at a user's request", () => {
  test("drops it at once and asks it no more", () => {
    const bench = annIsSilent();
    remove(bench, "ann");
    expect(bench.of("forget")).toEqual([{ kind: "forget", id: "ann" }]);
    expect(bench.others().map(({ id }) => id)).toEqual(["ben"]);
    bench.run(MINUTE);
    expect(asked(bench)).toEqual([]);
  });

  test("tells the others at once and again 10 and 30 s later", () => {
    const bench = annIsSilent();
    const startMs = bench.nowMs;
    remove(bench, "ann");
    bench.run(5 * MINUTE);
    expect(told(bench)).toEqual(Array(3).fill({ to: B, text: FORGET_ANN }));
    const times = bench.sent.filter(({ text }) => text.includes("forget"));
    expect(times.map(({ atMs }) => Math.round((atMs - startMs) / SECOND))).toEqual([0, 10, 30]);
  });

  test("does not tell protocol-1 machines, which would not understand it", () => {
    const bench = annIsSilent();
    bench.meetV1(OLD, v1Report({ wallSeconds: START_WALL_MS / SECOND }));
    remove(bench, "ann");
    bench.run(MINUTE);
    expect(told(bench).map(({ to }) => to)).toEqual([B, B, B]);
  });

  test("names a protocol-1 machine by its address", () => {
    const bench = new Bench();
    bench.meet(B, { id: "ben", incarnation: "bootb" });
    bench.meetV1(OLD, v1Report({ wallSeconds: START_WALL_MS / SECOND }));
    for (let sequence = 2; bench.machine(OLD)?.state === "up"; ) {
      bench.runLong(10 * SECOND);
      if (asked(bench, B).length > 0) {
        bench.answer(B, { id: "ben", incarnation: "bootb", sequence: sequence++ });
        bench.clear();
      }
    }
    remove(bench, OLD);
    bench.run(SECOND);
    expect(told(bench)).toEqual([{ to: B, text: `<{"forget":{"id":"${OLD}"}}` }]);
    expect(bench.machine(OLD)).toBeUndefined();
  });

  test.each(["silent", "stopped", "down"] as const)("works if it is %s", (state) => {
    const known = knownMachine({ id: "ann", state });
    const bench = new Bench({ known: [known] });
    remove(bench, "ann");
    expect(bench.others()).toEqual([]);
  });

  test.each(["ann", "self", "nobody", ""])(
    "does nothing if it is %p (a machine that is up, this machine, or none)",
    (id) => {
      const bench = meetBoth();
      remove(bench, id);
      bench.run(SECOND);
      expect([bench.outputs, told(bench)]).toEqual([[], []]);
      expect(bench.others()).toHaveLength(2);
    },
  );

  test("lets a machine that is alive come back when it speaks", () => {
    const bench = annIsSilent();
    remove(bench, "ann");
    bench.meet(A, { sequence: 2 });
    expect(bench.machine("ann")?.state).toBe("up");
  });

  test("is not undone by a list that still names it", () => {
    const bench = annIsSilent();
    remove(bench, "ann");
    bench.receive(B, `!${A}`);
    bench.run(2 * MINUTE);
    expect(bench.machine("ann")).toBeUndefined();
    expect(bench.cluster.candidateCount()).toBe(0);
  });
});

describe("another machine's request to remove a machine", () => {
  test("is followed after eight unanswered questions, a second apart, and then passed on", () => {
    const bench = annIsSilent();
    const startMs = bench.nowMs;
    bench.receive(B, FORGET_ANN);
    bench.run(8 * SECOND);
    // The ordinary question, every 10 s, may fall in between.
    expect(asked(bench).length).toBeGreaterThanOrEqual(8);
    expect(asked(bench).length).toBeLessThanOrEqual(9);
    expect(bench.machine("ann")?.state).toBe("silent");
    while (bench.machine("ann") !== undefined) bench.run(100);
    expect(Math.round((bench.nowMs - startMs) / SECOND)).toBe(9);
    expect(bench.of("forget")).toEqual([{ kind: "forget", id: "ann" }]);
    bench.run(5 * MINUTE);
    expect(told(bench)).toEqual([{ to: B, text: FORGET_ANN }]);
  });

  test.each([1, 3, 8])("is refuted by an answer to question %d", (count) => {
    const bench = annIsSilent();
    bench.receive(B, FORGET_ANN);
    while (asked(bench).length < count) bench.run(100);
    bench.answer(A, { sequence: 2 });
    bench.run(MINUTE);
    expect(bench.machine("ann")?.state).toBe("up");
    expect(bench.of("forget")).toEqual([]);
    expect(told(bench)).toEqual([]);
  });

  test("costs a machine that is up only one question", () => {
    const bench = meetBoth();
    bench.receive(B, FORGET_ANN);
    bench.run(200);
    bench.answer(A, { sequence: 2, report: null });
    bench.clear();
    bench.run(MINUTE);
    expect(asked(bench)).toEqual([]);
    expect(bench.machine("ann")?.state).toBe("up");
  });

  test("is followed for a killed machine that still seems up once it is silent here", () => {
    const bench = meetBoth();
    bench.receive(B, FORGET_ANN);
    bench.run(11 * SECOND);
    expect(bench.machine("ann")).toMatchObject({ state: "up", unanswered: 3 });
    bench.run(12 * SECOND);
    expect(bench.machine("ann")).toBeUndefined();
    expect(told(bench)).toHaveLength(1);
  });

  test("is ignored if that machine has answered in the last 10 s", () => {
    const bench = meetBoth();
    bench.answerNext(A, { sequence: 2, age: 0 });
    bench.clear();
    bench.run(9 * SECOND);
    bench.receive(B, FORGET_ANN);
    bench.run(MINUTE);
    expect(asked(bench)).toEqual([]);
    expect(bench.machine("ann")?.state).toBe("up");
  });

  test("costs no more questions when it is repeated", () => {
    const bench = annIsSilent();
    for (let i = 0; i < 80; i++) {
      bench.receive(B, FORGET_ANN);
      bench.run(100);
    }
    expect(asked(bench).length).toBeLessThanOrEqual(9);
    bench.run(10 * SECOND);
    expect(bench.machine("ann")).toBeUndefined();
    for (let i = 0; i < 10; i++) bench.receive(B, FORGET_ANN);
    bench.run(MINUTE);
    expect(told(bench)).toHaveLength(1);
  });

  test.each([
    { title: "from a machine that is not known", from: "10.0.0.9", text: FORGET_ANN },
    { title: "from another port", from: B, text: FORGET_ANN, port: 40_000 },
    { title: "from a protocol-1 machine", from: OLD, text: FORGET_ANN },
    {
      title: "about an unknown machine",
      from: B,
      text: '<{"forget":{"id":"nobody","boot":"boota"}}',
    },
    { title: "about a machine by its name", from: B, text: '<{"forget":{"id":"Ann"}}' },
    {
      title: "about a protocol-2 machine by its address",
      from: B,
      text: '<{"forget":{"id":"10.0.0.2"}}',
    },
  ])("$title is ignored", ({ from, text, port }) => {
    const bench = annIsSilent();
    bench.meetV1(OLD, v1Report({ wallSeconds: START_WALL_MS / SECOND }));
    bench.clear();
    bench.receive(from, text, port);
    bench.run(9500);
    expect(asked(bench).length).toBeLessThanOrEqual(1);
    bench.run(5 * SECOND);
    expect(bench.machine("ann")?.state).toBe("silent");
  });

  test("about this machine itself is ignored", () => {
    const bench = annIsSilent();
    bench.receive(B, '<{"forget":{"id":"self","boot":"boot0"}}');
    bench.receive(B, '<{"forget":{"id":"self"}}');
    bench.run(MINUTE);
    expect(bench.of("forget")).toEqual([]);
    expect(told(bench)).toEqual([]);
  });

  test("is followed although it names another incarnation, which may have been missed here", () => {
    const bench = annIsSilent();
    bench.receive(B, '<{"forget":{"id":"ann","boot":"another"}}');
    bench.run(12 * SECOND);
    expect(bench.machine("ann")).toBeUndefined();
    expect(told(bench)).toEqual([{ to: B, text: FORGET_ANN }]);
  });

  test.each([
    {
      title: "removes the one of two clones whose incarnation it names",
      message: FORGET_ANN,
      left: ["ann~clone"],
    },
    {
      title: "removes neither of two clones if it names no incarnation",
      message: '<{"forget":{"id":"ann"}}',
      left: ["ann", "ann~clone"],
    },
  ])("$title", ({ message, left }) => {
    const known = [
      knownMachine({ id: "ann", incarnation: "boota", state: "down" }),
      knownMachine({ id: "ann~clone", incarnation: "clone", state: "down", addresses: [OLD] }),
    ];
    const bench = new Bench({ known });
    bench.meet(B, { id: "ben", incarnation: "bootb" });
    bench.receive(B, message);
    bench.run(20 * SECOND);
    const ids = bench.others().map(({ id }) => id);
    expect(ids.filter((id) => id !== "ben").sort()).toEqual([...left]);
  });

  test("about a machine that has just said goodbye takes effect once that has stopped", () => {
    const bench = meetBoth();
    bench.receive(A, '<{"bye":{"id":"ann","boot":"boota"}}');
    bench.receive(B, FORGET_ANN);
    bench.run(4500);
    expect(bench.machine("ann")?.state).toBe("stopped");
    bench.run(12 * SECOND);
    expect(bench.machine("ann")).toBeUndefined();
  });

  test("is tested anew after a suspension of this machine, because answers may have been lost", () => {
    const bench = annIsSilent();
    bench.receive(B, FORGET_ANN);
    bench.run(7500);
    bench.sleep(10 * MINUTE);
    bench.run(7 * SECOND);
    expect(bench.machine("ann")?.state).toBe("silent");
    bench.answer(A, { sequence: 2 });
    bench.run(MINUTE);
    expect(bench.machine("ann")?.state).toBe("up");
  });
});

describe("requests to remove many machines", () => {
  const addressOf = (index: number) => `10.1.${index >> 8}.${index & 255}`;
  const many = (count: number, state: "down" | "up") =>
    Array.from({ length: count }, (_, index) =>
      knownMachine({ id: `m${index}`, state, addresses: [addressOf(index)] }),
    );

  test("are tested 256 at a time, with at most 20 questions a second", () => {
    const bench = new Bench({ known: many(300, "down"), updateSeconds: 3600 });
    bench.meet(B, { id: "ben", incarnation: "bootb" });
    bench.clear();
    for (let index = 0; index < 300; index++) {
      bench.receive(B, `<{"forget":{"id":"m${index}"}}`);
      // A known machine may send 50 packets a second.
      bench.run(20);
    }
    const startMs = bench.nowMs;
    bench.run(100 * SECOND);
    // 20 a second, and as many ordinary questions to quiet machines.
    const inTime = bench.sent.filter(({ atMs, to }) => atMs > startMs && to.startsWith("10.1."));
    expect(inTime.length).toBeLessThanOrEqual(4000);
    bench.run(60 * SECOND);
    // Exactly the 256 machines that were tested are removed.
    expect(bench.others()).toHaveLength(1 + 300 - 256);
  });

  test("are passed on to eight machines each, not to all", () => {
    const known = [...many(100, "up"), knownMachine({ id: "ann", state: "down" })];
    const bench = new Bench({ known, updateSeconds: 3600 });
    bench.receive(B, "?");
    bench.run(5 * SECOND);
    bench.answer(B, { id: "ben", incarnation: "bootb" });
    bench.clear();
    bench.receive(B, FORGET_ANN);
    bench.run(MINUTE);
    expect(bench.machine("ann")).toBeUndefined();
    const readers = told(bench).map(({ to }) => to);
    expect(readers).toHaveLength(8);
    expect(new Set(readers).size).toBe(8);
  });

  test("are sent at no more than 100 packets a second", () => {
    const known = [...many(500, "up"), knownMachine({ id: "ann", state: "down" })];
    const bench = new Bench({ known, updateSeconds: 3600 });
    remove(bench, "ann");
    bench.run(SECOND);
    expect(told(bench).length).toBeLessThanOrEqual(100);
    bench.run(5 * SECOND);
    expect(new Set(told(bench).map(({ to }) => to)).size).toBe(500);
  });
});
