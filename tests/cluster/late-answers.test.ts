/** Answers that come when the question is over: after a stop of the one who asked or answers. */
import { describe, expect, test } from "bun:test";
import { answerText, Bench, oldReport, START_WALL_MS } from "./bench.ts";

const A = "10.0.0.2";
const HOUR = 3_600_000;

/** Lines about packets that were not taken, as an operator reads them. */
function dropLines(bench: Bench): string[] {
  const lines = bench.of("log").filter(({ level }) => level !== "debug");
  return lines.map(({ text }) => text).filter((text) => text.startsWith("dropped"));
}

/** Answers whatever has been asked of it, oldest first, as one does who was stopped meanwhile. */
function answerAllThatWaits(bench: Bench): void {
  for (const text of bench.textsTo(A)) {
    if (text.startsWith(">{")) bench.receive(A, answerText(JSON.parse(text.slice(1)).question));
    else if (text === ">") bench.receive(A, `<${oldReport({ wallSeconds: START_WALL_MS / 1000 })}`);
    else if (text.startsWith(">")) bench.receive(A, `<${text.slice(1)}boota`);
  }
}

describe("answers that come late", () => {
  test.each([30, 60, 300])("by %d s from a machine that was stopped write no line", (late) => {
    const bench = new Bench({ updateSeconds: 10 });
    bench.meet(A, { interval: 10, ring: true });
    bench.clear();
    bench.run(late * 1000);
    expect(bench.machine("ann")?.state).not.toBe("up");
    answerAllThatWaits(bench);
    expect(bench.machine("ann")?.state).toBe("up");
    expect(dropLines(bench)).toEqual([]);
    expect(bench.drops("late answer")).toBeGreaterThan(0);
  });

  test("for a stop of this machine write no line", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    while (bench.textsTo(A).every((text) => !text.startsWith(">{"))) bench.runLong(1000);
    bench.sleep(HOUR);
    // What it had asked before, and what it asks when it goes on; the first is read last.
    bench.run(60_000);
    answerAllThatWaits(bench);
    expect(dropLines(bench)).toEqual([]);
    expect(bench.drops("late answer")).toBeGreaterThan(0);
  });

  test("are told from those of one who was never asked", () => {
    const bench = new Bench();
    bench.receive(A, answerText(7));
    expect(bench.drops("answer to no open question")).toBe(1);
    expect(dropLines(bench)).toHaveLength(1);
  });
});
