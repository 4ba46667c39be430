import { expect, test } from "bun:test";
import { Cluster } from "../../src/cluster/cluster.ts";
import { createSizeLog, describeSizes } from "../../src/daemon/upkeep/size-log.ts";

const nobody = { allow: () => true, scan: { size: 0, at: () => undefined } };

function sizesOfNew() {
  return new Cluster({
    ...{ now: at(0), signature: "lab", updateSeconds: 600, port: 10_080, maxPeers: 4096 },
    ...{ self: { id: "self", incarnation: "boot", name: "me" }, ranges: nobody, known: [] },
    random: () => 0.5,
  }).sizes();
}

function at(elapsedMs: number) {
  return { elapsedMs, wallMs: 1.7e12 + elapsedMs };
}

test("the sizes of the core are described in words, without zeros", () => {
  expect(describeSizes(sizesOfNew())).toBe("nothing");
  const sizes = { ...sizesOfNew(), machines: 3, addressesOfOne: 2 };
  expect(describeSizes(sizes)).toBe("3 machines, 2 addresses of one");
});

test("the sizes of the core are logged at once and then once an hour", () => {
  const told: string[] = [];
  const logSizes = createSizeLog(sizesOfNew, (text) => told.push(text));
  for (let minute = 0; minute <= 121; minute++) logSizes(at(minute * 60_000));
  expect(told).toEqual(Array(3).fill("the core holds nothing"));
});
