import { describe, expect, test } from "bun:test";
import { createGcPolicy, type GcPolicy } from "../../src/daemon/upkeep/gc-policy.ts";
import { sampleSource } from "../page/sample-cluster.ts";

const SOURCE = sampleSource({ cells: 9 });
const ID = SOURCE.view.machines[0]?.id ?? "";
const NOW_MS = SOURCE.view.moment.wallMs;
const PACKET = new Uint8Array(1000);

/** `live`: the bytes that survive each collection. `settle` runs what `later` was given. */
function bench(live: number) {
  const due: (() => void)[] = [];
  let collections = 0;
  const policy = createGcPolicy(
    () => {
      collections += 1;
      return live;
    },
    (run) => due.push(run),
  );
  const settle = () => {
    for (const run of due.splice(0)) run();
  };
  /** The number of packets of 1 kB until a collection is planned. */
  const packetsUntilDue = () => {
    for (let count = 1; count < 100_000; count += 1) {
      policy.countPacket(PACKET, ["changed"]);
      if (due.length > 0) return count;
    }
    return Number.POSITIVE_INFINITY;
  };
  return { policy, due, settle, packetsUntilDue, collections: () => collections };
}

describe("the collection policy", () => {
  test("plans a collection after some megabytes of garbage, and runs it after the current work", () => {
    const { policy, due, settle, collections } = bench(5e6);
    for (let count = 0; count < 500; count += 1) policy.countPacket(PACKET, ["changed"]);
    expect(due).toHaveLength(0);
    policy.countAnswer(1000);
    expect(due).toHaveLength(1);
    expect(collections()).toBe(0);
    settle();
    expect(collections()).toBe(1);
  });

  test("plans one collection however much garbage is added until it runs", () => {
    const { policy, due, settle, collections } = bench(5e6);
    for (let count = 0; count < 10; count += 1) policy.countAnswer(1000);
    expect(due).toHaveLength(1);
    settle();
    expect(collections()).toBe(1);
  });

  test("counts from zero after each collection", () => {
    const { settle, packetsUntilDue } = bench(5e6);
    const first = packetsUntilDue();
    settle();
    expect(packetsUntilDue()).toBe(first);
  });

  test("allows more garbage where more objects live, since those make a collection costly", () => {
    const [small, large] = [bench(5e6), bench(150e6)];
    expect(small.packetsUntilDue()).toBe(large.packetsUntilDue());
    small.settle();
    large.settle();
    expect(large.packetsUntilDue()).toBeGreaterThan(5 * small.packetsUntilDue());
  });

  test("does not count packets that led to nothing", () => {
    const { policy, due } = bench(5e6);
    for (let count = 0; count < 100_000; count += 1) policy.countPacket(PACKET, []);
    expect(due).toHaveLength(0);
  });

  test.each<[string, (policy: GcPolicy) => void]>([
    ["a view", ({ countReads }) => void countReads(SOURCE).cluster()],
    ["a machine's entries", ({ countReads }) => void countReads(SOURCE).entries(ID, { limit: 9 })],
    ["the entries of a time", ({ countReads }) => void countReads(SOURCE).at(NOW_MS)],
    ["an event", ({ countEvent }) => countEvent(1000)],
    ["an answer", ({ countAnswer }) => countAnswer(1)],
  ])("counts %s", (_, read) => {
    const { policy, due } = bench(5e6);
    for (let count = 0; count < 10_000 && due.length === 0; count += 1) read(policy);
    expect(due).toHaveLength(1);
  });
});
