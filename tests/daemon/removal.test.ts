import { describe, expect, test } from "bun:test";
import type { Machine } from "../../src/cluster/machine.ts";
import type { Output } from "../../src/cluster/output.ts";
import { createRemoval } from "../../src/daemon/removal.ts";

const machine: Machine = {
  ...{ id: "m07", name: "node\x1b07", address: "10.0.0.7", addresses: ["10.0.0.7"], state: "down" },
  ...{ stateSinceWallMs: 0, isSelf: false, protocol: 2, tags: [], unanswered: 4, isClone: false },
};

describe("a removal", () => {
  test("is logged with the user who asked, and handed to the core", () => {
    const did: unknown[] = [];
    const outputs: Output[] = [{ kind: "forget", id: "m07" }];
    const removal = createRemoval({
      root: "/nonexistent",
      config: { httpPort: 8000, bind: "10.0.0.1" },
      cluster: {
        forget: (id, now) => {
          did.push(["forget", id, now.elapsedMs]);
          return outputs;
        },
      },
      drive: (call) => did.push(["perform", call({ elapsedMs: 7, wallMs: 9 })]),
      log: { info: (text) => did.push(text) },
    });
    expect(removal.ownAddress).toBe("10.0.0.1");
    removal.remove(machine, { address: "127.0.0.1", port: 54_321 });
    expect(did).toEqual([
      "an unknown user of this machine removed machine 'node\\x1b07' at 10.0.0.7",
      ["forget", "m07", 7],
      ["perform", outputs],
    ]);
  });
});
