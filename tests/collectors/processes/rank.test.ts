/** The ranking of processes. */
import { describe, expect, test } from "bun:test";
import { rankProcesses } from "../../../src/collectors/processes/rank.ts";
import type { ProcessTable } from "../../../src/linux/proc/pid-stat.ts";

describe("rankProcesses", () => {
  /** pid, start, ticks, pages, kernel. */
  type Row = readonly [number, number, number, number, number?];

  function tableOf(rows: readonly Row[]): ProcessTable {
    const column = (index: number) => rows.map((row) => row[index] ?? 0);
    return {
      length: rows.length,
      count: rows.length,
      pids: Int32Array.from(column(0)),
      startTicks: Float64Array.from(column(1)),
      cpuTicks: Float64Array.from(column(2)),
      residentPages: Float64Array.from(column(3)),
      isKernel: Uint8Array.from(column(4)),
      states: new Uint8Array(rows.length),
      names: new Uint8Array(),
      nameEnds: new Uint32Array(rows.length),
      foreground: new Map(),
    };
  }

  function rank(previous: readonly Row[] | undefined, current: readonly Row[], limit = 10) {
    const table = tableOf(current);
    const tables = { previous: previous && tableOf(previous), current: table };
    return rankProcesses({ ...tables, previousUptimeTicks: 10_000 }, limit).map(
      ({ row, ranTicks }) => [table.pids[row], ranTicks],
    );
  }

  const table: [string, Row[] | undefined, Row[], unknown[]][] = [
    [
      "goes by what ran since, not over the whole life",
      [
        [1, 5, 900, 1],
        [2, 5, 0, 1],
      ],
      [
        [1, 5, 901, 1],
        [2, 5, 50, 1],
      ],
      [
        [2, 50],
        [1, 1],
      ],
    ],
    [
      "goes by memory where nothing ran",
      [
        [1, 5, 0, 1],
        [2, 5, 0, 9],
      ],
      [
        [1, 5, 0, 1],
        [2, 5, 0, 9],
      ],
      [
        [2, 0],
        [1, 0],
      ],
    ],
    [
      "puts threads of the kernel last on a tie",
      [
        [1, 5, 0, 0, 1],
        [2, 5, 0, 0],
      ],
      [
        [1, 5, 0, 0, 1],
        [2, 5, 0, 0],
      ],
      [
        [2, 0],
        [1, 0],
      ],
    ],
    [
      "goes by memory alone in a first sample",
      undefined,
      [
        [1, 5, 900, 1],
        [2, 5, 0, 2],
      ],
      [
        [2, undefined],
        [1, undefined],
      ],
    ],
    ["counts a process that has started since from its start", [], [[3, 10_050, 70, 1]], [[3, 70]]],
    [
      "takes the next user of a pid for another process",
      [[3, 5, 900, 1]],
      [[3, 10_050, 70, 1]],
      [[3, 70]],
    ],
    [
      "knows nothing of a process that was there but not seen",
      [],
      [[3, 5, 99_999, 1]],
      [[3, undefined]],
    ],
    [
      "knows nothing of a counter that steps back",
      [[3, 5, 100, 1]],
      [[3, 5, 40, 1]],
      [[3, undefined]],
    ],
    ["gives nothing for an empty table", [], [], []],
  ];
  test.each(table)("%s", (_, previous, current, expected) => {
    expect(rank(previous, current)).toEqual(expected as never);
  });

  test("keeps the best of many, in order", () => {
    const rows = Array.from({ length: 1000 }, (_, i): Row => [i + 1, 20_000, (i * 7919) % 1000, 0]);
    expect(rank([], rows, 10).map(([, ticks]) => ticks)).toEqual([
      999, 998, 997, 996, 995, 994, 993, 992, 991, 990,
    ]);
  });
});
