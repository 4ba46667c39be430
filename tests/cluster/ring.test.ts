/** The ring watch, on the bench: whom it asks and when, whom it believes, and what it never does. */
import { beforeEach, describe, expect, test } from "bun:test";
import { encodeRingAnswer, encodeRingQuestion } from "../../src/protocol/ring.ts";
import { createEnvelope } from "../../src/sealing/envelope.ts";
import { Bench, PORT } from "./bench.ts";

const ANN = "10.0.0.2";
const BOB = "10.0.0.3";
const CEM = "10.0.0.4";
/** In the order of the ring, beginning after "self". */
const OTHERS = [
  { id: "tom", at: ANN },
  { id: "ulf", at: BOB },
  { id: "ann", at: CEM },
] as const;
/** As fast as the daemon's own loop (daemon/ticker.ts). */
const TICK_MS = 10;

let bench: Bench;
/** Who answers quick questions. */
let alive: Set<string>;

beforeEach(() => {
  bench = new Bench();
  alive = new Set(OTHERS.map(({ at }) => at));
  bench.publish();
  for (const { id, at } of OTHERS) bench.meet(at, answerOf(id));
  bench.clear();
});

function answerOf(id: string, more: object = {}) {
  return { id, name: id, incarnation: `boot-${id}`, ring: true, ...more };
}

function isQuick(text: string): boolean {
  return /^>[A-Za-z0-9_-]{8}$/.test(text);
}

function quickTo(address: string): number[] {
  return bench.sent.filter(({ to, text }) => to === address && isQuick(text)).map((s) => s.atMs);
}

function hints(): { readonly to: string; readonly addresses: readonly string[] }[] {
  return bench.sent
    .filter(({ text }) => text.startsWith('<{"hint"'))
    .map(({ to, text }) => ({ to, addresses: JSON.parse(text.slice(1)).hint }));
}

/** Time passes; those that live answer each question, quick or not, at once. */
function live(ms: number): void {
  const untilMs = bench.nowMs + ms;
  let seen = bench.sent.length;
  while (bench.nowMs < untilMs) {
    bench.run(TICK_MS);
    for (; seen < bench.sent.length; seen++) reply(seen);
  }
}

function reply(place: number): void {
  const sent = bench.sent[place];
  const machine = OTHERS.find(({ at }) => at === sent?.to);
  if (sent === undefined || machine === undefined || !alive.has(sent.to)) return;
  const incarnation = `boot-${machine.id}`;
  if (isQuick(sent.text))
    bench.receive(sent.to, `<${sent.text.slice(1)}${incarnation.slice(0, 8)}`);
  else if (sent.text.startsWith(">{")) {
    const { question } = JSON.parse(sent.text.slice(1));
    const body = { answer: question, boot: incarnation, sequence: 1, interval: 600, age: 0 };
    bench.receive(
      sent.to,
      `<${JSON.stringify({ ...answerOf(machine.id), ...body, clock: 1, report: { name: "x" } })}`,
    );
  }
}

/** A sign that we are not cut off: somebody asks us. */
function chatter(from = CEM): void {
  bench.receive(from, ">AAAAAAAA");
}

function state(id: string): string | undefined {
  return bench.machine(id)?.state;
}

