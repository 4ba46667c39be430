import { describe, expect, test } from "bun:test";
import { findMachine, findShown, slugsOf } from "../../src/view/machine-slug.ts";
import { LAB, sampleSource } from "../page/sample-cluster.ts";

const { view } = sampleSource({ sketches: LAB, cells: 1 });

describe("a machine in whose place a program of 2005 answers", () => {
  const [self, now, before] = view.machines;
  if (self === undefined || now === undefined || before === undefined) throw new Error("sample");
  const host = { name: "ant", address: "10.0.0.2", addresses: ["10.0.0.2"] };
  const shown = {
    machines: [self, { ...now, ...host, id: "10.0.0.2", replaces: "ann" }],
    replaced: [{ ...before, ...host, id: "ann", replacedBy: "10.0.0.2" }],
  };

  test("is found by its ID alone", () => {
    for (const slug of ["10.0.0.2", "ant", "ANT"]) {
      expect(findShown(shown, slug)).toMatchObject({ kind: "one", machine: { id: "10.0.0.2" } });
    }
    expect(findShown(shown, "ann")).toMatchObject({ kind: "one", machine: { id: "ann" } });
    expect(findShown(shown, "bee")).toEqual({ kind: "none" });
  });
});

describe("a slug", () => {
  test("finds a machine by ID, else by address, else by name", () => {
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

  test("is the name where that is plain and nobody else's, otherwise the ID", () => {
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
