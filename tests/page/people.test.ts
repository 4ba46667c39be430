import { describe, expect, test } from "bun:test";
import { peopleTableOf } from "../../src/page/people/people-view-model.ts";
import { subjectsNow } from "../../src/view/subject.ts";
import { LAB, sampleSource } from "./sample-cluster.ts";

const { view } = sampleSource({ sketches: LAB, cells: 1 });

describe("the people page", () => {
  const [first] = view.machines;
  if (first === undefined) throw new Error("there is no machine");

  test("counts cores in use in a share only where it counts the cores of the machine", () => {
    const processes = [{ user: "ann", command: "make", cpuPercent: 200 }];
    const known = { name: "known", host: { cores: 8 }, processes };
    const old = { name: "old", processes };
    const machines = [known, old].map((report) => {
      return { ...first, id: report.name, name: report.name, state: "up" as const, report };
    });
    const table = peopleTableOf(subjectsNow({ ...view, machines }, new Map()));
    const [ann] = table.blocks;
    expect([ann?.person.cores, table.allCores, ann?.sharePercent]).toEqual([4, 8, 25]);
    const alone = peopleTableOf(subjectsNow({ ...view, machines: machines.slice(1) }, new Map()));
    const [same] = alone.blocks;
    expect([same?.person.cores, same?.sharePercent]).toEqual([2, undefined]);
    expect(table.foot).toContain("In no share, as the number of cores is unknown: old.");
  });

  test("lists all processes of a person, and of root and services only the busy ones", () => {
    const processes = [
      { user: "root", command: "backup", cpuPercent: 90 },
      { user: "root", command: "cron", cpuPercent: 0 },
      { user: "ann", command: "vim", cpuPercent: 0 },
    ];
    const machine = { ...first, state: "up" as const, report: { name: "n", processes } };
    const { blocks } = peopleTableOf(subjectsNow({ ...view, machines: [machine] }, new Map()));
    const said = blocks.map(({ person, lines }) => [
      person.name,
      person.processes.length,
      lines.map(({ process }) => process.command),
    ]);
    expect(said).toEqual([
      ["ann", 1, ["vim"]],
      ["system", 2, ["backup"]],
    ]);
  });
});