describe("quick questions", () => {
  test("go to the two next machines in the ring, every four seconds each, in turn", () => {
    live(40_000);
    expect(quickTo(CEM)).toEqual([]);
    for (const at of [ANN, BOB]) {
      const times = quickTo(at);
      expect(times.length).toBeWithin(9, 12);
      const gaps = times.slice(1).map((ms, i) => ms - (times[i] ?? 0));
      for (const gap of gaps) expect(gap).toBeWithin(3700, 4400);
    }
    expect(Math.abs((quickTo(ANN)[0] ?? 0) - (quickTo(BOB)[0] ?? 0))).toBeWithin(1800, 2300);
  });

  test("that are answered are signs of life, and nothing else", () => {
    live(3_600_000 / 4);
    bench.clear();
    live(60_000);
    expect(bench.machine("tom")?.lastHeardSeconds).toBeLessThan(5);
    expect(bench.of("entry")).toEqual([]);
    expect(bench.of("remember")).toEqual([]);
    expect(bench.of("changed")).toEqual([]);
    expect(hints()).toEqual([]);
  });

  test("are answered with our incarnation's beginning, to whoever asks", () => {
    bench.receive("10.0.0.77", ">Ej9sQ0aB", 40_000);
    expect(bench.sent[0]).toMatchObject({ to: "10.0.0.77", port: 40_000, text: "<Ej9sQ0aBboot0" });
  });

  test("never go to a machine that has not said that it answers them", () => {
    const other = new Bench();
    other.publish();
    other.meet(ANN, { id: "tom", name: "tom" });
    other.meetV1(BOB, "oldie 1700000000 60 5000 015 020 030 42 3 55 20 9 4 87 0 0 1 30 2 5\n\n\n");
    other.clear();
    other.run(60_000);
    expect(other.sent.filter(({ text }) => isQuick(text))).toEqual([]);
    expect(other.machine("tom")?.state).toBe("up");
  });

  test("turns follow those of the machine right before us, by 0.4 s at most each time", () => {
    let offset = Number.NaN;
    for (let i = 0; i < 20; i++) {
      live(4000);
      chatter();
      offset = bench.nowMs - (quickTo(ANN).at(-1) ?? 0);
    }
    const distance = Math.min(offset % 4000, 4000 - (offset % 4000));
    expect(distance).toBeLessThanOrEqual(300);
    const gaps = quickTo(ANN).map((ms, i, all) => ms - (all[i - 1] ?? ms - 4000));
    for (const gap of gaps.slice(1)) expect(gap).toBeWithin(3000, 5000);
  });

  test("go on although the machine right before us asks all the time", () => {
    const startMs = bench.nowMs;
    while (bench.nowMs - startMs < 24_000) {
      live(100);
      chatter();
    }
    expect(quickTo(ANN).length).toBeGreaterThanOrEqual(4);
    expect(quickTo(BOB).length).toBeGreaterThanOrEqual(4);
  });

  test("find a restart: the ordinary question follows", () => {
    live(20_000);
    bench.clear();
    alive.delete(ANN);
    while (quickTo(ANN).length === 0) bench.run(100);
    const [question] = bench.textsTo(ANN).filter(isQuick);
    bench.receive(ANN, `<${question?.slice(1)}boot-new`);
    bench.clear();
    bench.run(300);
    expect(bench.textsTo(ANN).filter((text) => text.startsWith(">{"))).toHaveLength(1);
    expect(hints()).toEqual([]);
  });
});

