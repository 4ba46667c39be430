import { describe, expect, test } from "bun:test";
import { createGarbage, type Garbage } from "../../src/daemon/garbage.ts";
import { sampleSource } from "../page/sample-cluster.ts";

const SOURCE = sampleSource({ cells: 9 });
const ID = SOURCE.view.machines[0]?.id ?? "";
const NOW_MS = SOURCE.view.moment.wallMs;
const PACKET = new Uint8Array(1000);

/** `live`: bytes that live on after each collection; `run` is what `later` was given. */
function bench(live: number) {
  const due: (() => void)[] = [];
  let collections = 0;
  const garbage = createGarbage(
    () => {
      collections += 1;
      return live;
    },
    (run) => due.push(run),
  );
  const settle = () => {
    for (const run of due.splice(0)) run();
  };
  /** Packets of 1 kB until the next collection. */
  const packetsUntilDue = () => {
    for (let count = 1; count < 100_000; count += 1) {
      garbage.ofPacket(PACKET, ["changed"]);
      if (due.length > 0) return count;
    }
    return Number.POSITIVE_INFINITY;
  };
  return { garbage, due, settle, packetsUntilDue, collections: () => collections };
}

describe("garbage", () => {
  test("is cleared away once there are some megabytes of it, and not in the midst of what goes on", () => {
    const { garbage, due, settle, collections } = bench(5e6);
    for (let count = 0; count < 500; count += 1) garbage.ofPacket(PACKET, ["changed"]);
    expect(due).toHaveLength(0);
    garbage.ofAnswer(1000);
    expect(due).toHaveLength(1);
    expect(collections()).toBe(0);
    settle();
    expect(collections()).toBe(1);
  });

  test("is asked for once, however much more comes until then", () => {
    const { garbage, due, settle, collections } = bench(5e6);
    for (let count = 0; count < 10; count += 1) garbage.ofAnswer(1000);
    expect(due).toHaveLength(1);
    settle();
    expect(collections()).toBe(1);
  });

  test("is counted anew after each time", () => {
    const { settle, packetsUntilDue } = bench(5e6);
    const first = packetsUntilDue();
    settle();
    expect(packetsUntilDue()).toBe(first);
  });

  test("may be more where more lives, for that is what a collection costs", () => {
    const [small, large] = [bench(5e6), bench(150e6)];
    expect(small.packetsUntilDue()).toBe(large.packetsUntilDue());
    small.settle();
    large.settle();
    expect(large.packetsUntilDue()).toBeGreaterThan(5 * small.packetsUntilDue());
  });

  test("is not cleared away because of packets that came to nothing", () => {
    const { garbage, due } = bench(5e6);
    for (let count = 0; count < 100_000; count += 1) garbage.ofPacket(PACKET, []);
    expect(due).toHaveLength(0);
  });

  test.each<[string, (garbage: Garbage) => void]>([
    ["a view", ({ countReads }) => void countReads(SOURCE).cluster()],
    ["a machine's entries", ({ countReads }) => void countReads(SOURCE).entries(ID, { limit: 9 })],
    ["the entries of a time", ({ countReads }) => void countReads(SOURCE).at(NOW_MS)],
    ["an event", ({ ofEvent }) => ofEvent(1000)],
    ["an answer", ({ ofAnswer }) => ofAnswer(1)],
  ])("comes of %s too", (_, read) => {
    const { garbage, due } = bench(5e6);
    for (let count = 0; count < 10_000 && due.length === 0; count += 1) read(garbage);
    expect(due).toHaveLength(1);
  });
});
