/**
 * An address that answers under ever new ids, each claiming to be one more machine. It may cost a few
 * rows of the table, but never anything that belongs to a real machine.
 */
import { describe, expect, test } from "bun:test";
import type { KnownMachine } from "../../src/store/history-types.ts";
import { answerText, Bench, knownMachine, START_WALL_MS } from "./core-harness.ts";

const LIAR = "10.0.0.66";
const A = "10.0.0.2";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Lies {
  readonly ms: number;
  readonly liars?: readonly string[];
  /** Whether the claimed machines have a report. */
  readonly report: boolean;
}

/** Answers every question to the lying addresses, each time under another id. */
function lie(bench: Bench, { ms, liars = [LIAR], report }: Lies): void {
  let count = 0;
  let most = 0;
  for (const liar of liars) bench.receive(liar, "?");
  const untilMs = bench.nowMs + ms;
  while (bench.nowMs < untilMs) {
    bench.runLong(1000);
    const asked = bench.sent.filter(({ to, text }) => liars.includes(to) && text.startsWith(">{"));
    bench.sent = [];
    if (asked.length === 0) continue;
    for (const { to, text } of asked) {
      const id = `liar${++count}`;
      const body = report ? { sequence: 1, age: 600 } : { sequence: 0, report: null };
      const { question } = JSON.parse(text.slice(1));
      bench.receive(to, answerText(question, { id, incarnation: `boot-${id}`, name: id, ...body }));
    }
    most = Math.max(most, bench.others().length);
  }
  expect(count).toBeGreaterThan(10 * liars.length);
  expect(most).toBeLessThanOrEqual(MOST_SHOWN * liars.length + REAL);
}

/** The machine that has the address, and eight that had it before. */
const MOST_SHOWN = 9;
const REAL = 10;

/** Machines that have been down for an hour and more. */
function realOnes(fields: Partial<KnownMachine> = {}): KnownMachine[] {
  return Array.from({ length: REAL }, (_, i) => {
    const lastHeardWallMs = START_WALL_MS - (i + 1) * HOUR;
    const place = { id: `real${i}`, addresses: [`10.1.0.${i + 1}`] };
    const past = { lastHeardWallMs, stateSinceWallMs: lastHeardWallMs };
    return knownMachine({ ...place, ...past, state: "down", report: { name: "x" }, ...fields });
  });
}

function forgotten(bench: Bench): string[] {
  return bench.of("forget").map(({ id }) => id);
}

function shown(bench: Bench, prefix: string): string[] {
  const ids = bench.others().map(({ id }) => id);
  return ids.filter((id) => id.startsWith(prefix)).sort();
}

describe("an address that answers under ever new ids", () => {
  test("is shown as one machine at most if it never sends a report", () => {
    const bench = new Bench();
    lie(bench, { ms: MINUTE, report: false });
    expect(shown(bench, "liar").length).toBeLessThanOrEqual(1);
    expect(bench.drops("too many machines at one address")).toBeGreaterThan(5);
  });

  test("adds at most four machines in an interval, of which only the last stays in the store", () => {
    const bench = new Bench();
    lie(bench, { ms: 9 * MINUTE, report: false });
    const remembered = new Set(bench.of("remember").map(({ machine }) => machine.id));
    expect([...remembered].sort()).toEqual(["liar1", "liar2", "liar3", "liar4"]);
    expect(forgotten(bench)).toEqual(["liar1", "liar2", "liar3"]);
  });

  test.each([
    { title: "with reports", report: true },
    { title: "without reports", report: false },
  ])("is shown as nine machines at most, however long it goes on ($title)", ({ report }) => {
    const bench = new Bench();
    lie(bench, { ms: 4 * HOUR, report });
    expect(shown(bench, "liar").length).toBeLessThanOrEqual(MOST_SHOWN);
    const remembered = new Set(bench.of("remember").map(({ machine }) => machine.id));
    const kept = [...remembered].filter((id) => !forgotten(bench).includes(id));
    expect(kept.length).toBeLessThanOrEqual(MOST_SHOWN);
  });

  test("is shown as nine machines at most also with a second between reports", () => {
    const bench = new Bench({ updateSeconds: 1 });
    lie(bench, { ms: 20 * MINUTE, report: true });
    expect(shown(bench, "liar").length).toBeLessThanOrEqual(MOST_SHOWN);
  });

  test("takes nothing but the address from the machine that had it before", () => {
    const bench = new Bench();
    bench.meet(LIAR);
    for (let sequence = 2; sequence < 6; sequence++) bench.answerNext(LIAR, { sequence });
    lie(bench, { ms: 6 * HOUR, report: true });
    expect(bench.machine("ann")).toMatchObject({ state: "down", report: { name: "ann" } });
    expect(forgotten(bench)).not.toContain("ann");
  });

  test.each([
    { title: "one such address", liars: [LIAR] },
    {
      title: "thirty such addresses",
      liars: Array.from({ length: 30 }, (_, i) => `10.0.0.${i + 66}`),
    },
  ])("never deletes the history of a machine that is down ($title)", ({ liars }) => {
    for (const report of [false, true]) {
      const bench = new Bench({ maxPeers: REAL + 5, known: realOnes() });
      lie(bench, { ms: 40 * MINUTE, liars, report });
      expect(forgotten(bench).filter((id) => id.startsWith("real"))).toEqual([]);
      if (liars.length === 1) expect(shown(bench, "real").length).toBe(REAL);
    }
  });
});