describe("a watched machine that does not answer", () => {
  test("is asked nine times, 0.27 s apart, named to all others after three, and silent then", () => {
    live(10_000);
    bench.clear();
    alive.delete(ANN);
    while (quickTo(ANN).length === 0) live(100);
    chatter();
    const startMs = quickTo(ANN)[0] ?? 0;
    live(2300);
    expect(state("tom")).toBe("up");
    live(200);
    expect(state("tom")).toBe("silent");
    const times = [0, 270, 540, 810, 1080, 1350, 1620, 1890, 2160];
    expect(quickTo(ANN).map((ms) => ms - startMs)).toEqual(times);
    // Twice, as packets get lost; not to itself.
    expect(
      hints()
        .map(({ to }) => to)
        .sort(),
    ).toEqual([BOB, BOB, CEM, CEM]);
    for (const { addresses } of hints()) expect(addresses).toEqual([ANN]);
    const first = bench.sent.find(({ text }) => text.startsWith('<{"hint"'));
    expect((first?.atMs ?? 0) - startMs).toBe(810);
  });

  test("until after three quarters of a second is asked twice again, and nobody hears of it", () => {
    live(10_000);
    bench.clear();
    alive.delete(ANN);
    while (quickTo(ANN).length === 0) live(TICK_MS);
    live(750);
    const [question] = bench.textsTo(ANN).filter(isQuick);
    bench.receive(ANN, `<${question?.slice(1)}boot-tom`);
    live(1500);
    expect(quickTo(ANN)).toHaveLength(3);
    expect(hints()).toEqual([]);
    expect(state("tom")).toBe("up");
  });

  test("is named once only, if it answers after all", () => {
    live(10_000);
    bench.clear();
    alive.delete(ANN);
    while (hints().length === 0) live(100);
    const question = bench.textsTo(ANN).filter(isQuick).at(-1);
    bench.receive(ANN, `<${question?.slice(1)}boot-tom`);
    live(1500);
    expect(hints()).toHaveLength(2);
    expect(state("tom")).toBe("up");
  });

  test("is not silent if it has started anew and answered an ordinary question meanwhile", () => {
    bench.receive(ANN, '>{"question":1,"id":"tom"}');
    live(10_000);
    bench.clear();
    alive.delete(ANN);
    for (let i = 0; i < 100 && quickTo(ANN).length < 9; i++) {
      live(100);
      chatter();
    }
    bench.receive(ANN, '>{"question":1,"id":"tom"}');
    bench.run(100);
    bench.answer(ANN, answerOf("tom", { incarnation: "boot-tom-2" }));
    alive.add(ANN);
    bench.run(500);
    expect(state("tom")).toBe("up");
  });

  test("is named to nobody by one that nothing comes in to: it tests all others instead", () => {
    live(10_000);
    bench.clear();
    alive.clear();
    bench.run(6300);
    // What it said before it could know comes to no more than this, and reaches nobody anyway.
    expect(hints().length).toBeLessThanOrEqual(6);
    const told = hints().length;
    bench.run(10_000);
    expect(hints()).toHaveLength(told);
    for (const { id } of OTHERS) expect(state(id)).toBe("silent");
    // Nine in a turn, six because of the one that was silent first.
    for (const { at } of OTHERS) expect([6, 9]).toContain(quickTo(at).length);
  });

  test("is not judged by what came while we were suspended, nor soon after", () => {
    live(10_000);
    bench.clear();
    alive.delete(ANN);
    while (quickTo(ANN).length === 0) live(100);
    alive.clear();
    bench.sleep(3_600_000);
    bench.clear();
    bench.run(10_000);
    expect(bench.sent.filter(({ text }) => isQuick(text))).toEqual([]);
    for (const { id } of OTHERS) expect(state(id)).toBe("up");
  });
});

