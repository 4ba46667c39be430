/** The JSON interface's answers, as other programs read them. */
import { describe, expect, test } from "bun:test";
import {
  clusterJson,
  entriesJson,
  eventJson,
  machineJson,
  summaryOf,
} from "../../src/api/writer.ts";
import type { Entry } from "../../src/store/history-types.ts";
import { expectGolden } from "../page/golden.ts";
import { SAMPLE_NOW_MS, sampleSource } from "../page/sample-cluster.ts";

const source = sampleSource();
const view = source.cluster();

/** As it is written, with what is unknown left out. */
function written(json: object) {
  return JSON.parse(JSON.stringify(json));
}

function pretty(json: object): string {
  return `${JSON.stringify(json, null, 1)}\n`;
}

function machineNamed(name: string) {
  const found = view.machines.find((machine) => machine.name === name);
  if (found === undefined) throw new Error(`no machine ${name}`);
  return found;
}

const MACHINE_FIELDS = [
  "id",
  "name",
  "address",
  "addresses",
  "state",
  "isSelf",
  "protocol",
  "httpPort",
  "tags",
  "lastHeardSeconds",
  "reportAgeSeconds",
  "report",
];

describe("the JSON of the cluster", () => {
  const json = written(clusterJson(view, "full"));

  test("has the documented fields in their order", () => {
    expect(Object.keys(json)).toEqual([
      "self",
      "network",
      "isSealed",
      "updateSeconds",
      "generatedAt",
      "candidates",
      "drops",
      "unsealedSenders",
      "machines",
    ]);
    expect(json.generatedAt).toBe(new Date(SAMPLE_NOW_MS).toISOString());
  });

  test("has every machine with the documented fields in their order", () => {
    expect(json.machines).toHaveLength(11);
    for (const machine of json.machines) {
      const fields = Object.keys(machine).filter((field) => field !== "clockOffsetSeconds");
      expect(fields).toEqual(MACHINE_FIELDS);
    }
  });

  test("has no report at all with the detail none", () => {
    for (const machine of written(clusterJson(view, "none")).machines) {
      expect(machine).not.toHaveProperty("report");
      expect(machine).toHaveProperty("state");
    }
  });

  test("has ages to the millisecond", () => {
    const machine = { ...machineNamed("gpu-a"), lastHeardSeconds: 1 / 3, reportAgeSeconds: 2 / 3 };
    expect(machineJson(machine)).toMatchObject({
      lastHeardSeconds: 0.333,
      reportAgeSeconds: 0.667,
    });
  });

  test("says why a report is not current, and since when", () => {
    const machine = machineNamed("gpu-a");
    expect(written(machineJson(machine))).not.toHaveProperty("reportTrouble");
    const reason = "not four lines";
    const refused = { kind: "refused", sinceWallMs: SAMPLE_NOW_MS, reason } as const;
    expect(written(machineJson({ ...machine, reportTrouble: refused }))).toMatchObject({
      reportTrouble: { kind: "refused", since: "2026-11-24T09:13:07.000Z", reason },
    });
  });

  test("names the machine that a program of 2005 replaces", () => {
    const machine = { ...machineNamed("gpu-a"), replaces: "0123456789abcdef" };
    expect(machineJson(machine)).toMatchObject({ replaces: "0123456789abcdef" });
  });

  test("is as it was reviewed", () => {
    expectGolden("cluster-summary.json", pretty(clusterJson(view, "summary")));
    expectGolden("machine.json", pretty(machineJson(machineNamed("render3"))));
  });
});

test("a summary leaves out processes, users, messages and interfaces, and keeps their counts", () => {
  const text = JSON.stringify(clusterJson(view, "summary"));
  for (const field of ['"processes":', '"users":', '"messages":', '"interfaces":']) {
    expect(text).not.toContain(field);
  }
  for (const field of ['"processCount"', '"receiveBytesPerSecond"']) expect(text).toContain(field);
  expect(summaryOf({ name: "bare" })).toEqual({ name: "bare" });
});

describe("the JSON of a machine's entries", () => {
  const report = { name: "alpha" };
  const at = (seconds: number) => SAMPLE_NOW_MS + seconds * 1000;
  const entries: readonly Entry[] = [
    { state: "up", atWallMs: at(30), report },
    { state: "stopped", atWallMs: at(20), untilWallMs: at(25) },
    { state: "down", atWallMs: at(10) },
  ];

  test("gives times in UTC, and no end to an outage that lasts", () => {
    expect(written(entriesJson(entries, 3))).toEqual({
      entries: [
        { at: "2026-11-24T09:13:37.000Z", state: "up", report },
        { at: "2026-11-24T09:13:27.000Z", state: "stopped", until: "2026-11-24T09:13:32.000Z" },
        { at: "2026-11-24T09:13:17.000Z", state: "down" },
      ],
    });
  });

  test("names the last entry of a page by time and state where a page follows", () => {
    const json = entriesJson(entries, 2);
    expect(json.entries).toHaveLength(2);
    expect(json.next).toBe("2026-11-24T09:13:27.000Z,stopped");
  });

  test("is as it was reviewed", () => {
    const { id } = machineNamed("node07");
    const limit = 2;
    const json = entriesJson(source.entries(id, { limit: limit + 1 }), limit);
    expectGolden("entries.json", pretty(json));
  });
});

test("an event tells of the machines that changed, and of those that are shown no longer", () => {
  const { id } = machineNamed("gpu-a");
  const content = { version: 7, detail: "none", ids: new Set([id, "not there"]) } as const;
  expect(eventJson(view, content)).toEqual({
    version: 7,
    machines: [machineJson(machineNamed("gpu-a"), "none")],
    removed: ["not there"],
  });
  const all = eventJson(view, { version: 7, detail: "none", ids: undefined });
  expect([all.machines.length, all.removed.length]).toEqual([11, 0]);
});
