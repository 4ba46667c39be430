/** Ten seconds of hostile packets; `npm run bench -- flood` runs the same for longer. */
import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type FloodResult, runFlood } from "../bench/flood-run.ts";
import { scratchDirectory } from "./daemon.ts";

const TEST_MS = 120_000;
const FLOOD = { packets: 200_000, perSecond: 20_000, warmUpPackets: 40_000 };

const scratch = scratchDirectory();

afterAll(() => scratch.remove());

/** Checks what must hold however busy the machine is that runs the tests. */
function expectToHaveHeld(result: FloodResult): void {
  expect(result.exit).toBeUndefined();
  expect(result.sent).toBe(FLOOD.packets);
  const dropped = Object.values(result.drops).reduce((sum, count) => sum + count, 0);
  // The packets were sent and received; the kernel drops those that a busy daemon does not read.
  expect(dropped + result.kernelDrops).toBeGreaterThan(FLOOD.packets * 0.8);
  expect(dropped).toBeGreaterThan(FLOOD.packets * 0.2);
  expect(Object.keys(result.drops).length).toBeGreaterThan(8);
  expect(result.candidates).toBeLessThanOrEqual(4096);
  expect(result.logBytes).toBeLessThan(100_000);
  expect(result.pagesFailed).toBe(0);
  expect(result.pageMs.length).toBeGreaterThan(3);
  expect(result.machines).toContain("genuine2");
  expect(result.newcomerMs).toBeDefined();
}

test(
  "under 20,000 hostile packets a second an executable keeps running, shows its peer and finds a new one",
  async () => {
    expectToHaveHeld(await runFlood({ ...FLOOD, network: "127.62" }));
  },
  TEST_MS,
);

test(
  "under 20,000 hostile packets a second a sealed executable keeps running, shows its peer and finds a new one",
  async () => {
    const keyFile = join(scratch.path, "key");
    const result = await runFlood({ ...FLOOD, network: "127.64", keyFile });
    expectToHaveHeld(result);
    expect(result.drops["sealed with another key"]).toBeGreaterThan(10_000);
    expect(result.drops["seen before"]).toBeGreaterThan(100);
    expect([...result.machines].sort()).toEqual(["genuine1", "genuine2", "genuine3"]);
  },
  TEST_MS,
);
