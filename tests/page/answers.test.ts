import { describe, expect, test } from "bun:test";
import { answersOf } from "../../src/page/cluster/answers-view-model.ts";
import type { Report } from "../../src/protocol/report.ts";
import { isDiskFull } from "../../src/view/answers/free-machines.ts";
import { createWarnedSince } from "../../src/view/history/warned-since.ts";
import { slugsOf } from "../../src/view/machine-slug.ts";
import { subjectsNow } from "../../src/view/subject.ts";
import { createTimes } from "../../src/view/times.ts";
import { LAB, manySketches, SAMPLE_NOW_MS, sampleSource } from "./sample-cluster.ts";

const { view } = sampleSource({ sketches: LAB, cells: 1 });
const subjects = subjectsNow(view, slugsOf(view.machines));
const now = { times: createTimes("UTC"), nowMs: SAMPLE_NOW_MS };

describe("the three answers", () => {
  const answers = answersOf(subjects, subjects, now);

  test("never offer a machine that swaps, is busy, silent, down or stopped, and offer one with a full disk last", () => {
    const free = answers.free.map(({ machine }) => machine.name);
    expect(free).toHaveLength(5);
    for (const name of ["node06", "gpu-a", "render3", "node05", "node07", "desk2"]) {
      expect(free).not.toContain(name);
    }
    expect(free[0]).toBe("gpu-b");
    expect(free.at(-1)).toBe("node03");
    const [last] = answers.free.slice(-1);
    expect(last && isDiskFull(last)).toBe(true);
  });

  const GIB = 1024 ** 3;
  const rules: readonly (readonly [string, boolean, Partial<Report>])[] = [
    ["30 % of its cores free", true, { cpu: { idlePercent: 30 } }],
    ["29.9 % of its cores free", false, { cpu: { idlePercent: 29.9 } }],
    ["10 % of its memory free", true, { memory: { totalBytes: 100 * GIB, usedBytes: 90 * GIB } }],
    [
      "9.9 % of its memory free",
      false,
      { memory: { totalBytes: 100 * GIB, usedBytes: 90.1 * GIB } },
    ],
    ["unknown memory", true, { memory: {} }],
    ["unknown CPU use", false, { cpu: {} }],
    ["swap in use but no traffic", true, { swap: { outBytesPerSecond: 0 } }],
    ["traffic to its swap", false, { swap: { outBytesPerSecond: 1024 ** 2 } }],
  ];
  for (const [what, isOffered, change] of rules) {
    test(`${isOffered ? "offer" : "do not offer"} a machine with ${what}`, () => {
      const idle = { cpu: { idlePercent: 99 }, host: { cores: 8 } };
      const first = view.machines.find(({ name }) => name === "gpu-b");
      if (first === undefined) throw new Error("there is no gpu-b");
      const machine = { ...first, report: { name: "gpu-b", ...idle, ...change } };
      const [subject] = subjectsNow({ ...view, machines: [machine] }, new Map());
      if (subject === undefined) throw new Error("there is no subject");
      expect(answersOf([subject], [subject], now).free.length).toBe(isOffered ? 1 : 0);
    });
  }

  test("offer no machine whose reports are refused or overdue, and say for how long and why", () => {
    const refused = { kind: "refused", reason: "not four lines" } as const;
    const troubles = {
      "gpu-b": { ...refused, sinceWallMs: SAMPLE_NOW_MS - 600_000 },
      node01: { kind: "overdue", sinceWallMs: SAMPLE_NOW_MS - 7_200_000 } as const,
    };
    const machines = view.machines.map((machine) => {
      const reportTrouble = troubles[machine.name as keyof typeof troubles];
      return reportTrouble === undefined ? machine : { ...machine, reportTrouble };
    });
    const all = subjectsNow({ ...view, machines }, new Map());
    const said = answersOf(all, all, now);
    expect(said.free.map(({ machine }) => machine.name)).toEqual(["node02", "node04", "node03"]);
    const lines = said.troubles.map(({ name, word, lasts, detail }) => [name, word, lasts, detail]);
    expect(lines.slice(2, 4)).toEqual([
      ["gpu-b", "reports refused", "10m", "not four lines"],
      ["node01", "no new report", "2h00m", "it still answers"],
    ]);
  });

  test("name the processes that use at least 45 % of a machine, the largest first", () => {
    expect(answers.using.shown.map(({ process }) => `${process.user} ${process.command}`)).toEqual([
      "chen blender",
      "dana python3",
      "eli R",
    ]);
  });

  test("list what is down first, then what is silent, then warnings, then what is stopped", () => {
    expect(answers.troubles.map(({ word }) => word)).toEqual([
      "down",
      "silent",
      "swapping",
      "disk full",
      "clock",
      "stopped",
    ]);
    // A line that says "1 more" would take the room of that one.
    expect(answers.troublesMore).toBe(0);
    const two = sampleSource({
      sketches: LAB.map((sketch) => ({ ...sketch, clockOffsetSeconds: -3 })),
      cells: 1,
    });
    const clocks = subjectsNow(two.view, slugsOf(two.view.machines));
    const more = answersOf(clocks, clocks, now);
    expect([more.troubles.length, more.troublesMore]).toEqual([5, 9]);
  });

  test("say how long a warning has lasted where the history shows it", () => {
    const source = sampleSource();
    const warnedSince = createWarnedSince((id, query) => source.entries(id, query));
    const all = subjectsNow(source.view, slugsOf(source.view.machines));
    const { troubles } = answersOf(all, all, { ...now, warnedSince });
    const said = troubles.filter(({ mark }) => mark === "warning");
    expect(said.map(({ word, lasts, detail }) => [word, lasts, detail])).toEqual([
      ["swapping", "4h42m", "7.1 G in swap, 25 M/s"],
      ["disk full", "6h32m", "/scratch 96 %, 31 G left"],
      ["clock", "", "2.4 s ahead of node01's clock"],
    ]);
  });

  test("show machines that went down together in one line", () => {
    const fallen = sampleSource({ sketches: manySketches(8), cells: 1 }).view.machines.map(
      (machine, index) =>
        index < 3
          ? machine
          : {
              ...machine,
              state: "down" as const,
              stateSinceWallMs: SAMPLE_NOW_MS - 60_000 - index,
            },
    );
    const fell = subjectsNow({ ...view, machines: fallen }, new Map());
    const together = answersOf(fell, fell, now);
    expect(together.troubles[0]).toMatchObject({ lasts: "1m", href: "/?filter=state:down" });
    expect(together.troubles[0]?.detail).toStartWith("5 together");
    expect(together.troubles.filter(({ mark }) => mark === "down")).toHaveLength(1);
  });
});
