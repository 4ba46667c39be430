/** Identity: ids, incarnations, addresses, clones, and this machine itself. */
import { describe, expect, test } from "bun:test";
import { Bench, knownMachine, START_WALL_MS, v1Report } from "./core-harness.ts";

const A = "10.0.0.2";
const B = "10.0.0.3";
const C = "10.0.0.4";
const NOTHING_HELD = '>{"question":1,"id":"ann"}';

describe("a machine with several addresses", () => {
  test("is shown as one machine under the address that answered last", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B);
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("ann")).toMatchObject({ address: B, addresses: [B, A], isClone: false });
  });

  test("is asked at its second address when the first does not answer", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, { age: 599 });
    bench.clear();
    bench.run(60_000);
    const asked = bench.sent.filter(({ text }) => text.startsWith(">")).map(({ to }) => to);
    expect(asked.slice(0, 4)).toEqual([B, A, B, A]);
  });

  test("keeps the eight addresses that answered last", () => {
    const bench = new Bench();
    for (let i = 1; i <= 12; i++) bench.meet(`10.0.1.${i}`);
    const addresses = [12, 11, 10, 9, 8, 7, 6, 5].map((i) => `10.0.1.${i}`);
    expect(bench.machine("ann")?.addresses).toEqual(addresses);
  });
});

describe("an address", () => {
  test("belongs to the id that last answered from it", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B);
    bench.answerNext(B, { id: "bob", incarnation: "bootb", name: "bob" });
    expect(bench.machine("bob")?.addresses).toEqual([B]);
    expect(bench.machine("ann")?.addresses).toEqual([A]);
  });

  test("that passes to another machine leaves the first one shown as down and asked nowhere", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.answerNext(A, { id: "bob", incarnation: "bootb", name: "bob" });
    bench.clear();
    bench.run(2_000_000);
    expect(bench.machine("ann")).toMatchObject({ state: "down", address: A });
    expect(bench.machine("bob")?.addresses).toEqual([A]);
  });
});

describe("two machines that have swapped their addresses", () => {
  const BOB = { id: "bob", incarnation: "bootb", name: "bob" };

  /** bob has answered at ann's address; nothing has come since from B, where ann is now. */
  function halfSwapped(): Bench {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, BOB);
    bench.answerNext(A, BOB);
    bench.run(20_000);
    bench.clear();
    return bench;
  }

  test("are both found as soon as one of them has answered", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, BOB);
    bench.answerNext(A, BOB);
    bench.clear();
    bench.run(1100);
    bench.answer(B);
    expect(bench.machine("ann")).toMatchObject({ state: "up", addresses: [B] });
    expect(bench.machine("bob")).toMatchObject({ state: "up", addresses: [A] });
  });

  test("are asked no more than once a second, however often they swap", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, BOB);
    bench.meet(C);
    bench.answerNext(C, BOB);
    bench.clear();
    // At each address the two take turns in answering.
    const isBobs = new Map([A, B, C].map((address) => [address, address !== A]));
    for (let i = 0; i < 100; i++) {
      bench.run(100);
      const asked = bench.sent.filter(({ atMs, text }) => atMs === bench.nowMs && text[1] === "{");
      for (const { to } of asked) {
        const isBob = isBobs.get(to) === false;
        isBobs.set(to, isBob);
        bench.answer(to, isBob ? BOB : {});
      }
    }
    for (const address of [A, B, C]) expect(bench.textsTo(address).length).toBeWithin(5, 13);
  });

  test("are found at their new addresses once each has sent this machine a question or answer", () => {
    const bench = halfSwapped();
    expect(bench.machine("ann")?.addresses).toEqual([A]);
    expect(bench.machine("bob")?.addresses).toEqual([A, B]);
    bench.receive(B, '>{"question":1,"id":"ann"}');
    bench.run(100);
    bench.answer(B);
    expect(bench.machine("ann")).toMatchObject({ state: "up", addresses: [B] });
    expect(bench.machine("bob")).toMatchObject({ state: "up", addresses: [A] });
  });

  test("are also found by an address list", () => {
    const bench = halfSwapped();
    bench.answerNext(A, { ...BOB, sequence: 2 });
    bench.clear();
    bench.receive(A, `!${B}`);
    bench.run(100);
    bench.answer(B);
    expect(bench.machine("ann")).toMatchObject({ state: "up", addresses: [B] });
  });

  test("are asked because of lists only once an interval, with two repeats", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B);
    bench.answerNext(B, { age: 0 });
    bench.clear();
    for (let i = 0; i < 50; i++) {
      bench.receive(B, `!${A}`);
      bench.run(1000);
    }
    // One question and two repeats, because packets get lost.
    expect(bench.textsTo(A).filter((text) => text.startsWith(">{"))).toHaveLength(3);
  });

  test("are asked only once in five seconds because of questions that claim another id", () => {
    const bench = new Bench();
    bench.meet(A, { age: 0 });
    bench.run(20_000);
    bench.clear();
    for (let i = 0; i < 40; i++) {
      bench.receive(A, `>{"question":${i},"id":"bob"}`);
      bench.run(100);
      const asked = bench.textsTo(A).filter((text) => text.startsWith(">{"));
      if (asked.length > 0 && i < 5) bench.answer(A, { report: null });
    }
    expect(bench.textsTo(A).filter((text) => text.startsWith(">{"))).toHaveLength(1);
  });
});

