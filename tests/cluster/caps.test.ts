/** Everything that other machines can make grow has a cap (docs/protocol.md, "Limits"). */
import { beforeEach, describe, expect, test } from "bun:test";
import { cutOffOf } from "../../src/cluster/detection/cut-off.ts";
import { Admission } from "../../src/cluster/pacing/admission.ts";
import { Bench, knownMachine, START_WALL_MS } from "./core-harness.ts";

const A = "10.0.0.2";

function address(index: number): string {
  return `10.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}

describe("one source", () => {
  test("may send 20 packets at once and 5 a second from then on", () => {
    const bench = new Bench();
    for (let i = 0; i < 50; i++) bench.receive(A, "?");
    expect(bench.textsTo(A).filter((text) => text === "!")).toHaveLength(20);
    expect(bench.drops("too many packets from one source")).toBe(30);
    bench.clear();
    bench.run(2000);
    for (let i = 0; i < 50; i++) bench.receive(A, "?");
    expect(bench.textsTo(A).filter((text) => text === "!")).toHaveLength(10);
  });

  test("may send 50 packets at once if it is a known machine", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.run(5000);
    bench.clear();
    for (let i = 0; i < 80; i++) bench.receive(A, "?");
    expect(bench.textsTo(A).filter((text) => text.startsWith("!"))).toHaveLength(50);
  });

  test("is charged for each packet of a long answer", () => {
    const known = Array.from({ length: 4000 }, (_, i) => {
      return knownMachine({ id: `m${i}`, addresses: [address(i)], report: { name: "x" } });
    });
    const bench = new Bench({ known });
    bench.receive(A, "?");
    expect(bench.textsTo(A)).toHaveLength(20);
    bench.receive(A, "?");
    expect(bench.textsTo(A)).toHaveLength(20);
  });

  test("is remembered among at most 4,096, of which the least recently used is dropped first", () => {
    const admission = new Admission();
    const options = { isKnown: false, nowMs: 0 };
    for (let i = 0; i < 20; i++) admission.admit("first", options);
    expect(admission.admit("first", options)).toBe(false);
    for (let i = 0; i < 4095; i++) admission.admit(`other ${i}`, options);
    expect(admission.admit("first", options)).toBe(false);
    for (let i = 0; i < 5000; i++) admission.admit(`more ${i}`, options);
    expect(admission.sizes()).toEqual({ sources: 4096 });
    expect(admission.admit("first", options)).toBe(true);
  });
});

test("at most 2,000 packets a second are sent as answers", () => {
  const bench = new Bench();
  for (let tick = 0; tick < 10; tick++) {
    for (let i = 0; i < 400; i++) bench.receive(address(tick * 400 + i), "?");
    bench.run(100);
  }
  const answers = bench.sent.filter(({ text }) => text === "!").length;
  expect(answers).toBeLessThanOrEqual(2000);
  expect(answers).toBeGreaterThan(1500);
  expect(bench.drops("too many answers in all")).toBe(4000 - answers);
});

test("the cap of 2,000 answers holds in every second of a long flood of questions", () => {
  const bench = new Bench();
  for (let tick = 0; tick < 50; tick++) {
    for (let i = 0; i < 300; i++) bench.receive(address((tick * 300 + i) % 4000), "?");
    bench.run(100);
  }
  const atMs = bench.sent.filter(({ text }) => text === "!").map((one) => one.atMs);
  expect(atMs.length).toBeGreaterThan(9500);
  for (let fromMs = 0; fromMs <= 4000; fromMs += 100) {
    const within = atMs.filter((ms) => ms >= fromMs && ms < fromMs + 1000).length;
    expect(within).toBeLessThanOrEqual(2000);
  }
});

/** A quarter of a million addresses are named: 2 s of CPU time, which a busy machine takes longer for. */
const SLOW_MS = 30_000;

describe("when the table of candidates is full,", () => {
  const NEWCOMER = "10.200.0.1";
  const SENDERS = Array.from({ length: 400 }, (_, i) => `10.201.${i >> 8}.${i & 255}`);

  /** Each sender names addresses that no machine has, at most five times a second. */
  function nameInventedAddresses(bench: Bench, seconds: number): void {
    for (let tick = 0; tick < seconds * 10; tick++) {
      for (let i = 0; i < 40; i++) {
        const sender = SENDERS[(tick * 40 + i) % SENDERS.length] ?? A;
        const named = Array.from({ length: 30 }, (_, j) => address((tick * 40 + i) * 30 + j));
        bench.receive(sender, `!${named.join(" ")}`);
      }
      bench.run(100);
    }
  }

  test(
    "a machine that sends one packet is asked within a second",
    () => {
      const bench = new Bench();
      nameInventedAddresses(bench, 20);
      expect(bench.cluster.candidateCount()).toBe(4096);
      bench.receive(NEWCOMER, "?");
      bench.clear();
      nameInventedAddresses(bench, 1);
      expect(bench.textsTo(NEWCOMER).filter((text) => text.startsWith(">"))).toHaveLength(1);
    },
    SLOW_MS,
  );
});

test("there are at most 4,096 candidates, and the one to be dropped is chosen at random", () => {
  const bench = new Bench();
  const lists = 50;
  for (let list = 0; list < lists; list++) {
    const addresses = Array.from({ length: 100 }, (_, i) => address(list * 100 + i));
    bench.receive(`10.200.0.${list}`, `!${addresses.join(" ")}`);
    expect(bench.cluster.candidateCount()).toBeLessThanOrEqual(4096);
  }
  expect(bench.cluster.candidateCount()).toBe(4096);
  bench.run(120_000);
  const early = bench.sent.filter(({ to }) => Number(to.split(".")[2]) < 4).length;
  expect(early).toBeGreaterThan(0);
});

test("a machine that sends a packet itself is asked within a second, however many addresses lists name", () => {
  const bench = new Bench();
  for (let list = 0; list < 8; list++) {
    const words = Array.from({ length: 500 }, (_, i) => `10.1.${list}.${i % 250}`);
    bench.receive("10.0.0.2", `!${words.join(" ")}`);
  }
  bench.run(5000);
  bench.clear();
  bench.receive("10.0.0.9", ">AAAAAAAA");
  bench.run(1000);
  expect(bench.textsTo("10.0.0.9").some((text) => text.startsWith(">{"))).toBe(true);
});

test("a machine that sends packets again and again is asked once those that came before it have been", () => {
  const bench = new Bench();
  for (let i = 0; i < 1500; i++) bench.receive(`10.1.${i >> 8}.${i & 255}`, ">AAAAAAAA");
  bench.receive("10.0.0.9", ">AAAAAAAA");
  for (let second = 0; second < 60; second++) {
    bench.run(1000);
    bench.receive("10.0.0.9", ">AAAAAAAA");
  }
  expect(bench.textsTo("10.0.0.9").some((text) => text.startsWith(">{"))).toBe(true);
});

test("an address that a list named is asked too, however many newcomers send packets themselves", () => {
  const bench = new Bench();
  bench.receive("10.0.0.2", "!10.0.0.7");
  // Sixty newcomers a second, of which fifty can be asked.
  for (let second = 0; second < 10; second++) {
    for (let i = 0; i < 60; i++) bench.receive(`10.1.${second}.${i}`, ">AAAAAAAA");
    bench.run(1000);
  }
  expect(bench.textsTo("10.0.0.7").some((text) => text.startsWith(">{"))).toBe(true);
});

describe("a full table of machines", () => {
  test("takes in no machine while all of its machines are up, and counts the refusal", () => {
    const bench = new Bench({ maxPeers: 2 });
    for (const i of [2, 3, 4]) bench.meet(`10.0.0.${i}`, { id: `m${i}`, incarnation: `b${i}` });
    expect(bench.others().map(({ id }) => id)).toEqual(["m2", "m3"]);
    expect(bench.drops("table of machines full")).toBe(1);
  });

  test("drops the machine that has been down longest", () => {
    const known = [1, 2, 3].map((i) => {
      const lastHeardWallMs = START_WALL_MS - i * 3_600_000;
      return knownMachine({
        ...{ id: `m${i}`, addresses: [`10.0.1.${i}`], state: "down", lastHeardWallMs },
      });
    });
    const bench = new Bench({ maxPeers: 3, known });
    bench.meet(A);
    expect(bench.others().map(({ id }) => id)).toEqual(["m1", "m2", "ann"]);
    expect(bench.of("forget")).toEqual([{ kind: "forget", id: "m3" }]);
  });
});

describe("a thousand machines remembered from an earlier run", () => {
  function thousand(state: "up" | "down"): Bench {
    const known = Array.from({ length: 1000 }, (_, i) => {
      return knownMachine({ id: `m${i}`, addresses: [address(i)], state });
    });
    return new Bench({ known });
  }

  function most(bench: Bench): number {
    const atMs = bench.sent.filter(({ text }) => text.startsWith(">")).map((one) => one.atMs);
    let best = 0;
    for (let i = 0, j = 0; j < atMs.length; j++) {
      while ((atMs[j] ?? 0) - (atMs[i] ?? 0) >= 1000) i++;
      best = Math.max(best, j - i + 1);
    }
    return best;
  }

  test("are asked at once, with at most 200 questions a second", () => {
    const bench = thousand("up");
    bench.run(30_000);
    expect(most(bench)).toBeLessThanOrEqual(200);
    expect(new Set(bench.sent.map(({ to }) => to)).size).toBe(1000);
  });

  test("are asked at most 20 questions a second in all if they are down", () => {
    const bench = thousand("down");
    bench.run(75_000);
    expect(most(bench)).toBeLessThanOrEqual(20);
    expect(new Set(bench.sent.map(({ to }) => to)).size).toBe(1000);
  });

  test("do not delay questions to other machines if they are down", () => {
    const bench = thousand("down");
    bench.run(2000);
    bench.clear();
    bench.receive("10.200.0.1", "?");
    bench.run(200);
    expect(bench.textsTo("10.200.0.1").some((text) => text.startsWith(">{"))).toBe(true);
  });
});

test("any bytes from any sender give outputs and never an exception", () => {
  const bench = new Bench();
  bench.meet(A);
  const samples = ["", "lab", "lab>", "lab<", 'lab>{"question":', 'lab<{"answer":1}', "lab<\n\n\n"];
  for (const sample of samples) {
    for (let cut = 0; cut <= sample.length; cut++) {
      bench.receiveRaw(A, sample.slice(0, cut) + "\u0000\uffff".repeat(cut % 3));
      bench.run(300);
    }
  }
  expect(bench.others()).toHaveLength(1);
});

describe("machines that are down and whose addresses others now use", () => {
  let bench: Bench;
  let heard = 0;
  beforeEach(() => {
    const known = Array.from({ length: 200 }, (_, i) => {
      const [heardMs, addresses] = [START_WALL_MS - 7_200_000, [address(i)]];
      return knownMachine({ id: `m${i}`, addresses, state: "down", lastHeardWallMs: heardMs });
    });
    bench = new Bench({ known });
    heard = 0;
    bench.run(30_000);
  });

  function strangersSpeak(ms: number, addresses: number): void {
    for (const untilMs = bench.nowMs + ms; bench.nowMs < untilMs; heard++) {
      const from = address(heard % addresses);
      bench.receive(from, `>{"question":${heard + 1},"id":"stranger${heard}"}`);
      bench.run(25);
    }
  }

  test("are asked at most 20 questions a second in all", () => {
    bench.clear();
    strangersSpeak(10_000, 200);
    const atMs = bench.sent.filter(({ text }) => text.startsWith(">")).map((one) => one.atMs);
    expect(atMs.length).toBeGreaterThan(100);
    for (let fromMs = 0; fromMs <= 45_000; fromMs += 100) {
      const within = atMs.filter((ms) => ms >= fromMs && ms < fromMs + 1000).length;
      expect(within).toBeLessThanOrEqual(20);
    }
  });

  test("do not keep a machine that is back from being asked", () => {
    const back = address(150);
    strangersSpeak(10_000, 100);
    bench.clear();
    bench.receive(back, '>{"question":1,"id":"m150"}');
    strangersSpeak(25_000, 100);
    expect(bench.textsTo(back).filter((text) => text.startsWith(">"))).not.toEqual([]);
  });

  test("do not keep a machine that is up from being asked whether another now has its address", () => {
    bench.meet(A);
    strangersSpeak(10_000, 200);
    bench.clear();
    bench.receive(A, '>{"question":1,"id":"stranger"}');
    bench.run(1000);
    expect(bench.question(A)).toBeDefined();
  });
});

test("a machine that loses a thousand others at once recognises within half a minute that it is cut off itself", () => {
  const bench = new Bench();
  bench.publish();
  for (let i = 0; i < 1000; i++) {
    bench.meet(address(i), { id: `m${i}`, name: `m${i}`, incarnation: `m${i}`, ring: true });
    bench.clear();
  }
  bench.run(25_000);
  const machines = bench.cluster.machines(bench.now());
  const cutOff = cutOffOf({ machines, updateSeconds: 600 });
  // Because of the cap on questions a second, they do not all fall silent at the same moment.
  expect(cutOff?.others).toBe(1000);
  expect(cutOff?.silent.length).toBeGreaterThan(900);
});
