/** The ring: which machines this one checks and when, what it believes, and what it never does. */
import { beforeEach, describe, expect, test } from "bun:test";
import { encodeRingAnswer, encodeRingQuestion } from "../../src/protocol/ring.ts";
import { createEnvelope } from "../../src/sealing/envelope.ts";
import { Bench, PORT } from "./core-harness.ts";

const ANN = "10.0.0.2";
const BOB = "10.0.0.3";
const CEM = "10.0.0.4";
/** The other machines in the order of the ring, beginning after "self". */
const OTHERS = [
  { id: "tom", at: ANN },
  { id: "ulf", at: BOB },
  { id: "ann", at: CEM },
] as const;
/** As fast as the daemon's own loop (daemon/ticker.ts). */
const TICK_MS = 10;

let bench: Bench;
/** The addresses that answer questions. */
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

/** Lets time pass; the machines in `alive` answer each question, quick or ordinary, at once. */
function live(ms: number): void {
  const untilMs = bench.nowMs + ms;
  let seen = bench.sent.length;
  while (bench.nowMs < untilMs) {
    bench.run(TICK_MS);
    for (; seen < bench.sent.length; seen++) reply(seen);
  }
}

function reply(index: number): void {
  const sent = bench.sent[index];
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

/** Another machine sends a quick question, which shows that this one is not cut off. */
function chatter(from = CEM): void {
  bench.receive(from, ">AAAAAAAA");
}

function state(id: string): string | undefined {
  return bench.machine(id)?.state;
}

describe("quick questions", () => {
  test("go in turn to the next two machines in the ring, to each every four seconds", () => {
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

  test("that are answered count as signs of life and change nothing else", () => {
    live(3_600_000 / 4);
    bench.clear();
    live(60_000);
    expect(bench.machine("tom")?.lastHeardSeconds).toBeLessThan(5);
    expect(bench.of("entry")).toEqual([]);
    expect(bench.of("remember")).toEqual([]);
    expect(bench.of("changed")).toEqual([]);
    expect(hints()).toEqual([]);
  });

  test("are answered with the beginning of this machine's incarnation, whoever asks", () => {
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

  test("follow those of the machine before this one in the ring, shifting by at most 0.4 s a round", () => {
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

  test("go on although the machine before this one in the ring asks all the time", () => {
    const startMs = bench.nowMs;
    while (bench.nowMs - startMs < 24_000) {
      live(100);
      chatter();
    }
    expect(quickTo(ANN).length).toBeGreaterThanOrEqual(4);
    expect(quickTo(BOB).length).toBeGreaterThanOrEqual(4);
  });

  test("detect a restart, after which an ordinary question follows", () => {
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

describe("a machine that misses quick questions", () => {
  test("is asked nine times, 0.27 s apart, hinted to all others after three, and then shown as silent", () => {
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
    // Twice to each, because packets get lost, and not to the machine itself.
    expect(
      hints()
        .map(({ to }) => to)
        .sort(),
    ).toEqual([BOB, BOB, CEM, CEM]);
    for (const { addresses } of hints()) expect(addresses).toEqual([ANN]);
    const first = bench.sent.find(({ text }) => text.startsWith('<{"hint"'));
    expect((first?.atMs ?? 0) - startMs).toBe(810);
  });

  test("is asked only twice more, and no hint is sent, if it answers within 0.75 s", () => {
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

  test("is hinted only once to each other machine if it answers after all", () => {
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

  test("stays up if it has restarted and answered an ordinary question meanwhile", () => {
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

  test("is not hinted by a machine that receives nothing, which tests all others instead", () => {
    live(10_000);
    bench.clear();
    alive.clear();
    bench.run(6300);
    // It may send this many hints before it can know that it is cut off; they arrive nowhere.
    expect(hints().length).toBeLessThanOrEqual(6);
    const told = hints().length;
    bench.run(10_000);
    expect(hints()).toHaveLength(told);
    for (const { id } of OTHERS) expect(state(id)).toBe("silent");
    // Nine questions in a turn of its own, or six because another fell silent first.
    for (const { at } of OTHERS) expect([6, 9]).toContain(quickTo(at).length);
  });

  test("is not judged by what happened during a suspension of this machine or soon after", () => {
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
  test("costs a machine that answers one question and nothing more", () => {
    live(2000);
    bench.clear();
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(600);
    expect(quickTo(CEM)).toHaveLength(1);
    live(5000);
    expect(state("ann")).toBe("up");
    expect(quickTo(CEM)).toHaveLength(1);
    // A hint is passed on neither when it is wrong nor for a machine that this one does not check.
    expect(hints()).toEqual([]);
  });

  test("leads to nine questions if it comes while this machine lacks CPU time", () => {
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

  test("leads to six questions also when many tests have just waited for their turn", () => {
    const dead = Array.from({ length: 400 }, (_, i) => `10.0.${1 + (i % 2)}.${1 + (i >> 1)}`);
    for (const [index, address] of dead.entries()) {
      bench.receive(address, "?");
      live(100);
      bench.answer(address, answerOf(`n${index}`));
    }
    live(2000);
    // Only the first 200 addresses of a hint are read.
    bench.receive(BOB, `<{"hint":${JSON.stringify(dead.slice(0, 200))}}`);
    bench.receive(ANN, `<{"hint":${JSON.stringify(dead.slice(200))}}`);
    bench.clear();
    live(6500);
    // At 450 a second these 2,400 questions take over 5 s, not the 2 s of a test.
    expect(bench.sent.filter(({ text }) => isQuick(text)).length).toBeWithin(2400, 2500);
    bench.clear();
    alive.delete(CEM);
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(2300);
    expect(state("ann")).toBe("silent");
    expect(quickTo(CEM)).toHaveLength(6);
  });

  test("about a dead machine makes it silent here within 2.2 s, without another hint", () => {
    live(2000);
    bench.clear();
    alive.delete(CEM);
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(2300);
    expect(state("ann")).toBe("silent");
    expect(quickTo(CEM)).toHaveLength(6);
    expect(hints()).toEqual([]);
  });

  test("leads to at most one question in ten seconds, however often it comes", () => {
    live(2000);
    bench.clear();
    for (let i = 0; i < 300; i++) {
      bench.receive(BOB, `<{"hint":["${CEM}"]}`);
      live(100);
    }
    expect(quickTo(CEM).length).toBeWithin(2, 4);
  });

  test("that comes within ten seconds of another counts when they are over", () => {
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
    // Much may have changed since the hint, so the machine gets as many questions as in a turn.
    expect(quickTo(CEM)).toHaveLength(9);
  });

  const ignored = [
    { title: "from an unknown machine", from: "10.0.0.99", port: PORT, about: CEM },
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

  test("from a machine that is silent itself is ignored", () => {
    alive.delete(BOB);
    for (let i = 0; i < 20 && state("ulf") !== "silent"; i++) live(1000);
    expect(state("ulf")).toBe("silent");
    // CEM is now checked in place of the silent machine; its next turn is seconds away.
    bench.clear();
    for (let i = 0; i < 50 && quickTo(CEM).length === 0; i++) live(100);
    bench.clear();
    bench.receive(BOB, `<{"hint":["${CEM}"]}`);
    live(1000);
    expect(quickTo(CEM)).toEqual([]);
  });
});

test("sealed quick messages have at most 90 bytes with the default signature", () => {
  const [ours, theirs] = ["00000000000000aa", "00000000000000bb"];
  let drawn = 0;
  const envelope = createEnvelope({
    id: ours,
    incarnation: ours,
    signature: "localhost",
    secrets: [Buffer.alloc(32, 7)],
    randomBytes: (count) => Buffer.alloc(count, ++drawn),
  });
  const question = encodeRingQuestion("localhost", 2 ** 48 - 1);
  const answer = encodeRingAnswer("localhost", { number: 2 ** 48 - 1, incarnation: theirs });
  expect(envelope.seal(question)).toHaveLength(82);
  expect(envelope.seal(answer)).toHaveLength(90);
});

describe("a quick answer", () => {
  const wrong = [
    { title: "with another number", text: "<AAAAAAAAboot-tom", from: ANN, port: PORT },
    { title: "from another address", text: undefined, from: BOB, port: PORT },
    { title: "from another port", text: undefined, from: ANN, port: 40_000 },
  ];
  test.each(wrong)("$title does not keep a machine up", ({ text, from, port }) => {
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
