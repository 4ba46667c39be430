/** Answers that arrive after their question has expired, because this or the other machine was stopped. */
import { describe, expect, test } from "bun:test";
import { answerText, Bench, START_WALL_MS, v1Report } from "./core-harness.ts";

const A = "10.0.0.2";
const HOUR = 3_600_000;

/** The log lines about dropped packets, at the levels that an operator sees. */
function dropLines(bench: Bench): string[] {
  const lines = bench.of("log").filter(({ level }) => level !== "debug");
  return lines.map(({ text }) => text).filter((text) => text.startsWith("dropped"));
}

/** Answers everything that A has been asked, oldest first, as a machine does that was stopped meanwhile. */
function answerAllThatWaits(bench: Bench): void {
  for (const text of bench.textsTo(A)) {
    if (text.startsWith(">{")) bench.receive(A, answerText(JSON.parse(text.slice(1)).question));
    else if (text === ">") bench.receive(A, `<${v1Report({ wallSeconds: START_WALL_MS / 1000 })}`);
    else if (text.startsWith(">")) bench.receive(A, `<${text.slice(1)}boota`);
  }
}

describe("late answers", () => {
  test.each([30, 60, 300])(
    "that come %d s late from a machine that was stopped are not logged",
    (late) => {
      const bench = new Bench({ updateSeconds: 10 });
      bench.meet(A, { interval: 10, ring: true });
      bench.clear();
      bench.run(late * 1000);
      expect(bench.machine("ann")?.state).not.toBe("up");
      answerAllThatWaits(bench);
      expect(bench.machine("ann")?.state).toBe("up");
      expect(dropLines(bench)).toEqual([]);
      expect(bench.drops("late answer")).toBeGreaterThan(0);
    },
  );

  test("that are late because this machine was stopped are not logged", () => {
    const bench = new Bench();
    bench.meet(A);
    bench.clear();
    while (bench.textsTo(A).every((text) => !text.startsWith(">{"))) bench.runLong(1000);
    bench.sleep(HOUR);
    // The answers are to questions from before the stop and from after it; the first arrives last.
    bench.run(60_000);
    answerAllThatWaits(bench);
    expect(dropLines(bench)).toEqual([]);
    expect(bench.drops("late answer")).toBeGreaterThan(0);
  });

  test("are counted apart from answers of a machine that was never asked", () => {
    const bench = new Bench();
    bench.receive(A, answerText(7));
    expect(bench.drops("answer to no open question")).toBe(1);
    expect(dropLines(bench)).toHaveLength(1);
  });
});