describe("a restart of a machine", () => {
  test("gives the machine a new incarnation and lets its report numbers start over", () => {
    const bench = new Bench();
    bench.meet(A, { sequence: 70 });
    bench.answerNext(A, { incarnation: "boota2", sequence: 1, report: { name: "again" } });
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("ann")).toMatchObject({
      ...{
        incarnation: "boota2",
        sequence: 1,
        state: "up",
        isClone: false,
        report: { name: "again" },
      },
    });
    expect(bench.of("remember").at(-1)?.machine.retiredIncarnations).toEqual(["boota"]);
  });

  test("is not suspected because of the first question that the machine sends", () => {
    const bench = new Bench();
    bench.meet(A, { age: 0 });
    bench.clear();
    bench.receive(A, NOTHING_HELD);
    bench.run(20_000);
    expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toEqual([]);
  });

  test("is suspected because of a second question without a held report", () => {
    const bench = new Bench();
    bench.receive(A, NOTHING_HELD);
    bench.run(100);
    bench.answer(A, { age: 0 });
    bench.run(20_000);
    bench.clear();
    bench.receive(A, '>{"question":2,"id":"ann"}');
    bench.run(1000);
    expect(bench.question(A)).toBeDefined();
  });

  test("at another address leaves it the same machine", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, { incarnation: "boota2" });
    bench.run(20_000);
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("ann")).toMatchObject({ incarnation: "boota2", address: B });
  });

  test("adds to the machine's retired incarnations, of which the last eight are kept", () => {
    const bench = new Bench();
    bench.meet(A);
    for (let i = 1; i <= 12; i++) {
      bench.answerNext(A, { incarnation: `next${i}` });
    }
    const retired = bench.of("remember").at(-1)?.machine.retiredIncarnations;
    expect(retired).toEqual([4, 5, 6, 7, 8, 9, 10, 11].map((i) => `next${i}`));
  });

  test.each([
    { title: "another question without a held report", text: NOTHING_HELD, waitMs: 30_000 },
    { title: "the first such question long after", text: NOTHING_HELD, waitMs: 130_000, first: "" },
    { title: "a query", text: "?", waitMs: 130_000 },
  ])(
    "is noticed at once, not an interval later, because of $title",
    ({ text, waitMs, first = NOTHING_HELD }) => {
      const bench = new Bench();
      bench.meet(A);
      bench.receive(A, first);
      bench.run(waitMs);
      bench.clear();
      bench.receive(A, text);
      bench.run(100);
      bench.answer(A, { incarnation: "boota2" });
      expect(bench.machine("ann")?.incarnation).toBe("boota2");
    },
  );

  test("is not suspected because of the list requests that every machine sends after its start", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    for (const pauseMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 30_000]) {
      bench.run(pauseMs);
      bench.receive(A, "?");
    }
    bench.run(5000);
    expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toEqual([]);
  });

  test("is suspected of a protocol-1 machine because of a mere query", () => {
    const bench = new Bench();
    bench.meetV1(A, v1Report({ wallSeconds: START_WALL_MS / 1000 }));
    bench.run(30_000);
    bench.clear();
    bench.receive(A, "?");
    bench.run(100);
    expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toHaveLength(1);
  });
});

