/** Four executables on a network that delays, duplicates, loses and reorders packets. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Machine } from "../../src/cluster/machine.ts";
import { type BadRelay, startBadRelay } from "./bad-relay.ts";
import { type Daemon, freePort, startDaemon, until } from "./daemon.ts";

const COUNT = 4;
const ROUTES = Array.from({ length: COUNT }, (_, index) => {
  return { own: `127.0.38.${index + 1}`, shown: `127.0.39.${index + 1}` };
});
const AGREED_MS = 30_000;
/** With one report a second, some forty arrive out of order in this time. */
const WATCHED_MS = 15_000;
const TEST_MS = 60_000;

let relay: BadRelay | undefined;
let daemons: Daemon[] = [];

beforeAll(async () => {
  const [port, httpPort] = [await freePort(), await freePort()];
  relay = await startBadRelay({ routes: ROUTES, port, seed: 4 });
  daemons = await Promise.all(
    ROUTES.map(({ own }, index) =>
      startDaemon({
        ...{ address: own, httpPort, p2pPort: port },
        options: ["-S", "late", "-n", "127.0.39.1-4", "-u", "1", "--name", `late${index + 1}`],
      }),
    ),
  );
}, TEST_MS);

afterAll(async () => {
  await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
  relay?.close();
});

async function views(): Promise<readonly (readonly Machine[])[]> {
  return await Promise.all(
    daemons.map(async (daemon) => {
      const path = "/api/v1/cluster?report=summary";
      return (await daemon.json<{ machines: Machine[] }>(path)).machines;
    }),
  );
}

test(
  "four executables on a network that loses, duplicates and reorders packets agree, and never show an older report",
  async () => {
    const isWhole = (machines: readonly Machine[]) =>
      machines.length === COUNT && machines.every(({ state, report }) => state === "up" && report);
    await until(async () => (await views()).every(isWhole), AGREED_MS);

    // The uptime in a report is the machine's own clock: an older report has a smaller one.
    const newest = new Map<string, number>();
    const changes = new Set<string>();
    const wentBack: string[] = [];
    const started = performance.now();
    while (performance.now() - started < WATCHED_MS) {
      for (const [place, machines] of (await views()).entries()) {
        for (const { name, report } of machines) {
          const way = `${place} ${name}`;
          const uptime = report?.uptimeSeconds ?? 0;
          if (uptime < (newest.get(way) ?? 0)) wentBack.push(`${way}: ${uptime}`);
          newest.set(way, uptime);
          changes.add(`${way} ${uptime}`);
        }
      }
      await Bun.sleep(100);
    }
    expect(wentBack).toEqual([]);
    expect(newest.size).toBe(COUNT * COUNT);
    expect(changes.size).toBeGreaterThan(COUNT * COUNT * 5);
    expect(relay?.counts.doubled).toBeGreaterThan(50);
    expect(relay?.counts.overtaken).toBeGreaterThan(50);
    expect(relay?.counts.lost).toBeGreaterThan(5);
    await until(async () => (await views()).every(isWhole), AGREED_MS);
  },
  TEST_MS + WATCHED_MS,
);
