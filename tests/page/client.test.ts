/** The parts of the browser's script that need no browser. */
import { describe, expect, spyOn, test } from "bun:test";
import { cellLabel } from "../../src/page/client/chart-scene.ts";
import { reportWords, wordsOf } from "../../src/page/client/entry-words.ts";
import { cellAt, cellWords } from "../../src/page/client/strip-cells.ts";
import { tileWords } from "../../src/page/client/tiles.ts";
import { stripOf } from "../../src/page/history/strip.ts";
import { cellsOf } from "../../src/view/history/cells.ts";
import { axisOf } from "../../src/view/history/time-axis.ts";
import { cpuLevel } from "../../src/view/thresholds.ts";
import { createTimes } from "../../src/view/times.ts";
import { handlerOver } from "../http/handler-over.ts";
import { SAMPLE_NOW_MS, sampleSource } from "./sample-cluster.ts";
import { hundred } from "./sample-many.ts";

const times = createTimes("UTC");
const axis = axisOf({ nowMs: SAMPLE_NOW_MS, times, updateSeconds: 600, historyEntries: 144 });

describe("the cells that are read back from a strip", () => {
  for (const [name, source] of [
    ["the lab", sampleSource()],
    ["a hundred machines", hundred()],
  ] as const) {
    test(`are those that were drawn: ${name}`, () => {
      const strips = source.strips(0);
      for (const machine of source.view.machines) {
        const shape = {
          points: strips.get(machine.id) ?? [],
          state: machine.state,
          updateSeconds: 600,
        };
        const { paths } = stripOf(shape, { axis, times });
        const cells = cellsOf(shape, axis);
        for (let cell = 0; cell < axis.cells; cell += 1) {
          const [cpu = -1, disk = -1] = [cells.cpu[cell], cells.disk[cell]];
          const isUp = cells.state[cell] === "up";
          expect(cellAt(paths, cell)).toEqual({
            state: cells.state[cell] ?? "none",
            cpuLevel: isUp ? cpuLevel(cpu) : 0,
            diskLevel: !isUp || disk < 20 ? 0 : disk < 40 ? 1 : 2,
          });
        }
      }
    });
  }

  test("are outages where nothing is drawn, and never an error", () => {
    for (const paths of [
      [],
      [["cpu-idle", ""]],
      [["cpu-idle", "zz"]],
      [["toString", "M0 11h144"]],
    ] as const) {
      expect(cellAt(paths, 3).state).toBe("down");
    }
  });

  const words: readonly (readonly [Parameters<typeof cellWords>[0], string])[] = [
    [{ state: "up", cpuLevel: 0, diskLevel: 0 }, "CPU under 5 %"],
    [{ state: "up", cpuLevel: 4, diskLevel: 2 }, "CPU 90 % or more, disk 40 MB/min or more"],
    [{ state: "down", cpuLevel: 0, diskLevel: 0 }, "down"],
    [{ state: "stopped", cpuLevel: 0, diskLevel: 0 }, "stopped"],
    [{ state: "none", cpuLevel: 0, diskLevel: 0 }, "nothing known"],
  ];
  for (const [cell, text] of words) {
    test(`are described as "${text}"`, () => expect(cellWords(cell)).toBe(text));
  }
});

describe("an entry in one line", () => {
  const process = { user: "chen", command: "ffmpeg", cpuPercent: 1400 };
  const cases: readonly (readonly [string, Parameters<typeof reportWords>[0], string])[] = [
    [
      "a whole report",
      {
        name: "a",
        cpu: { idlePercent: 7 },
        disk: { readBytesPerSecond: 1024 ** 2, writeBytesPerSecond: 0 },
        processes: [process],
      },
      "CPU 93 %, disk 60 MB/min, chen ffmpeg 14",
    ],
    [
      "an idle machine",
      { name: "a", cpu: { idlePercent: 99 }, processes: [{ ...process, cpuPercent: 0 }] },
      "CPU 1 %, idle",
    ],
    [
      "a report without a CPU figure",
      { name: "a", processes: [{ ...process, cpuPercent: 0 }] },
      "",
    ],
    ["an empty report", { name: "a" }, ""],
    [
      "hostile names",
      { name: "a", processes: [{ ...process, user: "\u202e<b>", command: "x".repeat(4000) }] },
      `\\u202e<b> ${"x".repeat(32)}… 14`,
    ],
  ];
  for (const [name, report, text] of cases) {
    test(`is right for ${name}`, () => expect(reportWords(report).all).toBe(text));
  }
});

describe("the report that covers a cell of several entries", () => {
  test("is the first one made after its middle", async () => {
    const handler = handlerOver(sampleSource());
    const fetching = spyOn(globalThis, "fetch").mockImplementation(
      Object.assign(
        async (path: string | URL | Request) =>
          handler(
            new Request(`http://localhost${path}`, { headers: { host: "localhost" } }),
            "127.0.0.1",
          ),
        { preconnect: () => undefined },
      ),
    );
    // The load of node02 ends at 04:50; the hour before it is one cell.
    const middleMs = Date.UTC(2026, 10, 24, 4, 45);
    try {
      const { signal } = new AbortController();
      const words = await wordsOf("node02", { middleMs, intervalMs: 600_000 }, signal);
      expect(words?.top).toBe("chen ffmpeg 14");
    } finally {
      fetching.mockRestore();
    }
  });
});

describe("the time at the cursor of the charts", () => {
  const startMs = Date.UTC(2026, 10, 24, 9);
  const bounds = { whole: { fromMs: startMs, toMs: SAMPLE_NOW_MS }, stepMs: 10_000 };
  for (const [cellMs, text] of [
    [10_000, "09:00:30"],
    [60_000, "09:03"],
  ] as const) {
    test(`is ${text} at the end of the third cell of ${cellMs / 1000} s`, () => {
      expect(cellLabel(2, { startMs, cellMs, bounds }, times)).toBe(text);
    });
  }
});

describe("the readout of a tile", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["cpu-busy", "node01 85", "node01, CPU 85 %"],
    ["cpu-busy has-warning", "node01 85, disk 97 %", "node01, CPU 85 %, disk 97 %"],
    ["is-silent has-warning", "node01 silent, disk 97 %", "node01 silent, disk 97 %"],
    ["no-cpu has-warning", "node01, disk 97 %", "node01, disk 97 %"],
    ["no-cpu", "rack 7", "rack 7"],
    ["cpu-light", "rack 7 12", "rack 7, CPU 12 %"],
    ["is-down", "node01 down", "node01 down"],
  ];
  for (const [className, text, words] of cases) {
    test(`turns ${JSON.stringify(text)} into ${JSON.stringify(words)}`, () => {
      expect(tileWords(className, text)).toBe(words);
    });
  }
});