describe("two incarnations that keep answering under one id", () => {
  function clones(): Bench {
    const bench = new Bench();
    bench.meet(A, { name: "first" });
    bench.meet(B, { incarnation: "bootb", name: "second" });
    // The old address is probed, and the incarnation that was thought to have ended answers there.
    for (let i = 0; i < 2; i++) {
      bench.run(1000);
      bench.answer(A, { name: "first" });
    }
    return bench;
  }

  test("are shown as two clones, with a warning in the log", () => {
    const bench = clones();
    const shown = bench.others().map(({ id, incarnation, address, isClone }) => {
      return { id, incarnation, address, isClone };
    });
    expect(shown).toEqual([
      { id: "ann", incarnation: "bootb", address: B, isClone: true },
      { id: "ann~boota", incarnation: "boota", address: A, isClone: true },
    ]);
    const warnings = bench.of("log").filter(({ level }) => level === "warn");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.text).toContain("same id");
  });

  test("are still shown apart when one of them restarts", () => {
    const bench = clones();
    bench.answerNext(A, { incarnation: "boota2", name: "first" });
    expect(bench.others()).toHaveLength(2);
    expect(bench.machine("ann~boota")).toMatchObject({ incarnation: "boota2", address: A });
  });

  test("are shown as at most four machines, and a fifth is dropped and counted", () => {
    const bench = clones();
    bench.meet(C, { incarnation: "bootc" });
    bench.meet("10.0.0.5", { incarnation: "bootd" });
    bench.meet("10.0.0.6", { incarnation: "boote" });
    expect(bench.others()).toHaveLength(4);
    expect(bench.drops("too many machines under one id")).toBe(1);
  });

  test("are not inferred from one late answer of a former incarnation", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, { incarnation: "bootb" });
    bench.run(1000);
    bench.answer(A);
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("ann")?.incarnation).toBe("bootb");
    expect(bench.drops("report of an old boot")).toBe(1);
  });
});

test("late answers to questions from before a restart make no clone, from however many addresses they come", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.meet(C, { age: 599 });
  bench.clear();
  while (bench.textsTo(A).length === 0) bench.run(100);
  bench.receive(B, "?");
  bench.run(100);
  bench.answer(B, { incarnation: "bootb" });
  bench.answer(A);
  bench.answer(C);
  bench.run(1000);
  expect(bench.others()).toHaveLength(1);
  expect(bench.drops("report of an old boot")).toBe(2);
});

