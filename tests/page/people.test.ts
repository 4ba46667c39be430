import { describe, expect, test } from "bun:test";
import { peopleTableOf } from "../../src/page/people/people-view-model.ts";
import { subjectsNow } from "../../src/view/subject.ts";
import { LAB, sampleSource } from "./sample-cluster.ts";

const { view } = sampleSource({ sketches: LAB, cells: 1 });

describe("the people page", () => {
  test("lists all processes of a person, and of root and services only the busy ones", () => {
    const [first] = view.machines;
    if (first === undefined) throw new Error("there is no machine");
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
