/** An executable that is stopped for a while, as by a debugger or a closed laptop lid. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Machine } from "../../src/cluster/machine.ts";
import { type Daemon, startDaemons, until } from "./daemon.ts";

/** Longer than the 15 s after which a machine is down at `-u 2` (limits.ts). */
const STOPPED_MS = 18_000;
/** The others ask a machine that is down every 10 s, with a jitter of 5 %, and at once when it sends. */
const BACK_MS = 12_000;
const TEST_MS = 90_000;
const COUNT = 3;

let daemons: Daemon[] = [];

beforeAll(async () => {
  daemons = await startDaemons({
    ...{ count: COUNT, network: "127.0.37.", name: "lid", options: ["-u", "2"] },
  });
});

afterAll(async () => {
  for (const { pid } of daemons) process.kill(pid, "SIGCONT");
  await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
});

/** `lid1 up, lid2 up, lid3 silent` */
async function shownBy(daemon: Daemon): Promise<string> {
  const { machines } = await daemon.json<{ machines: Machine[] }>("/api/v1/cluster");
  return machines.map(({ name, state }) => `${name} ${state}`).join(", ");
}

test(
  "an executable that was stopped for 18 s shows all others up afterwards and is soon up for them",
  async () => {
    const [sleeper, ...others] = daemons;
    if (sleeper === undefined) throw new Error("no daemon was started");
    const allUp = "lid1 up, lid2 up, lid3 up";
    const isWhole = async (some: readonly Daemon[]) =>
      (await Promise.all(some.map(shownBy))).every((shown) => shown === allUp);
    await until(() => isWhole(daemons));

    process.kill(sleeper.pid, "SIGSTOP");
    await Bun.sleep(STOPPED_MS);
    expect(await Promise.all(others.map(shownBy))).toEqual(
      others.map(() => "lid1 down, lid2 up, lid3 up"),
    );

    process.kill(sleeper.pid, "SIGCONT");
    const seen = new Set<string>();
    await until(async () => {
      seen.add(await shownBy(sleeper));
      return await isWhole(others);
    }, BACK_MS);
    // Four quick questions and everything that follows from them take less than these 7 s.
    for (let polls = 0; polls < 70; polls += 1) {
      seen.add(await shownBy(sleeper));
      await Bun.sleep(100);
    }
    expect([...seen]).toEqual([allUp]);
    expect(await isWhole(others)).toBe(true);
  },
  TEST_MS,
);
