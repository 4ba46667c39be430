/** Who is who (design 6.2): ids, incarnations, addresses, clones, and ourselves. */
import { describe, expect, test } from "bun:test";
import { Bench, knownMachine, oldReport, START_WALL_MS } from "./bench.ts";

const A = "10.0.0.2";
const B = "10.0.0.3";
const C = "10.0.0.4";
const NOTHING_HELD = '>{"question":1,"id":"ann"}';

describe("a machine with two addresses", () => {
  test("is one machine, shown under the address that answered last", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B);
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("ann")).toMatchObject({ address: B, addresses: [B, A], isClone: false });
  });

  test("is asked on the other when the first does not answer", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, { age: 599 });
    bench.clear();
    bench.run(60_000);
    const asked = bench.sent.filter(({ text }) => text.startsWith(">")).map(({ to }) => to);
    expect(asked.slice(0, 4)).toEqual([B, A, B, A]);
  });

  test("keeps the eight that answered last", () => {
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

  test("that another machine took leaves the first shown, and asked nowhere", () => {
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

  /** bob has answered where ann was; nobody has been heard of at B since, where ann is now. */
  function halfSwapped(): Bench {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, BOB);
    bench.answerNext(A, BOB);
    bench.run(20_000);
    bench.clear();
    return bench;
  }

  test("are found as soon as one of them has answered", () => {
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

  test("are asked no more than once a second for it, however often they swap", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, BOB);
    bench.meet(C);
    bench.answerNext(C, BOB);
    bench.clear();
    // From each address the one answers that did not answer there last.
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

  test("are each found where they are now, once both have asked us something", () => {
    const bench = halfSwapped();
    expect(bench.machine("ann")?.addresses).toEqual([A]);
    expect(bench.machine("bob")?.addresses).toEqual([A, B]);
    bench.receive(B, '>{"question":1,"id":"ann"}');
    bench.run(100);
    bench.answer(B);
    expect(bench.machine("ann")).toMatchObject({ state: "up", addresses: [B] });
    expect(bench.machine("bob")).toMatchObject({ state: "up", addresses: [A] });
  });

  test("are found by what others tell, too", () => {
    const bench = halfSwapped();
    bench.answerNext(A, { ...BOB, sequence: 2 });
    bench.clear();
    bench.receive(A, `!${B}`);
    bench.run(100);
    bench.answer(B);
    expect(bench.machine("ann")).toMatchObject({ state: "up", addresses: [B] });
  });

  test("are asked for it once an interval, whatever others tell", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B);
    bench.answerNext(B, { age: 0 });
    bench.clear();
    for (let i = 0; i < 50; i++) {
      bench.receive(B, `!${A}`);
      bench.run(1000);
    }
    // Three times, as packets get lost.
    expect(bench.textsTo(A).filter((text) => text.startsWith(">{"))).toHaveLength(3);
  });

  test("are asked for it once in five seconds, whoever claims so", () => {
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

describe("a restarted machine", () => {
  test("is the same machine with a new incarnation, and its numbers begin anew", () => {
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

  test("is not suspected of it by the first question that a machine asks us", () => {
    const bench = new Bench();
    bench.meet(A, { age: 0 });
    bench.clear();
    bench.receive(A, NOTHING_HELD);
    bench.run(20_000);
    expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toEqual([]);
  });

  test("is suspected of it after a question that it asked before it was known", () => {
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

  test("under another address is the same machine", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.meet(B, { incarnation: "boota2" });
    bench.run(20_000);
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("ann")).toMatchObject({ incarnation: "boota2", address: B });
  });

  test("keeps its last eight incarnations retired", () => {
    const bench = new Bench();
    bench.meet(A);
    for (let i = 1; i <= 12; i++) {
      bench.answerNext(A, { incarnation: `next${i}` });
    }
    const retired = bench.of("remember").at(-1)?.machine.retiredIncarnations;
    expect(retired).toEqual([4, 5, 6, 7, 8, 9, 10, 11].map((i) => `next${i}`));
  });

  test.each([
    { title: "another question that holds nothing", text: NOTHING_HELD, waitMs: 30_000 },
    { title: "its first such question long after", text: NOTHING_HELD, waitMs: 130_000, first: "" },
    { title: "a query", text: "?", waitMs: 130_000 },
  ])(
    "that sends $title is asked at once, not an interval later",
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

  test("is not what a machine is taken for that asks for lists, as all do that are young", () => {
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

  test("of 2005 sends nothing but a query to say so", () => {
    const bench = new Bench();
    bench.meetOld(A, oldReport({ wallSeconds: START_WALL_MS / 1000 }));
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
    // The old address is probed; what answers there is the incarnation that was thought to be over.
    for (let i = 0; i < 2; i++) {
      bench.run(1000);
      bench.answer(A, { name: "first" });
    }
    return bench;
  }

  test("are clones: shown apart, with a warning", () => {
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

  test("stay apart when one of them restarts", () => {
    const bench = clones();
    bench.answerNext(A, { incarnation: "boota2", name: "first" });
    expect(bench.others()).toHaveLength(2);
    expect(bench.machine("ann~boota")).toMatchObject({ incarnation: "boota2", address: A });
  });

  test("are shown up to four, the fifth is dropped and counted", () => {
    const bench = clones();
    bench.meet(C, { incarnation: "bootc" });
    bench.meet("10.0.0.5", { incarnation: "bootd" });
    bench.meet("10.0.0.6", { incarnation: "boote" });
    expect(bench.others()).toHaveLength(4);
    expect(bench.drops("too many machines under one id")).toBe(1);
  });

  test("are not seen in one late answer of an incarnation that is over", () => {
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

test("answers to questions from before a restart prove no clone, from however many addresses", () => {
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

  test("is not taken for another machine because its own protocol-1 report comes back", () => {
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

  test("is not what a machine of 2005 is taken for, whoever sends our report in its name", () => {
    const bench = new Bench({ updateSeconds: 60 });
    bench.publish();
    bench.meetOld(A, oldReport({ wallSeconds: START_WALL_MS / 1000 }));
    bench.receive(B, ">");
    const ours = ownReportSentTo(bench, B);
    bench.clear();
    // Whenever it may answer a bare request, for three minutes.
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
    bench.receive(A, `<${oldReport({ wallSeconds })}`);
    expect(bench.machine(A)?.lastHeardSeconds).toBe(0);
  });

  test("at an address that was another machine's costs that one its address, not its history", () => {
    const bench = new Bench();
    bench.publish();
    bench.meetOld(A, oldReport({ wallSeconds: START_WALL_MS / 1000 }));
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

  test("is not what another machine is taken for because somebody sends our report in its name", () => {
    const bench = new Bench();
    bench.publish();
    bench.meet(A);
    bench.receive(B, ">");
    const report = bench.textsTo(B).find((text) => text.includes("\n")) ?? "";
    bench.receive(A, report);
    expect(bench.others()).toHaveLength(1);
    expect(bench.machine("self")?.addresses).toEqual([]);
  });

  test("is not among the machines of an earlier run", () => {
    const bench = new Bench({ known: [knownMachine({ id: "self" }), knownMachine({ id: "ann" })] });
    expect(bench.others().map(({ id }) => id)).toEqual(["ann"]);
  });

  test("takes another incarnation under its own id for a clone of itself", () => {
    const bench = new Bench();
    bench.meet(A, { id: "self", incarnation: "bootx", name: "me" });
    expect(bench.others()).toMatchObject([{ id: "self~bootx", address: A, isClone: true }]);
    expect(bench.of("log").some(({ level }) => level === "warn")).toBe(true);
  });

  test("gives an address back as soon as another machine asks from it", () => {
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

  test("gives an address back when another machine answers from it", () => {
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

/** What we sent there last as our protocol-1 report, or what it would be. */
function ownReportSentTo(bench: Bench, address: string): string {
  bench.receive(address, ">", 40_000);
  return bench.textsTo(address).findLast((text) => text.includes("\n")) ?? "";
}

describe("the address that this machine is shown under", () => {
  function told(options: {
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
    { title: "is one of its own that another tells", isOwn: own, you: [["10.0.0.1"]], is: own[0] },
    { title: "is the one told last", isOwn: own, you: [["10.0.0.1"], ["10.0.0.9"]], is: own[1] },
    { title: "is no other, if just one machine tells it", isOwn: own, you: [["8.8.8.8"]], is: "" },
    { title: "is no other, however often it is told", you: [["8.8.8.8", "8.8.8.8"]], is: "" },
    {
      title: "is another if two machines say the same",
      you: [["10.0.0.1"], ["10.0.0.1"]],
      is: own[0],
    },
    { title: "is none if they differ", you: [["10.0.0.1"], ["10.0.0.7"]], is: "" },
    { title: "is none if one took it back", you: [["8.8.8.8", "10.0.0.7"], ["8.8.8.8"]], is: "" },
    {
      title: "stays one of its own, whatever two others say",
      ...{ isOwn: own, you: [["10.0.0.1"], ["8.8.8.8"], ["8.8.8.8"]], is: own[0] },
    },
    {
      title: "is no loopback one, if told from afar",
      isOwn: ["127.0.0.1"],
      you: [["127.0.0.1"]],
      is: "",
    },
    { title: "is no multicast address", you: [["224.0.0.1"], ["224.0.0.1"]], is: "" },
  ])("$title", ({ title: _, is, ...options }) => {
    expect(told(options)).toBe(is ?? "");
  });
});

describe("machines of an earlier run", () => {
  const report = { name: "ann" };

  test("are shown at once with their last report, and asked first", () => {
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

  test("are asked as by one who holds nothing, so that they notice the new boot", () => {
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

  test("cost an old daemon's outage nothing when they are still there", () => {
    const bench = new Bench({ known: [knownMachine({ id: "ann", state: "down" })] });
    bench.run(100);
    bench.answer(A);
    expect(bench.of("outage-over")).toHaveLength(1);
    expect(bench.machine("ann")?.state).toBe("up");
  });

  test("beyond the cap are left out, the longest unheard first", () => {
    const known = [1, 2, 3].map((i) => {
      const lastHeardWallMs = START_WALL_MS - i * 1000;
      return knownMachine({ id: `m${i}`, addresses: [`10.0.0.${i + 1}`], lastHeardWallMs });
    });
    const bench = new Bench({ known, maxPeers: 2 });
    expect(bench.others().map(({ id }) => id)).toEqual(["m1", "m2"]);
  });

  test.each([
    { title: "by the same name are that other", name: "ann", shown: ["ann"], renamed: 1 },
    { title: "by another name stay who they were", name: "oldie", shown: ["ann", A], renamed: 0 },
  ])("whose address another has since answered from, $title", ({ name, shown, renamed }) => {
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

test("a machine known under another address too swallows its protocol-1 twin, history and all", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.meetOld(B, oldReport({ wallSeconds: START_WALL_MS / 1000, name: "ann" }));
  expect(bench.others()).toHaveLength(2);
  bench.clear();
  bench.run(6000);
  bench.receive(B, '>{"question":5,"id":"ann"}');
  bench.run(100);
  bench.answer(B);
  expect(bench.others()).toHaveLength(1);
  expect(bench.of("rename")).toEqual([{ kind: "rename", fromId: B, toId: "ann" }]);
});

test("a machine that gets the address of one of 2005 does not get its history", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.meetOld(B, oldReport({ wallSeconds: START_WALL_MS / 1000 }));
  bench.clear();
  bench.run(6000);
  bench.receive(B, '>{"question":5,"id":"ann"}');
  bench.run(100);
  bench.answer(B);
  expect(bench.machine("ann")?.addresses).toEqual([B, A]);
  expect(bench.machine(B)).toMatchObject({ name: "oldie", protocol: 1 });
  expect([...bench.of("rename"), ...bench.of("forget")]).toEqual([]);
});

test("an address that the shell sees here is no other machine's, from the next tick on", () => {
  const bench = new Bench();
  bench.meet(A);
  bench.clear();
  bench.cluster.setRanges({
    ...{ allow: () => true, isOwn: (address) => address === A },
    scan: { size: 0, at: () => undefined },
  });
  // A packet that is dropped has no effect that could be laid at its sender's door.
  bench.receiveRaw(B, "of another network");
  expect(bench.of("remember")).toEqual([]);
  bench.run(100);
  expect(bench.of("remember")).toHaveLength(1);
  bench.clear();
  bench.run(600_000);
  expect(bench.textsTo(A).filter((text) => text.startsWith(">"))).toEqual([]);
});

test("we are shown under the address that others told of, once the shell sees it here, too", () => {
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
