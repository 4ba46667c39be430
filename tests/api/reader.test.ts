/** What our own programs read of a daemon's answer, and of another program's. */
import { describe, expect, test } from "bun:test";
import { parseClusterJson } from "../../src/api/reader.ts";
import { clusterJson } from "../../src/api/writer.ts";
import { sampleSource } from "../page/sample-cluster.ts";

const view = sampleSource().cluster();

describe("reading the JSON of the cluster", () => {
  test.each(["full", "summary", "none"] as const)("gives back what was written: %s", (detail) => {
    const text = JSON.stringify(clusterJson(view, detail));
    const { drops: _, ...wanted } = JSON.parse(text);
    expect(parseClusterJson(text)).toEqual(wanted);
  });

  test.each(["", "{", "null", "[]", "5", "{}", '{"network":"lab"}', '{"network":1,"machines":[]}'])(
    "gives nothing for %j",
    (text) => {
      expect(parseClusterJson(text)).toBeUndefined();
    },
  );

  test("needs of a machine only what every version tells, and leaves out others", () => {
    const machine = { id: "a1", name: "anna", address: "10.0.0.2", state: "up" };
    const odd = [null, 1, {}, { ...machine, state: "happy" }, { ...machine, id: 7 }];
    const text = JSON.stringify({ network: "lab", machines: [...odd, machine] });
    expect(parseClusterJson(text)).toEqual({ network: "lab", machines: [machine] } as never);
  });

  test("reads why a report is not current", () => {
    const reportTrouble = { kind: "overdue", since: "2026-11-24T03:10:00.000Z" };
    const machine = { id: "a1", name: "anna", address: "10.0.0.2", state: "up", reportTrouble };
    const text = JSON.stringify({ network: "lab", machines: [machine] });
    expect(parseClusterJson(text)).toEqual({ network: "lab", machines: [machine] } as never);
  });

  test("leaves out a field that is wrong, and keeps the machine", () => {
    const machine = { id: "a1", name: "anna", address: "10.0.0.2", state: "up" };
    const wrong = {
      ...{ httpPort: 0, protocol: 3, isSelf: "yes", tags: "gpu", lastHeardSeconds: -1 },
      ...{ clockOffsetSeconds: 1e300, isLive: false, report: { load: { one: 1 } } },
    };
    const text = JSON.stringify({ network: "lab", machines: [{ ...machine, ...wrong }] });
    expect(parseClusterJson(text)).toEqual({ network: "lab", machines: [machine] } as never);
  });
});
