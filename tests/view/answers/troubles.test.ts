import { describe, expect, test } from "bun:test";
import { troublesOf } from "../../../src/view/answers/troubles.ts";
import { subjectsNow } from "../../../src/view/subject.ts";
import { THRESHOLDS } from "../../../src/view/thresholds.ts";
import { manySketches, SAMPLE_NOW_MS, sampleSource } from "../../page/sample-cluster.ts";

const { view } = sampleSource({ sketches: manySketches(6), cells: 1 });

/** How many machines each trouble is about when they went down at these times, ms ago. */
function groups(...agoMs: readonly number[]): number[] {
  const machines = view.machines.slice(0, agoMs.length).map((machine, index) => ({
    ...machine,
    state: "down" as const,
    stateSinceWallMs: SAMPLE_NOW_MS - (agoMs[index] ?? 0),
  }));
  const troubles = troublesOf(subjectsNow({ ...view, machines }, new Map()));
  return troubles.map((trouble) => (trouble.kind === "warning" ? 0 : trouble.subjects.length));
}

describe("machines that went down", () => {
  const { withinMs } = THRESHOLDS.together;
  const cases: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    ["count one by one when there are two of them", [1000, 2000], [1, 1]],
    ["count as one when there are three of them", [1000, 2000, 3000], [3]],
    ["count as one up to the span between neighbours", [0, withinMs, 2 * withinMs], [3]],
    ["count one by one beyond that span", [0, withinMs + 1, 2 * withinMs + 2], [1, 1, 1]],
    ["count apart from those of another time", [0, 1, 2, 999_999, 1_000_000], [3, 1, 1]],
  ];
  test.each(cases)("%s", (_, agoMs, wanted) => expect(groups(...agoMs)).toEqual([...wanted]));
});
