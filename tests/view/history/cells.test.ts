import { describe, expect, test } from "bun:test";
import type { StripPoint } from "../../../src/store/history-types.ts";
import { cellsOf } from "../../../src/view/history/cells.ts";
import { axis, day, machine, NOW, up } from "./sample-history.ts";

describe("the cells of a history", () => {
  test("have no holes, whatever the phase of the reports", () => {
    for (const phase of [0, 7_000, 120_000, 299_000, 301_000, 599_000]) {
      const { state } = cellsOf(machine(day(phase)), axis);
      expect(state.filter((one) => one !== "up")).toEqual([]);
    }
  });

  test("have no holes where reports come a little late or early", () => {
    // Near the middle of the cells, 0.98 to 1.03 intervals apart.
    const late = (index: number) => [0, 9_000, -6_000, 3_000, 12_000, -3_000][index % 6] ?? 0;
    for (const phaseMs of [295_000, 299_000, 300_000, 301_000, 305_000]) {
      const points = day(phaseMs).map((point, index) => ({
        ...point,
        atWallMs: point.atWallMs + late(index),
      }));
      expect(cellsOf(machine(points), axis).state.slice(1, -1)).not.toContain("none");
    }
  });

  test("stay empty where a report is missing", () => {
    const points = day(0).filter((_, index) => index !== 70 && index !== 71);
    const { state } = cellsOf(machine(points), axis);
    expect(state.filter((one) => one === "none")).toHaveLength(2);
  });

  test("show an outage, however short, and stay empty before the first report", () => {
    const at = (cell: number) => axis.startMs + cell * 600_000;
    const points: StripPoint[] = [
      up(at(51)),
      up(at(52)),
      { state: "down", atWallMs: at(52) + 100_000, untilWallMs: at(52) + 160_000 },
      up(at(53)),
    ];
    const { state } = cellsOf(machine(points, { state: "down" }), axis);
    expect(state.slice(48, 56)).toEqual([
      "none",
      "none",
      "up",
      "up",
      "down",
      "none",
      "none",
      "none",
    ]);
  });

  test("show an outage that still lasts up to the end", () => {
    const points: StripPoint[] = [{ state: "down", atWallMs: axis.startMs + 100 * 600_000 }];
    const { state } = cellsOf(machine(points, { state: "down" }), axis);
    expect(state.slice(99, 101)).toEqual(["none", "down"]);
    expect(state[143]).toBe("down");
  });

  test("show the highest figure of the reports that fall into them", () => {
    const points = Array.from({ length: 40 }, (_, step) =>
      up(axis.endMs - 600_000 + (step + 1) * 15_000, step === 7 ? 97 : 2),
    );
    const { cpu } = cellsOf(machine(points, { updateSeconds: 15 }), axis);
    expect(cpu[143]).toBe(97);
  });

  test("show the first report of a machine that was started a moment ago", () => {
    const { state } = cellsOf(machine([up(NOW - 1000)]), axis);
    expect(state[143]).toBe("up");
    expect(state[142]).toBe("none");
  });

  test("mark a reboot where the uptime starts again, and none where it grows", () => {
    const at = (cell: number) => axis.startMs + cell * 600_000;
    const points = [
      up(at(10), 1, { uptimeSeconds: 90_000 }),
      up(at(11), 1, { uptimeSeconds: 90_600 }),
      up(at(20), 1, { uptimeSeconds: 300 }),
      up(at(21), 1, { uptimeSeconds: 900 }),
    ];
    expect(cellsOf(machine(points), axis).reboots.map(({ cell }) => cell)).toEqual([19]);
  });
});
