import { describe, expect, test } from "bun:test";
import { answersOf } from "../../src/page/cluster/answers-view-model.ts";
import type { PageQuery } from "../../src/page/components/page-query.ts";
import { peopleTableOf } from "../../src/page/people/people-view-model.ts";
import type { Report } from "../../src/protocol/report.ts";
import { filterOf } from "../../src/view/filter.ts";
import { createWarnedSince } from "../../src/view/history/warned-since.ts";
import { findMachine, slugsOf } from "../../src/view/machine-slug.ts";
import { sorted } from "../../src/view/sorting.ts";
import { subjectsNow } from "../../src/view/subject.ts";
import { createTimes } from "../../src/view/times.ts";
import {
  LAB,
  manySketches,
  OLD_MACHINE,
  SAMPLE_NOW_MS,
  sampleSource,
} from "../page/sample-cluster.ts";

const { view } = sampleSource({ sketches: [...LAB, OLD_MACHINE], cells: 1 });
const subjects = subjectsNow(view, slugsOf(view.machines));
const now = { times: createTimes("UTC"), nowMs: SAMPLE_NOW_MS };

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
    test(`${text} finds ${wanted === "" ? "nothing" : wanted}`, () =>
      expect(names(text)).toBe(wanted));
  }

  test("by tag is exact and without regard to case", () => {
    expect(names("", "GPU")).toBe("gpu-a gpu-b");
    expect(names("", "gp")).toBe("");
  });

  const wrong = ["colour:red", "state:asleep", "user:", "a b c d e f g h i j"];
  for (const text of wrong) {
    test(`${text} costs a sentence`, () =>
      expect(filterOf(text, undefined).notices).toHaveLength(1));
  }
});

describe("sorting", () => {
  const order = (sort: PageQuery["sort"], isDescending: boolean) =>
    sorted(subjects, { sort, isDescending }).map(({ slug }) => slug);

  test("puts the largest first, and what is not there last in either direction", () => {
    expect(order("cpu", true).slice(0, 2)).toEqual(["render3", "gpu-a"]);
    expect(order("cpu", true).slice(-2).sort()).toEqual(["desk2", "node07"]);
    expect(order("cpu", false).slice(-2).sort()).toEqual(["desk2", "node07"]);
    expect(order("state", false)[0]).toBe("node07");
    expect(order("swap", true)[0]).toBe("node06");
  });

  test("counts numbers in names as a person does", () => {
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

describe("the three answers", () => {
  const own = subjects.filter(({ slug }) => slug !== "old1");
  const answers = answersOf(own, own, now);

  test("never offer a machine that swaps, is busy, silent or gone; a full disk comes last", () => {
    const free = answers.free.map(({ name }) => name);
    expect(free).toHaveLength(5);
    for (const name of ["node06", "gpu-a", "render3", "node05", "node07", "desk2"]) {
      expect(free).not.toContain(name);
    }
    expect(free[0]).toBe("gpu-b");
    expect(free.at(-1)).toBe("node03");
    expect(answers.free.at(-1)?.isDiskFull).toBe(true);
  });

  const GIB = 1024 ** 3;
  const rules: readonly (readonly [string, boolean, Partial<Report>])[] = [
    ["30 % of its cores free", true, { cpu: { idlePercent: 30 } }],
    ["less than that", false, { cpu: { idlePercent: 29.9 } }],
    ["10 % of its memory free", true, { memory: { totalBytes: 100 * GIB, usedBytes: 90 * GIB } }],
    ["less than that", false, { memory: { totalBytes: 100 * GIB, usedBytes: 90.1 * GIB } }],
    ["memory that is not known", true, { memory: {} }],
    ["a CPU that is not known", false, { cpu: {} }],
    ["some swap that it used once", true, { swap: { outBytesPerSecond: 0 } }],
    ["swap in use now", false, { swap: { outBytesPerSecond: 1024 ** 2 } }],
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

  test("name the processes with 45 % or more of a machine, the largest first", () => {
    expect(answers.using.map(({ user, command }) => `${user} ${command}`)).toEqual([
      "chen blender",
      "dana python3",
      "eli R",
    ]);
  });

  test("say what is down first, then silent, then warnings, then stopped", () => {
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

  test("say of a warning since when, as the history tells, or nothing", () => {
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

  test("take machines that fell together for one line", () => {
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

describe("the users", () => {
  test("show of root and services what works, and of people all", () => {
    const [first] = view.machines;
    if (first === undefined) throw new Error("there is no machine");
    const processes = [
      { user: "root", command: "backup", cpuPercent: 90 },
      { user: "root", command: "cron", cpuPercent: 0 },
      { user: "ann", command: "vim", cpuPercent: 0 },
    ];
    const machine = { ...first, state: "up" as const, report: { name: "n", processes } };
    const { people } = peopleTableOf(subjectsNow({ ...view, machines: [machine] }, new Map()));
    const said = people.map(({ name, processCount: count, lines }) => [
      name,
      count,
      lines.map(({ command }) => command),
    ]);
    expect(said).toEqual([
      ["ann", 1, ["vim"]],
      ["system", 2, ["backup"]],
    ]);
  });
});

describe("slugs", () => {
  test("find a machine by id, else address, else name", () => {
    const machine = view.machines.find(({ name }) => name === "gpu-a");
    for (const slug of [
      machine?.id ?? "",
      "192.168.1.31",
      "gpu-a",
      "GPU-A",
      "::ffff:192.168.1.31",
    ]) {
      const found = findMachine(view.machines, slug);
      expect(found.kind === "one" && found.machine.name).toBe("gpu-a");
    }
    expect(findMachine(view.machines, "gpu").kind).toBe("none");
  });

  test("are names where these are plain and their own, else ids", () => {
    const [first, second, third] = view.machines;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error("sample");
    const twins = [
      { ...first, id: "id1", name: "twin" },
      { ...second, id: "id2", name: "Twin" },
      { ...third, id: "id3", name: "../etc" },
    ];
    expect([...slugsOf(twins).values()]).toEqual(["id1", "id2", "id3"]);
    expect(findMachine(twins, "twin")).toMatchObject({ kind: "one" });
    expect(findMachine(twins, "TWIN")).toMatchObject({ kind: "many" });
  });
});
