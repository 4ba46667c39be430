import { describe, expect, test } from "bun:test";
import { cutOffOf } from "../../src/cluster/detection/cut-off.ts";
import { cutOffNoticeOf } from "../../src/page/cluster/cut-off.ts";
import { clusterHtml } from "../../src/page/render.ts";
import type { MachineState } from "../../src/store/history-types.ts";
import { createTimes } from "../../src/view/times.ts";
import { SAMPLE_NOW_MS, sampleSource } from "./sample-cluster.ts";

const times = createTimes("UTC");
const assets = { style: "", icon: "", iconDown: "", client: "" };

/** `up`, or a state and how many seconds ago it began. */
type Plight = "up" | readonly [MachineState, number];

function viewOf(others: readonly Plight[], hasCarrier?: boolean) {
  return sampleSource({
    cells: 1,
    change: (view) => {
      const [self, ...rest] = [
        ...view.machines.filter(({ isSelf }) => isSelf),
        ...view.machines.filter(({ isSelf }) => !isSelf),
      ];
      const chosen = rest.slice(0, others.length).map((machine, index) => {
        const plight = others[index] ?? "up";
        const [state, ago] = plight === "up" ? (["up", 9000] as const) : plight;
        return { ...machine, state, stateSinceWallMs: SAMPLE_NOW_MS - ago * 1000 };
      });
      const machines = [...(self ? [self] : []), ...chosen];
      const cutOff = cutOffOf({ ...view, machines, hasCarrier });
      return { ...view, machines, ...(cutOff && { cutOff }) };
    },
  });
}

describe("a machine may be cut off", () => {
  const cases: readonly (readonly [string, readonly Plight[], string | undefined])[] = [
    ["nobody else is there", [], undefined],
    ["all are up", ["up", "up", "up"], undefined],
    ["one of three is silent", [["silent", 9], "up", "up"], undefined],
    [
      "two of three fell silent at once",
      [["silent", 9], ["silent", 11], "up"],
      "2 of the 3 others",
    ],
    [
      "both of two fell silent",
      [
        ["silent", 9],
        ["silent", 9],
      ],
      undefined,
    ],
    ["half of four fell silent", [["silent", 9], ["silent", 9], "up", "up"], undefined],
    [
      "all three fell silent within four seconds",
      [
        ["silent", 9],
        ["silent", 11],
        ["silent", 13],
      ],
      "All 3 others that were up fell silent within 4 s",
    ],
    ["two of three fell silent a minute apart", [["silent", 9], ["silent", 69], "up"], undefined],
    [
      "three of five fell silent at once and one earlier",
      [["silent", 9], ["silent", 10], ["silent", 12], ["silent", 300], "up"],
      "3 of the 5 others",
    ],
    [
      "the others were shut down",
      [
        ["stopped", 9],
        ["stopped", 9],
        ["stopped", 9],
      ],
      undefined,
    ],
    [
      "the others have long been down and one is up",
      [["down", 9000], ["down", 9000], ["down", 9000], "up"],
      undefined,
    ],
    [
      "all that were up are down by now, last heard within one interval",
      [
        ["down", 2000],
        ["down", 2300],
        ["down", 2500],
      ],
      "All 3 others",
    ],
    [
      "all are down, one night after the other",
      [
        ["down", 90_000],
        ["down", 180_000],
        ["down", 270_000],
      ],
      undefined,
    ],
  ];
  for (const [name, others, wanted] of cases) {
    test(`${wanted === undefined ? "is not said" : "is said"} when ${name}`, () => {
      const found = cutOffNoticeOf(viewOf(others).view, times, "/");
      if (wanted === undefined) expect(found).toBeUndefined();
      else expect(found?.sentence).toStartWith(wanted);
    });
  }

  test.each([
    { hasCarrier: false, title: "is said without a carrier", wanted: "No network interface of " },
    { hasCarrier: true, title: "is not said with a carrier", wanted: undefined },
    { hasCarrier: undefined, title: "is not said with an unknown carrier", wanted: undefined },
  ])("$title while all others are up", ({ hasCarrier, wanted }) => {
    const found = cutOffNoticeOf(viewOf(["up", "up"], hasCarrier).view, times, "/");
    expect(found?.sentence.slice(0, 24)).toBe(wanted);
  });

  test("is not said without a carrier where no other machine is known", () => {
    expect(cutOffNoticeOf(viewOf([], false).view, times, "/")).toBeUndefined();
  });

  test("is said in place of the answers, with links to machines that were up", () => {
    const source = viewOf([
      ["silent", 40],
      ["silent", 42],
      ["silent", 44],
    ]);
    const parameters = new URLSearchParams("sort=-cpu");
    const html = clusterHtml({ source, view: source.view, times, assets }, parameters);
    expect(html).toContain("This machine may be cut off");
    expect(html).toContain("fell silent within 4 s, at 09:12:27");
    expect(html).toContain('<a href="http://192.168.1.31:8000/?sort=-cpu">gpu-a</a>');
    expect(html).not.toContain("Free now</h2>");
    expect(html).toContain("<title>may be cut off: ");
  });
});

describe("the same page elsewhere", () => {
  test("is linked in the foot, on machines that are up", () => {
    const source = sampleSource({ cells: 1 });
    const html = clusterHtml(
      { source, view: source.view, times, assets },
      new URLSearchParams("filter=bo&at=03:10"),
    );
    const foot = html.split('id="elsewhere"')[1]?.split("</p>")[0] ?? "";
    expect(foot.match(/<a /g)).toHaveLength(5);
    expect(foot).toContain('href="http://192.168.1.31:8000/?filter=bo&amp;at=03:10"');
    for (const name of ["node07", "node05", "desk2", "node01"]) expect(foot).not.toContain(name);
  });
});