describe("this machine itself", () => {
  test("is recognised by its incarnation under any of its addresses, and asked there no more", () => {
    const bench = new Bench();
    bench.receive(A, "?");
    bench.run(100);
    bench.answer(A, { id: "self", incarnation: "boot0" });
    expect(bench.others()).toEqual([]);
    expect(bench.cluster.candidateCount()).toBe(0);
    expect(bench.machine("self")?.addresses).toEqual([A]);
    bench.clear();
    bench.receive(A, "?");
    bench.receive(B, `!${A}`);
    bench.run(1000);
    expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toEqual([]);
  });

  test("is recognised by its own question", () => {
    const bench = new Bench();
    bench.publish();
    bench.receive(A, "?");
    bench.run(100);
    const asked = bench.textsTo(A).find((text) => text.startsWith(">{")) ?? "";
    bench.receive(A, asked);
    expect(bench.others()).toEqual([]);
    expect(bench.machine("self")?.addresses).toEqual([A]);
  });

  test("is not taken for another machine when its own protocol-1 report comes back", () => {
    const bench = new Bench();
    bench.publish();
    bench.receive(B, "?");
    while (!bench.textsTo(B).includes(">")) bench.run(100);
    bench.receive(B, ">");
    bench.receive(B, ownReportSentTo(bench, B));
    bench.publish({ uptimeSeconds: 60 });
    bench.receive(B, ownReportSentTo(bench, B));
    expect(bench.others()).toEqual([]);
    expect(bench.drops("our own, sent back")).toBe(2);
  });

  test("is not recognised in a protocol-1 machine in whose name an attacker sends this machine's report", () => {
    const bench = new Bench({ updateSeconds: 60 });
    bench.publish();
    bench.meetV1(A, v1Report({ wallSeconds: START_WALL_MS / 1000 }));
    bench.receive(B, ">");
    const ours = ownReportSentTo(bench, B);
    bench.clear();
    // For three minutes, at every moment at which it might answer a bare request.
    for (let i = 0; i < 180; i++) {
      bench.run(1000);
      bench.receive(A, ours);
    }
    expect(bench.textsTo(A)).toContain(">");
    expect(bench.of("forget")).toEqual([]);
    expect(bench.machine(A)).toMatchObject({ name: "oldie", report: { name: "oldie" } });
    expect(bench.machine("self")?.addresses).toEqual([]);
    const wallSeconds = START_WALL_MS / 1000 + 300;
    bench.clear();
    while (bench.textsTo(A).length === 0) bench.run(1000);
    bench.receive(A, `<${v1Report({ wallSeconds })}`);
    expect(bench.machine(A)?.lastHeardSeconds).toBe(0);
  });

  test("takes over another machine's address without taking that machine's history", () => {
    const bench = new Bench();
    bench.publish();
    bench.meetV1(A, v1Report({ wallSeconds: START_WALL_MS / 1000 }));
    bench.clear();
    while (!bench.textsTo(A).some((text) => text.startsWith(">{"))) bench.run(1000);
    bench.receive(A, bench.textsTo(A).find((text) => text.startsWith(">{")) ?? "");
    expect(bench.machine("self")?.addresses).toEqual([A]);
    bench.clear();
    bench.runLong(2_000_000);
    expect(bench.machine(A)).toMatchObject({ state: "down", report: { name: "oldie" } });
    expect(bench.of("forget")).toEqual([]);
    expect(bench.textsTo(A)).toEqual([]);
  });

  test("is not recognised in a protocol-2 machine in whose name an attacker sends this machine's report", () => {
    const bench = new Bench();
    bench.publish();
    bench.meet(A);
    bench.receive(B, ">");
    const report = bench.textsTo(B).find((text) => text.includes("\n")) ?? "";
    bench.receive(A, report);
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("self")?.addresses).toEqual([]);
  });

  test("is not listed among the machines remembered from an earlier run", () => {
    const bench = new Bench({ known: [knownMachine({ id: "self" }), knownMachine({ id: "ann" })] });
    expect(bench.others().map(({ id }) => id)).toEqual(["ann"]);
  });

  test("takes another incarnation under its own id for a clone of itself", () => {
    const bench = new Bench();
    bench.meet(A, { id: "self", incarnation: "bootx", name: "me" });
    expect(bench.others()).toMatchObject([{ id: "self~bootx", address: A, isClone: true }]);
    expect(bench.of("log").some(({ level }) => level === "warn")).toBe(true);
  });

  test("gives up an address as soon as another machine sends a question from it", () => {
    const bench = new Bench();
    bench.receive(A, "?");
    bench.run(100);
    bench.answer(A, { id: "self", incarnation: "boot0" });
    expect(bench.machine("self")?.addresses).toEqual([A]);
    bench.clear();
    bench.receive(A, NOTHING_HELD);
    bench.run(100);
    bench.answer(A);
    expect(bench.machine("ann")?.address).toBe(A);
    expect(bench.machine("self")?.addresses).toEqual([]);
  });

  test("gives up an address when another machine answers from it", () => {
    const bench = new Bench();
    bench.receive(A, "?");
    bench.run(100);
    bench.answer(A, { id: "self", incarnation: "boot0" });
    bench.runLong(130_000);
    bench.meet(A);
    expect(bench.machine("ann")?.address).toBe(A);
    expect(bench.machine("self")?.addresses).toEqual([]);
  });
});

