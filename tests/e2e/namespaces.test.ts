/** Three machines on one switch with the configuration file of the package and no option at all. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../src/cluster/machine.ts";
import { scratchDirectory, until } from "./daemon.ts";
import { canMakeNetworks, makeNetwork, type SwitchedNetwork } from "./switched-network.ts";

const SHIPPED = join(import.meta.dir, "../../packaging/deb/unagi.toml");
const MACHINES = [1, 2, 3];
const FOUND_MS = 20_000;

const scratch = scratchDirectory();
const canRun = canMakeNetworks();
let network: SwitchedNetwork;

function shownBy(index: number): Machine[] {
  const url = "http://127.0.0.1:8000/api/v1/cluster";
  const answer = network.inside(index, "curl", "-s", "--max-time", "2", url);
  return answer === "" ? [] : (JSON.parse(answer) as { machines: Machine[] }).machines;
}

beforeAll(() => {
  if (!canRun) return;
  network = makeNetwork("n", MACHINES.length);
  for (const index of MACHINES) {
    const state = join(scratch.path, String(index));
    mkdirSync(state);
    network.start(index, ["-c", SHIPPED], { STATE_DIRECTORY: state });
  }
});

afterAll(async () => {
  await network?.remove();
  scratch.remove();
});

describe.skipIf(!canRun)("three machines on one switch (needs root, ip and curl)", () => {
  test(
    "find each other with the shipped configuration file, and each page shows all three",
    async () => {
      await until(
        () =>
          MACHINES.every((index) => {
            const shown = shownBy(index);
            return (
              shown.filter((one) => one.state === "up" && one.report !== undefined).length === 3
            );
          }),
        FOUND_MS,
      );
      expect(shownBy(2).map((one) => [one.name, one.address])).toEqual([
        ["node1", "10.77.0.1"],
        ["node2", "10.77.0.2"],
        ["node3", "10.77.0.3"],
      ]);
      // With http-allow = ["lan"], a browser on a neighbour may read the page.
      const page = network.inside(
        1,
        ...["curl", "-s", "--max-time", "2", "http://10.77.0.3:8000/status.txt"],
      );
      expect(page).toContain("3 up");
    },
    FOUND_MS + 20_000,
  );
});
