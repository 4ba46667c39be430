/** Twelve executables on one machine find each other; one more joins; one is killed and comes back. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../src/cluster/machine.ts";
import type { Entry } from "../../src/store/history-types.ts";
import { type Daemon, freePort, scratchDirectory, startDaemon, until } from "./daemon.ts";

const COUNT = 12;
const ALL_KNOWN_MS = 10_000;
const JOIN_KNOWN_MS = 5_000;
/** Starting a dozen processes on a busy machine takes a while before the measured time begins. */
const TEST_MS = 60_000;

const scratch = scratchDirectory();
const daemons = new Map<number, Daemon>();
let p2pPort: number;
let httpPort: number;

const address = (index: number) => `127.0.7.${index}`;

async function start(index: number): Promise<Daemon> {
  const state = join(scratch.path, String(index));
  mkdirSync(state, { recursive: true });
  const daemon = await startDaemon({
    address: address(index),
    httpPort,
    p2pPort,
    options: [
      ...["-S", "twelve", "-n", "127.0.7.1-20", "--name", `m${index}`, "--state", state],
      ...["-u", "600"],
    ],
  });
  daemons.set(index, daemon);
  return daemon;
}

async function view(daemon: Daemon): Promise<Machine[]> {
  return (await daemon.json<{ machines: Machine[] }>("/api/v1/cluster?report=summary")).machines;
}

function isWhole(machines: readonly Machine[], count: number): boolean {
  return (
    machines.length === count &&
    machines.every((one) => one.state === "up" && one.report?.memory?.totalBytes !== undefined)
  );
}

async function allShow(count: number): Promise<boolean> {
  const views = await Promise.all([...daemons.values()].map(view));
  return views.every((machines) => isWhole(machines, count));
}

beforeAll(async () => {
  p2pPort = await freePort();
  httpPort = await freePort();
});

afterAll(async () => {
  await Promise.all([...daemons.values()].map((daemon) => daemon.stop("SIGKILL")));
  scratch.remove();
});

describe("a cluster of executables on loopback", () => {
  test(
    "of twelve shows all twelve with their reports within 10 s of the last start",
    async () => {
      await Promise.all(Array.from({ length: COUNT }, (_, index) => start(index + 1)));
      await until(() => allShow(COUNT), ALL_KNOWN_MS);
    },
    TEST_MS,
  );

  test(
    "shows a thirteenth machine everywhere within 5 s",
    async () => {
      await start(13);
      await until(() => allShow(COUNT + 1), JOIN_KNOWN_MS);
    },
    TEST_MS,
  );

  test(
    "shows a killed and restarted machine under the same id with its history",
    async () => {
      const victim = daemons.get(5);
      const self = (await victim?.json<{ self: string }>("/api/v1/cluster"))?.self ?? "";
      const entries = async (daemon: Daemon | undefined) =>
        (await daemon?.json<{ entries: Entry[] }>(`/api/v1/machines/${self}/entries`))?.entries ??
        [];
      await until(async () => (await entries(victim)).length > 0);
      // Pending writes are made every few seconds; the kill must come after that.
      await Bun.sleep(3_000);
      const before = await entries(victim);
      await victim?.stop("SIGKILL");
      const revived = await start(5);
      expect((await revived.json<{ self: string }>("/api/v1/cluster")).self).toBe(self);
      await until(async () => (await entries(revived)).length > before.length);
      const after = await entries(revived);
      for (const entry of before) {
        expect(after).toContainEqual(entry);
      }
      await until(() => allShow(COUNT + 1), JOIN_KNOWN_MS);
      for (const daemon of daemons.values()) {
        expect((await view(daemon)).filter((one) => one.name === "m5")).toHaveLength(1);
      }
    },
    TEST_MS,
  );

  test(
    "shows a machine that ends as stopped everywhere",
    async () => {
      expect(await daemons.get(13)?.stop("SIGTERM")).toBe(0);
      daemons.delete(13);
      await until(async () => {
        const views = await Promise.all([...daemons.values()].map(view));
        return views.every(
          (machines) => machines.find((one) => one.name === "m13")?.state === "stopped",
        );
      }, 10_000);
    },
    TEST_MS,
  );
});