describe("an address that passes from machine to machine", () => {
  test("shows the new machine at once and keeps those that had it before", () => {
    const bench = new Bench();
    for (const id of ["a", "b", "c", "d"]) {
      bench.receive(A, '>{"question":1,"id":"x"}');
      bench.answerNext(A, { id, incarnation: `boot-${id}`, name: id });
      bench.run(MINUTE);
    }
    expect(shown(bench, "")).toEqual(["a", "b", "c", "d"]);
  });

  test("shows a fifth machine only when an interval has passed", () => {
    const bench = new Bench();
    for (const id of ["a", "b", "c", "d", "e"]) {
      bench.receive(A, '>{"question":1,"id":"x"}');
      bench.answerNext(A, { id, incarnation: `boot-${id}`, name: id });
    }
    expect(bench.drops("too many machines at one address")).toBe(1);
    bench.run(10 * MINUTE);
    bench.answerNext(A, { id: "e", incarnation: "boot-e" });
    expect(bench.machine("e")?.state).toBe("up");
  });

  test("loses a former machine that never sent a report", () => {
    const bench = new Bench();
    bench.meet(A, { id: "a", incarnation: "boot-a" });
    bench.meet("10.0.0.3", { id: "b", incarnation: "boot-b", sequence: 0, report: null });
    bench.answerNext("10.0.0.3", { id: "a", incarnation: "boot-a" });
    expect(shown(bench, "")).toEqual(["a"]);
    expect(forgotten(bench)).toEqual(["b"]);
  });

  test("loses a former machine without a report also when it becomes this machine's own", () => {
    const bench = new Bench();
    bench.meet(A, { id: "b", incarnation: "boot-b", sequence: 0, report: null });
    bench.answerNext(A, { id: "self", incarnation: "boot0" });
    expect(shown(bench, "")).toEqual([]);
    expect(forgotten(bench)).toEqual(["b"]);
  });
});

describe("in a full table, a newcomer takes the place", () => {
  const past = {
    lastHeardWallMs: START_WALL_MS - MINUTE,
    stateSinceWallMs: START_WALL_MS - MINUTE,
  };

  test("of a machine that is down and never sent a report rather than of one that has been down longer", () => {
    const empty = knownMachine({ id: "empty", addresses: ["10.2.0.1"], state: "down", ...past });
    const bench = new Bench({ maxPeers: REAL + 1, known: [...realOnes(), empty] });
    bench.meet(A);
    expect(shown(bench, "real")).toHaveLength(REAL);
    expect(forgotten(bench)).toEqual(["empty"]);
  });

  test("of a machine without an address rather than of one that has been down longer", () => {
    const [first] = realOnes();
    const homeless = { ...past, addresses: [...(first?.addresses ?? [])], report: { name: "x" } };
    const known = knownMachine({ id: "homeless", state: "down", ...homeless });
    const others = realOnes().map((one, i) => ({ ...one, lastHeardWallMs: START_WALL_MS - i }));
    const bench = new Bench({ maxPeers: REAL + 1, known: [...others, known] });
    bench.meet(A);
    expect(shown(bench, "real")).toHaveLength(REAL);
    expect(bench.machine("homeless")).toBeUndefined();
    expect(forgotten(bench)).toEqual([]);
  });

  test("of the machine that has been down longest, whose history is kept for its return", () => {
    const bench = new Bench({ maxPeers: REAL, known: realOnes() });
    bench.meet(A);
    const gone = `real${REAL - 1}`;
    expect(shown(bench, "real")).not.toContain(gone);
    expect(forgotten(bench)).toEqual([]);
    expect(bench.of("changed").map(({ id }) => id)).toContain(gone);
    expect(bench.of("log").some(({ text }) => text.includes("makes room"))).toBe(true);
    bench.clear();
    bench.meet(`10.1.0.${REAL}`, { id: gone, incarnation: "boot-back" });
    expect(bench.machine(gone)?.state).toBe("up");
    expect(forgotten(bench)).toEqual([]);
  });
});