/** The protocol-1 report that this machine last sent to the address, or would send now. */
function ownReportSentTo(bench: Bench, address: string): string {
  bench.receive(address, ">", 40_000);
  return bench.textsTo(address).findLast((text) => text.includes("\n")) ?? "";
}

describe("the address that this machine is shown under", () => {
  function shownAddress(options: {
    isOwn?: readonly string[];
    you: readonly (readonly string[])[];
  }): string {
    const { isOwn } = options;
    const bench = new Bench({ ...(isOwn && { isOwn: (one: string) => isOwn.includes(one) }) });
    for (const [index, addresses] of options.you.entries()) {
      for (const you of addresses) {
        const at = `10.0.0.${index + 2}`;
        const answer = { id: `m${index}`, incarnation: `b${index}`, you };
        if (bench.machine(answer.id) === undefined) bench.meet(at, answer);
        else bench.answerNext(at, answer);
      }
    }
    return bench.machine("self")?.address ?? "";
  }

  const own = ["10.0.0.1", "10.0.0.9"];
  test.each([
    {
      title: "is one of its own that another machine reports",
      isOwn: own,
      you: [["10.0.0.1"]],
      is: own[0],
    },
    {
      title: "is the one of its own that was reported last",
      isOwn: own,
      you: [["10.0.0.1"], ["10.0.0.9"]],
      is: own[1],
    },
    {
      title: "is not a foreign one that only one machine reports",
      isOwn: own,
      you: [["8.8.8.8"]],
      is: "",
    },
    {
      title: "is not a foreign one that one machine reports twice",
      you: [["8.8.8.8", "8.8.8.8"]],
      is: "",
    },
    {
      title: "is the one that two machines agree on if the shell names none",
      you: [["10.0.0.1"], ["10.0.0.1"]],
      is: own[0],
    },
    { title: "is unknown if two machines disagree", you: [["10.0.0.1"], ["10.0.0.7"]], is: "" },
    {
      title: "is unknown if one of two machines no longer reports it",
      you: [["8.8.8.8", "10.0.0.7"], ["8.8.8.8"]],
      is: "",
    },
    {
      title: "stays one of its own although two machines agree on a foreign one",
      ...{ isOwn: own, you: [["10.0.0.1"], ["8.8.8.8"], ["8.8.8.8"]], is: own[0] },
    },
    {
      title: "is not a loopback address that a remote machine reports",
      isOwn: ["127.0.0.1"],
      you: [["127.0.0.1"]],
      is: "",
    },
    { title: "is never a multicast address", you: [["224.0.0.1"], ["224.0.0.1"]], is: "" },
  ])("$title", ({ title: _, is, ...options }) => {
    expect(shownAddress(options)).toBe(is ?? "");
  });
});

