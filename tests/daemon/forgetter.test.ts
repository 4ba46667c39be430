import { describe, expect, test } from "bun:test";
import type { Machine } from "../../src/cluster/machine.ts";
import type { Output } from "../../src/cluster/output.ts";
import { createForgetter } from "../../src/daemon/forgetter.ts";

const machine: Machine = {
  ...{ id: "m07", name: "node\x1b07", address: "10.0.0.7", addresses: ["10.0.0.7"], state: "down" },
  ...{ stateSinceWallMs: 0, isSelf: false, protocol: 2, tags: [], unanswered: 4, isClone: false },
};

describe("the forgetter", () => {
  test("has the core forget, performs what follows, and writes down who asked", () => {
    const did: unknown[] = [];
    const outputs: Output[] = [{ kind: "forget", id: "m07" }];
    const forgetter = createForgetter({
      ...{ root: "/nonexistent", httpPort: 8000, ownAddress: "10.0.0.1" },
      cluster: {
        forget: (id, now) => {
          did.push(["forget", id, now.elapsedMs]);
          return outputs;
        },
      },
      performer: { perform: (performed) => did.push(["perform", performed]) },
      ticker: { rearm: () => did.push("rearm") },
      clock: () => ({ elapsedMs: 7, wallMs: 9 }),
      log: { info: (text) => did.push(text) },
    });
    expect(forgetter.ownAddress).toBe("10.0.0.1");
    forgetter.forget(machine, { address: "127.0.0.1", port: 54_321 });
    expect(did).toEqual([
      "somebody on this machine has machine 'node\\x1b07' at 10.0.0.7 forgotten",
      ["forget", "m07", 7],
      ["perform", outputs],
      "rearm",
    ]);
  });
});