describe("a hint", () => {
  test("is not believed: the machine is asked once, answers, and that is all", () => {
    live(2000);
    bench.clear();
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(600);
    expect(quickTo(CEM)).toHaveLength(1);
    live(5000);
    expect(state("ann")).toBe("up");
    expect(quickTo(CEM)).toHaveLength(1);
    // Nobody passes on what is not true, nor what he does not watch.
    expect(hints()).toEqual([]);
  });

  test("that comes while this machine lacks the CPU gives it nine questions", () => {
    live(2000);
    bench.sleep(1500);
    live(20);
    bench.clear();
    alive.delete(CEM);
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(2300);
    expect(state("ann")).toBe("up");
    live(1000);
    expect(state("ann")).toBe("silent");
    expect(quickTo(CEM)).toHaveLength(9);
  });

  test("gives it six questions also when many tests have just waited for their turn", () => {
    const dead = Array.from({ length: 400 }, (_, i) => `10.0.${1 + (i % 2)}.${1 + (i >> 1)}`);
    for (const [index, address] of dead.entries()) {
      bench.receive(address, "?");
      live(100);
      bench.answer(address, answerOf(`n${index}`));
    }
    live(2000);
    // No hint is read beyond its first 200 addresses.
    bench.receive(BOB, `<{"hint":${JSON.stringify(dead.slice(0, 200))}}`);
    bench.receive(ANN, `<{"hint":${JSON.stringify(dead.slice(200))}}`);
    bench.clear();
    live(6500);
    // At 450 a second these 2,400 take over 5 s, and not the 2 s of a test.
    expect(bench.sent.filter(({ text }) => isQuick(text)).length).toBeWithin(2400, 2500);
    bench.clear();
    alive.delete(CEM);
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(2300);
    expect(state("ann")).toBe("silent");
    expect(quickTo(CEM)).toHaveLength(6);
  });

  test("that is true makes it silent here within 2.2 s, without another hint", () => {
    live(2000);
    bench.clear();
    alive.delete(CEM);
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(2300);
    expect(state("ann")).toBe("silent");
    expect(quickTo(CEM)).toHaveLength(6);
    expect(hints()).toEqual([]);
  });

  test("however often it comes, makes a machine be asked at most once in ten seconds", () => {
    live(2000);
    bench.clear();
    for (let i = 0; i < 300; i++) {
      bench.receive(BOB, `<{"hint":["${CEM}"]}`);
      live(100);
    }
    expect(quickTo(CEM).length).toBeWithin(2, 4);
  });

  test("that comes within those ten seconds counts when they are over", () => {
    live(2000);
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(1000);
    alive.delete(CEM);
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(5000);
    expect(state("ann")).toBe("up");
    bench.clear();
    live(7000);
    expect(state("ann")).toBe("silent");
    // Much may have happened since: it has as long as in a turn.
    expect(quickTo(CEM)).toHaveLength(9);
  });

  const ignored = [
    { title: "of a stranger", from: "10.0.0.99", port: PORT, about: CEM },
    { title: "from another port", from: BOB, port: 40_000, about: CEM },
    { title: "about its own sender", from: CEM, port: PORT, about: CEM },
    { title: "about an address that is not known", from: BOB, port: PORT, about: "10.0.0.88" },
  ];
  test.each(ignored)("$title is ignored", ({ from, port, about }) => {
    live(2000);
    bench.clear();
    bench.receive(from, `<{"hint":["${about}"]}`, port);
    live(1000);
    expect(quickTo(CEM)).toEqual([]);
    expect(quickTo(about)).toEqual([]);
  });

  test("of a machine that is silent itself is ignored", () => {
    alive.delete(BOB);
    for (let i = 0; i < 20 && state("ulf") !== "silent"; i++) live(1000);
    expect(state("ulf")).toBe("silent");
    // It is watched now in place of the silent one: its next turn is far away.
    bench.clear();
    for (let i = 0; i < 50 && quickTo(CEM).length === 0; i++) live(100);
    bench.clear();
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(1000);
    expect(quickTo(CEM)).toEqual([]);
  });
});

describe("sealed", () => {
  const secrets = [Buffer.alloc(32, 7)];
  const [ours, theirs] = ["00000000000000aa", "00000000000000bb"];
  const sealerOf = (id: string, incarnation: string) => {
    let drawn = 0;
    const randomBytes = (count: number) => Buffer.alloc(count, ++drawn);
    return createEnvelope({ id, incarnation, signature: "localhost", secrets, randomBytes });
  };

  test("quick messages have at most 90 bytes in the shipped network", () => {
    const envelope = sealerOf(ours, ours);
    const question = encodeRingQuestion("localhost", 2 ** 48 - 1);
    const answer = encodeRingAnswer("localhost", { number: 2 ** 48 - 1, incarnation: theirs });
    expect(envelope.seal(question)).toHaveLength(82);
    expect(envelope.seal(answer)).toHaveLength(90);
  });
});

describe("a quick answer", () => {
  const wrong = [
    { title: "with another number", text: "<AAAAAAAAboot-tom", from: ANN, port: PORT },
    { title: "from another address", text: undefined, from: BOB, port: PORT },
    { title: "from another port", text: undefined, from: ANN, port: 40_000 },
  ];
  test.each(wrong)("$title saves nobody", ({ text, from, port }) => {
    live(10_000);
    alive.delete(ANN);
    bench.clear();
    while (quickTo(ANN).length === 0) live(100);
    const question = bench.textsTo(ANN).find(isQuick);
    for (let i = 0; i < 30; i++) {
      bench.receive(from, text ?? `<${question?.slice(1)}boot-tom`, port);
      live(100);
    }
    expect(state("tom")).toBe("silent");
  });
});