describe("a machine remembered from an earlier run", () => {
  const report = { name: "ann" };

  test("is shown at once with its last report and asked first", () => {
    const lastHeardWallMs = START_WALL_MS - 3_600_000;
    const known = knownMachine({
      ...{ id: "ann", addresses: [A, B], incarnation: "boota", sequence: 5, lastHeardWallMs },
      ...{ report, reportAtWallMs: lastHeardWallMs, httpPort: 8000, state: "up" },
    });
    const bench = new Bench({ known: [known], scan: [C] });
    expect(bench.machine("ann")).toMatchObject({
      ...{ state: "up", address: A, addresses: [A, B], reportAgeSeconds: 3600, httpPort: 8000 },
      ...{ lastHeardSeconds: 3600, report },
    });
    bench.run(100);
    expect(bench.sent[0]).toMatchObject({ to: A });
  });

  test("is asked as if no report of it were held, so that it notices the new incarnation", () => {
    const known = knownMachine({ id: "ann", incarnation: "boota", sequence: 5, report });
    const bench = new Bench({ known: [known] });
    bench.run(100);
    expect(bench.question(A).boot).toBeUndefined();
    bench.answer(A, { sequence: 5 });
    expect(bench.of("entry")).toEqual([]);
    bench.clear();
    bench.run(640_000);
    expect(bench.question(A)).toMatchObject({ boot: "boota", sequence: 5 });
  });

  test("ends its recorded outage when it answers", () => {
    const bench = new Bench({ known: [knownMachine({ id: "ann", state: "down" })] });
    bench.run(100);
    bench.answer(A);
    expect(bench.of("outage-over")).toHaveLength(1);
    expect(bench.machine("ann")?.state).toBe("up");
  });

  test("is left out beyond the cap if it has not been heard from for longest", () => {
    const known = [1, 2, 3].map((i) => {
      const lastHeardWallMs = START_WALL_MS - i * 1000;
      return knownMachine({ id: `m${i}`, addresses: [`10.0.0.${i + 1}`], lastHeardWallMs });
    });
    const bench = new Bench({ known, maxPeers: 2 });
    expect(bench.others().map(({ id }) => id)).toEqual(["m1", "m2"]);
  });

  test.each([
    {
      title: "is merged into a protocol-2 machine of the same name that has its address",
      name: "ann",
      shown: ["ann"],
      renamed: 1,
    },
    {
      title: "is kept beside a protocol-2 machine of another name that has its address",
      name: "oldie",
      shown: ["ann", A],
      renamed: 0,
    },
  ])("$title", ({ name, shown, renamed }) => {
    const old = { id: A, protocol: 1, name, report: { name } } as const;
    const bench = new Bench({
      known: [
        knownMachine({ ...old, lastHeardWallMs: START_WALL_MS - 9000 }),
        knownMachine({ id: "ann", lastHeardWallMs: START_WALL_MS - 1000 }),
      ],
    });
    bench.run(100);
    expect(bench.others().map(({ id }) => id)).toEqual([...shown]);
    expect(bench.of("rename")).toHaveLength(renamed);
  });
});

test("a machine known at another address takes over its own protocol-1 entry, history included", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.meetV1(B, v1Report({ wallSeconds: START_WALL_MS / 1000, name: "ann" }));
  expect(bench.others()).toHaveLength(2);
  bench.clear();
  bench.run(6000);
  bench.receive(B, '>{"question":5,"id":"ann"}');
  bench.run(100);
  bench.answer(B);
  expect(bench.others()).toHaveLength(1);
  expect(bench.of("rename")).toEqual([{ kind: "rename", fromId: B, toId: "ann" }]);
});

test("a machine that gets the address of a protocol-1 machine does not get its history", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.meetV1(B, v1Report({ wallSeconds: START_WALL_MS / 1000 }));
  bench.clear();
  bench.run(6000);
  bench.receive(B, '>{"question":5,"id":"ann"}');
  bench.run(100);
  bench.answer(B);
  expect(bench.machine("ann")?.addresses).toEqual([B, A]);
  expect(bench.machine(B)).toMatchObject({ name: "oldie", protocol: 1 });
  expect([...bench.of("rename"), ...bench.of("forget")]).toEqual([]);
});

test("an address that the shell finds on this machine is taken from other machines at the next tick", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.clear();
  bench.cluster.setRanges({
    ...{ allow: () => true, isOwn: (address) => address === A },
    scan: { size: 0, at: () => undefined },
  });
  // The change takes effect at a tick, not because of a packet that is dropped.
  bench.receiveRaw(B, "of another network");
  expect(bench.of("remember")).toEqual([]);
  bench.run(100);
  expect(bench.of("remember")).toHaveLength(1);
  bench.clear();
  bench.run(600_000);
  expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toEqual([]);
});

test("this machine is shown under an address that another machine reported once the shell finds it here", () => {
  const bench = new Bench({ isOwn: (address) => address === "10.0.0.1" });
  const own = () => bench.others().length > 0 && bench.machine("self")?.address;
  bench.meet(A, { you: "10.0.0.1" });
  bench.meet(B, { id: "bob", incarnation: "bootb", name: "bob", you: "10.0.0.9" });
  expect(own()).toBe("10.0.0.1");
  bench.cluster.setRanges({
    ...{ allow: () => true, isOwn: (address) => address === "10.0.0.9" },
    scan: { size: 0, at: () => undefined },
  });
  bench.run(100);
  expect(own()).toBe("10.0.0.9");
});
