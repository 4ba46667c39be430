/** Intervals of one to five seconds, three of which may pass before a machine could be tested. */
import { describe, expect, test } from "bun:test";
import { answerText, Bench, knownMachine } from "./core-harness.ts";

const A = "10.0.0.2";
const B = "10.0.0.3";
const IDS: Readonly<Record<string, string>> = { [A]: "ann", [B]: "bob" };

function meetBoth(updateSeconds: number): Bench {
  const bench = new Bench({ updateSeconds });
  for (const [address, id] of Object.entries(IDS)) {
    bench.meet(address, { id, incarnation: `boot-${id}`, interval: updateSeconds });
  }
  bench.clear();
  return bench;
}

/** Answers all questions sent since the last call. */
function answerAll(bench: Bench, updateSeconds: number): void {
  const asked = bench.sent.filter(({ text }) => text.startsWith(">{"));
  bench.sent = [];
  for (const { to, text } of asked) {
    const id = IDS[to] ?? "";
    const { question } = JSON.parse(text.slice(1));
    const fields = { id, incarnation: `boot-${id}`, interval: updateSeconds, report: null };
    bench.receive(to, answerText(question, fields));
  }
}

function live(bench: Bench, updateSeconds: number, ms: number): void {
  for (let i = 0; i < ms / 100; i++) {
    bench.run(100);
    answerAll(bench, updateSeconds);
  }
}

function outages(bench: Bench): string[] {
  return bench.of("entry").flatMap(({ id, entry }) => {
    return entry.state === "up" ? [] : [`${id} ${entry.state}`];
  });
}

describe("a pause of this machine that is too short to be a suspension", () => {
  test.each([1, 2, 5])("makes no machine down with %d s between reports", (updateSeconds) => {
    for (let pauseMs = 3500; pauseMs <= 5900; pauseMs += 200) {
      for (let phaseMs = 0; phaseMs < 1000 * updateSeconds; phaseMs += 300) {
        const bench = meetBoth(updateSeconds);
        live(bench, updateSeconds, 8000 + phaseMs);
        bench.sleep(pauseMs);
        live(bench, updateSeconds, 20_000);
        expect({ pauseMs, phaseMs, out: outages(bench) }).toEqual({ pauseMs, phaseMs, out: [] });
      }
    }
  });

  test("at the end of three intervals leaves a machine time to be heard", () => {
    const bench = meetBoth(5);
    live(bench, 5, 20_000);
    while (bench.sent.length === 0) bench.run(100);
    // All packets are lost for a while; those that come later wait in the socket.
    bench.run(8900);
    bench.sleep(5500);
    bench.run(100);
    answerAll(bench, 5);
    live(bench, 5, 20_000);
    expect(outages(bench)).toEqual([]);
  });
});

describe("with one second between reports,", () => {
  test("two lost packets make no outage", () => {
    const bench = meetBoth(1);
    live(bench, 1, 5000);
    bench.run(4500);
    live(bench, 1, 10_000);
    expect(outages(bench)).toEqual([]);
  });

  test("a machine that says goodbye is recorded as stopped and never as down", () => {
    const bench = meetBoth(1);
    live(bench, 1, 5000);
    bench.run(900);
    bench.receive(A, '<{"bye":{"id":"ann","boot":"boot-ann"}}');
    for (let i = 0; i < 600; i++) {
      bench.run(100);
      bench.sent = bench.sent.filter(({ to }) => to !== A);
      answerAll(bench, 1);
    }
    expect(outages(bench)).toEqual(["ann stopped"]);
  });

  test("a killed machine is shown as silent first and as down after 15 s", () => {
    const bench = meetBoth(1);
    live(bench, 1, 5000);
    const heardMs = bench.nowMs;
    const seen = new Map<string | undefined, number>();
    while (bench.nowMs < heardMs + 25_000) {
      bench.run(100);
      const state = bench.machine("ann")?.state;
      if (!seen.has(state)) seen.set(state, bench.nowMs - heardMs);
    }
    expect([...seen.keys()]).toEqual(["up", "silent", "down"]);
    expect(seen.get("down")).toBeGreaterThanOrEqual(13_800);
    expect(seen.get("down")).toBeLessThanOrEqual(15_100);
  });
});

describe("a machine is not shown as down", () => {
  test("before it has been asked, even if there are more machines than can be asked in time", () => {
    const addresses = Array.from({ length: 4000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
    const idOf = (address: string) => address.replaceAll(".", "-");
    const known = addresses.map((address) => {
      return knownMachine({ id: idOf(address), addresses: [address] });
    });
    const bench = new Bench({ updateSeconds: 1, known });
    for (let i = 0; i < 240; i++) {
      bench.run(100);
      const asked = bench.sent.filter(({ text }) => text.startsWith(">{"));
      bench.sent = [];
      for (const { to, text } of asked) {
        const fields = { id: idOf(to), incarnation: "b", interval: 1, report: null };
        bench.receive(to, answerText(JSON.parse(text.slice(1)).question, fields));
      }
    }
    expect(outages(bench)).toEqual([]);
  });

  test("while its goodbye is being tested", () => {
    const bench = new Bench({ updateSeconds: 10 });
    bench.meet(A, { interval: 10 });
    bench.run(29_000);
    bench.receive(A, '<{"bye":{"id":"ann","boot":"boota"}}');
    bench.run(10_000);
    expect(outages(bench)).toEqual(["ann stopped"]);
  });
});

test("packets that an attacker sends in a machine's name do not delay its being shown as down", () => {
  const bench = new Bench({ updateSeconds: 10 });
  bench.meet(A, { interval: 10 });
  for (let i = 0; i < 45; i++) {
    bench.run(1000);
    bench.receive(A, "!");
  }
  expect(outages(bench)).toEqual(["ann down"]);
});

test("a machine without an address, or with none that may be asked, is shown as down", () => {
  const bench = new Bench({ updateSeconds: 10 });
  bench.meet(A, { interval: 10 });
  bench.meet(B, { id: "bob", incarnation: "bootb", interval: 10 });
  bench.answerNext(A, { id: "cid", incarnation: "bootc", interval: 10 });
  bench.cluster.setRanges({ allow: () => false, scan: { size: 0, at: () => undefined } });
  bench.run(60_000);
  expect(outages(bench).sort()).toEqual(["ann down", "bob down", "cid down"]);
});
