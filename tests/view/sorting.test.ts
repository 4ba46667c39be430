import { describe, expect, test } from "bun:test";
import { slugsOf } from "../../src/view/machine-slug.ts";
import { type SortKey, sorted } from "../../src/view/sorting.ts";
import { subjectsNow } from "../../src/view/subject.ts";
import { LAB, manySketches, OLD_MACHINE, sampleSource } from "../page/sample-cluster.ts";

const { view } = sampleSource({ sketches: [...LAB, OLD_MACHINE], cells: 1 });
const subjects = subjectsNow(view, slugsOf(view.machines));

describe("the order of machines", () => {
  const order = (sort: SortKey, isDescending: boolean) =>
    sorted(subjects, { sort, isDescending }).map(({ slug }) => slug);

  test("puts the largest first, and machines that are down or stopped last in both directions", () => {
    expect(order("cpu", true).slice(0, 2)).toEqual(["render3", "gpu-a"]);
    expect(order("cpu", true).slice(-2).sort()).toEqual(["desk2", "node07"]);
    expect(order("cpu", false).slice(-2).sort()).toEqual(["desk2", "node07"]);
    expect(order("state", false)[0]).toBe("node07");
    expect(order("swap", true)[0]).toBe("node06");
  });

  test("counts the numbers in names as a person does", () => {
    const many = sampleSource({ sketches: manySketches(12), cells: 1 });
    const renamed = many.view.machines.map((machine, index) => ({ ...machine, name: `n${index}` }));
    const all = subjectsNow({ ...many.view, machines: renamed }, new Map());
    const sortedNames = sorted(all, { sort: "machine", isDescending: false }).map(
      ({ machine }) => machine.name,
    );
    expect(sortedNames.slice(0, 4)).toEqual(["n0", "n1", "n2", "n3"]);
    expect(sortedNames.at(-1)).toBe("n11");
  });
});
