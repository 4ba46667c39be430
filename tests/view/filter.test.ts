import { describe, expect, test } from "bun:test";
import { filterOf } from "../../src/view/filter.ts";
import { slugsOf } from "../../src/view/machine-slug.ts";
import { subjectsNow } from "../../src/view/subject.ts";
import { LAB, OLD_MACHINE, sampleSource } from "../page/sample-cluster.ts";

const { view } = sampleSource({ sketches: [...LAB, OLD_MACHINE], cells: 1 });
const subjects = subjectsNow(view, slugsOf(view.machines));

function names(text: string, tag?: string): string {
  const { accepts } = filterOf(text, tag);
  return subjects
    .filter(accepts)
    .map(({ slug }) => slug)
    .join(" ");
}

describe("the filter", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["gpu", "gpu-a gpu-b"],
    ["GPU-A", "gpu-a"],
    ["user:chen", "render3"],
    ["process:blend", "render3"],
    ["state:down", "node07"],
    ["down", "node07"],
    ["tag:gpu", "gpu-a gpu-b"],
    ["name:node user:ann", "node01 node05 node06"],
    ["192.168.1.3", "gpu-a gpu-b render3"],
    ["problem", "desk2 node03 node05 node06 node07 render3"],
    ["zed", ""],
  ];
  for (const [text, wanted] of cases) {
    test(`${JSON.stringify(text)} finds ${wanted === "" ? "nothing" : wanted}`, () =>
      expect(names(text)).toBe(wanted));
  }

  test("matches a tag as a whole and regardless of case", () => {
    expect(names("", "GPU")).toBe("gpu-a gpu-b");
    expect(names("", "gp")).toBe("");
  });

  const wrong = ["colour:red", "state:asleep", "user:", "a b c d e f g h i j"];
  for (const text of wrong) {
    test(`answers ${JSON.stringify(text)} with one notice`, () =>
      expect(filterOf(text, undefined).notices).toHaveLength(1));
  }
});
