/**
 * Three machines on one switch, with the configuration file as the package ships it and no option
 * at all. Each is a network namespace of its own on a bridge, made and removed here.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../src/cluster/machine.ts";
import { EXECUTABLE, scratchDirectory, until } from "./daemon.ts";

const SHIPPED = join(import.meta.dir, "../../packaging/deb/unagi.toml");
/** The process id keeps two runs on one machine apart. */
const PREFIX = `unagi${process.pid}`;
const SWITCH = `${PREFIX}s`;
const MACHINES = [1, 2, 3];
const FOUND_MS = 20_000;

const scratch = scratchDirectory();
const daemons: Bun.Subprocess[] = [];

const namespace = (index: number) => `${PREFIX}m${index}`;

function ip(...args: string[]): boolean {
  return spawnSync("ip", args, { stdio: "ignore" }).status === 0;
}

function inside(index: number, ...command: string[]): string {
  const run = spawnSync("ip", ["netns", "exec", namespace(index), ...command], {
    encoding: "utf8",
  });
  return run.stdout ?? "";
}

function canMakeNamespaces(): boolean {
  if (process.geteuid?.() !== 0 || Bun.which("curl") === null) return false;
  const probe = `${PREFIX}p`;
  const isMade = ip("netns", "add", probe);
  return isMade && ip("netns", "del", probe);
}

const canRun = canMakeNamespaces();

function plugIn(index: number): void {
  const [name, plug] = [namespace(index), `p${index}`];
  ip("netns", "add", name);
  ip("link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", plug, "netns", SWITCH);
  ip("-n", SWITCH, "link", "set", plug, "master", "br0", "up");
  ip("-n", name, "addr", "add", `10.77.0.${index}/24`, "dev", "eth0");
  ip("-n", name, "link", "set", "lo", "up");
  ip("-n", name, "link", "set", "eth0", "up");
}

/** A host name of its own makes it another machine to the others. */
function start(index: number): void {
  const state = join(scratch.path, String(index));
  mkdirSync(state);
  const script = `hostname node${index} && exec ip netns exec ${namespace(index)} "$0" -c "$1"`;
  daemons.push(
    Bun.spawn(["unshare", "--uts", "sh", "-c", script, EXECUTABLE, SHIPPED], {
      env: { PATH: process.env["PATH"] ?? "", STATE_DIRECTORY: state },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    }),
  );
}

function shownBy(index: number): Machine[] {
  const url = "http://127.0.0.1:8000/api/v1/cluster";
  const answer = inside(index, "curl", "-s", "--max-time", "2", url);
  return answer === "" ? [] : (JSON.parse(answer) as { machines: Machine[] }).machines;
}

beforeAll(() => {
  if (!canRun) return;
  ip("netns", "add", SWITCH);
  ip("-n", SWITCH, "link", "add", "br0", "type", "bridge");
  ip("-n", SWITCH, "link", "set", "br0", "up");
  for (const index of MACHINES) plugIn(index);
  for (const index of MACHINES) start(index);
});

afterAll(async () => {
  for (const daemon of daemons) daemon.kill("SIGTERM");
  await Promise.all(daemons.map((daemon) => daemon.exited));
  if (canRun) {
    for (const index of MACHINES) ip("netns", "del", namespace(index));
    ip("netns", "del", SWITCH);
  }
  scratch.remove();
});

describe.skipIf(!canRun)("three machines on one switch (needs root, ip and curl)", () => {
  test(
    "find each other with the shipped file, and each shows all, on the others' pages too",
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
      // http-allow = ["lan"]: a browser on the neighbour's machine may look.
      const page = inside(1, "curl", "-s", "--max-time", "2", "http://10.77.0.3:8000/status.txt");
      expect(page).toContain("3 up");
    },
    FOUND_MS + 20_000,
  );
});
