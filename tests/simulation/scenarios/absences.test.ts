/** Machines that are away for hours or days, and groups that have never met. */
import { describe, expect, test } from "bun:test";
import { cutOffOf } from "../../../src/cluster/detection/cut-off.ts";
import { median } from "../../median.ts";
import { GroundTruth } from "../world/ground-truth.ts";
import { Network, RELIABLE } from "../world/network.ts";
import { PORT, SimulatedNode } from "../world/node.ts";
import { seededRandom } from "../world/random.ts";
import type { World } from "../world/world.ts";
import { isolate, machinesAt, nodeAt, reliableWorld, settledWorld, stateAt } from "./steps.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A machine that is stopped or down is forgotten after this many intervals: ten days at 600 s each. */
const FORGET_INTERVALS = 1440;
const TIMEOUT_MS = 120_000;

function knownWorld(v2: number, updateSeconds: number): World {
  const world = reliableWorld({ seed: v2, v2, updateSeconds });
  world.untilAllHaveReports(MINUTE);
  return world;
}

function states(world: World): string[] {
  return world.nodes.flatMap((node) => world.nodes.map((of) => stateAt(node, of) ?? "unknown"));
}

describe("a machine that was off for 1,440 intervals", () => {
  const UPDATE_SECONDS = 20;
  const LONG_MS = FORGET_INTERVALS * UPDATE_SECONDS * 1000 + HOUR;

  test.each([
    { memory: "with its memory", keepState: true },
    { memory: "without any memory", keepState: false },
  ])(
    "is forgotten, and shown by all again within seconds of its start $memory",
    ({ keepState }) => {
      const world = knownWorld(4, UPDATE_SECONDS);
      const lost = nodeAt(world, 0);
      lost.stop({ sayGoodbye: false });
      world.run(LONG_MS);
      const seen = world.nodes.slice(1).map((node) => stateAt(node, lost));
      expect(seen).toEqual([undefined, undefined, undefined]);
      lost.start({ keepState });
      expect(world.untilAllHaveReports(15_000)).toBeLessThanOrEqual(15_000);
      expect(world.badPackets()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "together with all others still remembers them and forgets none before it has asked it",
    () => {
      const world = knownWorld(4, UPDATE_SECONDS);
      for (const node of world.nodes) node.stop({ sayGoodbye: false });
      world.run(LONG_MS);
      for (const node of world.nodes) node.start({ keepState: true });
      world.run(500);
      expect(states(world)).not.toContain("unknown");
      expect(world.untilAllHaveReports(15_000)).toBeLessThanOrEqual(15_000);
    },
    TIMEOUT_MS,
  );
});

describe("a daemon that stood still for an hour", () => {
  test.each([
    { how: "by SIGSTOP", isSuspended: false },
    { how: "while its machine was suspended", isSuspended: true },
  ])("$how keeps all others up and has fresh reports of them within 20 s", ({ isSuspended }) => {
    const world = knownWorld(12, 600);
    world.run(3 * MINUTE);
    const stopped = nodeAt(world, 0);
    const before = stopped.outages;
    if (isSuspended) stopped.suspend();
    else stopped.pause();
    world.run(HOUR);
    expect(stateAt(nodeAt(world, 1), stopped)).toBe("down");
    if (isSuspended) stopped.wake();
    else stopped.resume();
    const resumedMs = world.nowMs;
    while (world.nowMs - resumedMs < 20_000) {
      world.run(100);
      for (const of of world.nodes) expect(stateAt(stopped, of)).toBe("up");
    }
    // The shell makes the machine's own report (tests/daemon/publisher.test.ts).
    const others = machinesAt(stopped).filter(({ isSelf }) => !isSelf);
    for (const { reportAgeSeconds = Number.NaN } of others) {
      expect(reportAgeSeconds).toBeLessThan(600 + 20);
    }
    expect(stopped.outages).toBe(before);
    expect(world.untilAllHaveReports(15_000)).toBeLessThanOrEqual(15_000);
  });

  test("together with all others, as when a virtual machine host is suspended, keeps them up", () => {
    const world = knownWorld(12, 600);
    world.run(3 * MINUTE);
    for (const node of world.nodes) node.pause();
    world.run(HOUR);
    for (const node of world.nodes) node.resume();
    for (let i = 0; i < 200; i++) {
      world.run(100);
      expect(new Set(states(world))).toEqual(new Set(["up"]));
    }
    expect(world.outages).toBe(0);
  });
});

test("the warning that a machine may be cut off ends when the others answer again", () => {
  const world = settledWorld({ seed: 9, v2: 8, loss: 0 });
  const lost = nodeAt(world, 0);
  const cutOff = () => cutOffOf({ machines: machinesAt(lost), updateSeconds: 600 });
  expect(cutOff()).toBeUndefined();
  isolate(world, lost);
  world.run(20_000);
  expect(cutOff()?.reason).toBe("others fell silent");
  world.network.heal();
  world.run(15_000);
  expect(cutOff()).toBeUndefined();
});

/** Two groups of fifteen machines that never met, at the two ends of the /22 that both scan. */
class Islands {
  static readonly UPDATE_SECONDS = 600;
  readonly nodes: SimulatedNode[] = [];
  readonly network: Network;

  constructor(seed: number) {
    const random = seededRandom(seed);
    const addresses = Array.from({ length: 1022 }, (_, i) => {
      return `10.0.${(i + 1) >> 8}.${(i + 1) & 255}`;
    });
    const inside = new Set(addresses);
    this.network = new Network({ random, port: PORT, isInside: (address) => inside.has(address) });
    this.network.conditions = RELIABLE;
    const truth = new GroundTruth();
    const all = { size: addresses.length, at: (index: number) => addresses[index] };
    for (let i = 0; i < 30; i++) {
      // Fifteen machines at the beginning of the range, fifteen at its end.
      const address = addresses[i < 15 ? i : addresses.length - 30 + i];
      if (address === undefined) throw new Error("no address");
      truth.v1Addresses.add(address);
      const settings = {
        ...{ network: this.network, random, truth, updateSeconds: Islands.UPDATE_SECONDS },
        ...{ isOftenLate: false, scan: all, allow: (one: string) => inside.has(one) },
      };
      const node = new SimulatedNode(settings, { addresses: [address], id: `id${i + 1}` });
      this.nodes.push(node);
      this.network.connect(node);
    }
    this.#part();
  }

  #pairs(act: (a: string, b: string) => void): void {
    for (const a of this.nodes.slice(0, 15)) {
      for (const b of this.nodes.slice(15)) {
        act(a.address, b.address);
        act(b.address, a.address);
      }
    }
  }

  /** The switch between the groups is off while they start, so that each machine finds only its own. */
  #part(): void {
    this.#pairs((a, b) => this.network.cut(a, b));
    for (const node of this.nodes) node.start({ keepState: false });
    this.network.runUntil(5 * MINUTE);
    for (const node of this.nodes) {
      const count = this.#countUp(node);
      if (count !== 15) throw new Error(`${node.id} shows ${count} machines, not 15`);
    }
    this.network.heal();
  }

  #countUp(node: SimulatedNode): number {
    return machinesAt(node).filter(({ state }) => state === "up").length;
  }

  /** The number of intervals until all machines show all others as up; NaN after `mostIntervals`. */
  untilMerged(mostIntervals: number): number {
    const startMs = this.network.nowMs;
    const passed = () => (this.network.nowMs - startMs) / (Islands.UPDATE_SECONDS * 1000);
    while (passed() < mostIntervals) {
      this.network.runUntil(this.network.nowMs + 10_000);
      if (this.nodes.every((node) => this.#countUp(node) === 30)) return passed();
    }
    return Number.NaN;
  }
}

/**
 * Every 3 intervals each of the 30 machines asks 4 of the 1,022 addresses at random. With 15 machines
 * on the other side that makes 1.8 hits a round, so that the probability of no hit in 5 rounds is 1 in
 * 7,000. One more round spreads the news.
 */
const ISLANDS_BOUND = 18;

test(
  "two groups of fifteen machines in a /22 that never met find each other within 18 intervals",
  () => {
    const took = Array.from({ length: 5 }, (_, i) => new Islands(i + 1).untilMerged(ISLANDS_BOUND));
    expect(took.filter(Number.isNaN)).toEqual([]);
    expect(median(took)).toBeLessThan(ISLANDS_BOUND / 2);
  },
  TIMEOUT_MS,
);
