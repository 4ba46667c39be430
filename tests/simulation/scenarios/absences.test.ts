/** Days in the life of a cluster, with production cores in the simulated world. */
import { describe, expect, test } from "bun:test";
import { cutOffOf } from "../../../src/cluster/detection/cut-off.ts";
import { Truth } from "../world/ground-truth.ts";
import { CALM, Network } from "../world/network.ts";
import { PORT, SimulatedNode } from "../world/node.ts";
import { seededChance } from "../world/random.ts";
import { World } from "../world/world.ts";
import { median, settledWorld, stateAt } from "./settled-world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** After which a machine that is gone is forgotten; at ten minutes between reports ten days. */
const FORGET_INTERVALS = 1440;
const TIMEOUT_MS = 120_000;

function calmWorld(modern: number, updateSeconds: number): World {
  const world = new World({ seed: modern, modern, old: 0, updateSeconds, weather: CALM });
  world.startAll(1000);
  world.untilAllHaveReports(MINUTE);
  return world;
}

function states(world: World): string[] {
  return world.nodes.flatMap((node) => world.nodes.map((of) => stateAt(node, of) ?? "unknown"));
}

function nodeAt(world: World, index: number): SimulatedNode {
  const node = world.nodes[index];
  if (node === undefined) throw new Error(`no machine ${index}`);
  return node;
}

describe("a machine that was off for ten days", () => {
  const UPDATE_SECONDS = 20;
  const LONG_MS = FORGET_INTERVALS * UPDATE_SECONDS * 1000 + HOUR;

  test.each([{ keepState: true }, { keepState: false }])(
    "is forgotten, and back with all within seconds of its start (it remembers them: $keepState)",
    ({ keepState }) => {
      const world = calmWorld(4, UPDATE_SECONDS);
      const lost = nodeAt(world, 0);
      lost.stop({ sayGoodbye: false });
      world.run(LONG_MS);
      const seen = world.nodes.slice(1).map((node) => stateAt(node, lost));
      expect(seen).toEqual([undefined, undefined, undefined]);
      lost.start({ keepState });
      expect(world.untilAllHaveReports(15_000)).toBeLessThanOrEqual(15_000);
      expect(world.complaints()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    "and all others with it, remembers them and forgets none before it has asked",
    () => {
      const world = calmWorld(4, UPDATE_SECONDS);
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
    { how: "SIGSTOP and SIGCONT", isSuspended: false },
    { how: "suspended with its machine", isSuspended: true },
  ])("($how) calls nobody dead, and has fresh reports of all within 20 s", ({ isSuspended }) => {
    const world = calmWorld(12, 600);
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
    const machines = stopped.core?.machines(stopped.now()) ?? [];
    // Its own is the shell's business (tests/daemon/publisher.test.ts).
    for (const { reportAgeSeconds = Number.NaN } of machines.filter(({ isSelf }) => !isSelf)) {
      expect(reportAgeSeconds).toBeLessThan(600 + 20);
    }
    expect(stopped.outages).toBe(before);
    expect(world.untilAllHaveReports(15_000)).toBeLessThanOrEqual(15_000);
  });

  test("as all others did (a host of virtual machines was suspended) calls nobody dead", () => {
    const world = calmWorld(12, 600);
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

test("the sign that a machine may be cut off goes away when the others answer again", () => {
  const world = settledWorld({ seed: 9, modern: 8, loss: 0 });
  const lost = nodeAt(world, 0);
  const sign = () =>
    cutOffOf({ machines: lost.core?.machines(lost.now()) ?? [], updateSeconds: 600 });
  expect(sign()).toBeUndefined();
  for (const { address } of world.nodes.slice(1)) {
    world.network.cut(lost.address, address);
    world.network.cut(address, lost.address);
  }
  world.run(20_000);
  expect(sign()?.reason).toBe("others fell silent");
  world.network.mend();
  world.run(15_000);
  expect(sign()).toBeUndefined();
});

/** Two groups of fifteen, each at home in a part of the /22 that both scan, that never met. */
class Islands {
  static readonly UPDATE_SECONDS = 600;
  readonly nodes: SimulatedNode[] = [];
  readonly network: Network;

  constructor(seed: number) {
    const chance = seededChance(seed);
    const addresses = Array.from({ length: 1022 }, (_, i) => {
      return `10.0.${(i + 1) >> 8}.${(i + 1) & 255}`;
    });
    const inside = new Set(addresses);
    this.network = new Network({ chance, port: PORT, isInside: (address) => inside.has(address) });
    this.network.weather = CALM;
    const truth = new Truth();
    const all = { size: addresses.length, at: (index: number) => addresses[index] };
    for (let i = 0; i < 30; i++) {
      // Fifteen at the beginning of the range, fifteen at its end.
      const address = addresses[i < 15 ? i : addresses.length - 30 + i];
      if (address === undefined) throw new Error("no address");
      truth.protocolOne.add(address);
      const settings = {
        ...{ network: this.network, chance, truth, updateSeconds: Islands.UPDATE_SECONDS },
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

  /** The switch between them is off while they start: each finds its own side alone. */
  #part(): void {
    this.#pairs((a, b) => this.network.cut(a, b));
    for (const node of this.nodes) node.start({ keepState: false });
    this.network.runUntil(5 * MINUTE);
    for (const node of this.nodes) {
      if (this.#known(node) !== 15) throw new Error(`${node.id} knows ${this.#known(node)}`);
    }
    this.network.mend();
  }

  #known(node: SimulatedNode): number {
    const machines = node.core?.machines(node.now()) ?? [];
    return machines.filter(({ state }) => state === "up").length;
  }

  /** Intervals until all know all; NaN if that takes longer than this. */
  untilOne(mostIntervals: number): number {
    const startMs = this.network.nowMs;
    const passed = () => (this.network.nowMs - startMs) / (Islands.UPDATE_SECONDS * 1000);
    while (passed() < mostIntervals) {
      this.network.runUntil(this.network.nowMs + 10_000);
      if (this.nodes.every((node) => this.#known(node) === 30)) return passed();
    }
    return Number.NaN;
  }
}

/**
 * Every 3 intervals each of the 30 asks 4 of 1,022 random addresses: with 15 on the other side 1.8
 * hits a round, so that none in 5 rounds is a chance of 1 in 7,000; and one round for the word to
 * come round.
 */
const ISLANDS_BOUND = 18;

test(
  "two islands of fifteen in a /22 that never met are one within 18 intervals",
  () => {
    const took = Array.from({ length: 5 }, (_, i) => new Islands(i + 1).untilOne(ISLANDS_BOUND));
    expect(took.filter(Number.isNaN)).toEqual([]);
    expect(median(took)).toBeLessThan(ISLANDS_BOUND / 2);
  },
  TIMEOUT_MS,
);
