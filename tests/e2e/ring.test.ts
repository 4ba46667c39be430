/** Twelve executables without watchers: how soon the others show one that was killed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Machine } from "../../src/cluster/machine.ts";
import { type Daemon, startDaemons, until } from "./daemon.ts";

const TEST_MS = 90_000;
const COUNT = 12;
const DEATHS = 3;
/** The aim for the median. */
const SILENT_WITHIN_MS = 5000;

interface View {
  readonly machines: readonly Machine[];
}

let daemons: Daemon[] = [];

beforeAll(async () => {
  daemons = await startDaemons({
    ...{ count: COUNT, network: "127.0.21.", name: "ring", options: ["-u", "600"] },
  });
  await until(async () => {
    const views = await Promise.all(daemons.map(viewOf));
    return views.every((machines) => machines.filter(({ report }) => report).length === COUNT);
  }, 30_000);
}, TEST_MS);

afterAll(async () => {
  await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
});

async function viewOf(daemon: Daemon): Promise<readonly Machine[]> {
  return (await daemon.json<View>("/api/v1/cluster?report=summary")).machines;
}

test(
  "all others show a killed machine, and no other, as silent within 5 s in the median of three",
  async () => {
    const times: number[] = [];
    // Long enough for the turns of a machine's two ring neighbours to have moved apart.
    await Bun.sleep(10_000);
    for (let death = 0; death < DEATHS; death++) {
      const [victim, ...rest] = daemons;
      if (victim === undefined) throw new Error("no daemon is left");
      await victim.stop("SIGKILL");
      daemons = rest;
      const isSilent = ({ address, state }: Machine) =>
        address === victim.address && state === "silent";
      times.push(
        await until(async () => {
          const views = await Promise.all(rest.map(viewOf));
          return views.every((machines) => machines.some(isSilent));
        }),
      );
      const living = new Set(rest.map(({ address }) => address));
      for (const machines of await Promise.all(rest.map(viewOf))) {
        const falseAlarms = machines.filter(
          ({ address, state }) => living.has(address) && state !== "up",
        );
        expect(falseAlarms).toEqual([]);
      }
      await Bun.sleep(1500);
    }
    const median = times.sort((a, b) => a - b)[DEATHS >> 1];
    console.info(`silent everywhere after ${times.map((ms) => Math.round(ms)).join(", ")} ms`);
    expect(median).toBeLessThanOrEqual(SILENT_WITHIN_MS);
  },
  TEST_MS,
);
