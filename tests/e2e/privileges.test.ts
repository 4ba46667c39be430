/** What is left of root's rights in every thread of a daemon that was started as root. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { freePort, spawnDaemon, startDaemon } from "./daemon.ts";

/** A user that exists on every system, in no group but its own. */
const USER = "nobody";

const isRoot = process.geteuid?.() === 0;
const account = readFileSync("/etc/passwd", "utf8")
  .split("\n")
  .map((line) => line.split(":"))
  .find(([name]) => name === USER);
const [uid = "", gid = ""] = account?.slice(2, 4) ?? [];

/** The values of a line in /proc/PID/task/TID/status, separated by single spaces. */
function statusLine(status: string, key: string): string | undefined {
  return new RegExp(`^${key}:\\s*(.*?)\\s*$`, "m").exec(status)?.[1]?.replace(/\s+/g, " ");
}

function groupsOf(user: string): string {
  const lines = readFileSync("/etc/group", "utf8").split("\n");
  const ids = lines
    .map((line) => line.split(":"))
    .filter(([, , , members]) => members?.split(",").includes(user))
    .map(([, , id]) => Number(id));
  return [...new Set([...ids, Number(gid)])].sort((a, b) => a - b).join(" ");
}

describe.skipIf(!isRoot || account === undefined)(
  "a daemon started as root (skipped for other users)",
  () => {
    test("with -U has that user's ids and groups and no capability in every thread", async () => {
      const [p2pPort, httpPort] = [await freePort(), await freePort()];
      const daemon = await startDaemon({ p2pPort, httpPort, options: ["-U", USER, "-u", "1"] });
      // Reports, pages and packets start all threads that there will be.
      for (let i = 0; i < 20; i++) await (await fetch(`${daemon.url}/`)).text();
      await Bun.sleep(1_500);
      const threads = readdirSync(`/proc/${daemon.pid}/task`);
      expect(threads.length).toBeGreaterThan(1);
      for (const thread of threads) {
        const status = readFileSync(`/proc/${daemon.pid}/task/${thread}/status`, "utf8");
        expect(statusLine(status, "Uid")).toBe(Array(4).fill(uid).join(" "));
        expect(statusLine(status, "Gid")).toBe(Array(4).fill(gid).join(" "));
        expect(statusLine(status, "Groups")).toBe(groupsOf(USER));
        for (const set of ["CapInh", "CapPrm", "CapEff", "CapAmb"]) {
          expect(statusLine(status, set)).toMatch(/^0+$/);
        }
      }
      expect(daemon.stderr()).not.toContain("does not need to");
      expect(await daemon.stop()).toBe(0);
    });

    test("with -U has no socket that root made", async () => {
      const [p2pPort, httpPort] = [await freePort(), await freePort()];
      const daemon = await startDaemon({ p2pPort, httpPort, options: ["-U", USER] });
      const owners = [
        ...socketOwners("udp", p2pPort),
        ...socketOwners("tcp", httpPort),
        ...socketOwners("udp6", p2pPort),
        ...socketOwners("tcp6", httpPort),
      ];
      expect(owners).toEqual([uid, uid]);
      const sockets = readdirSync(`/proc/${daemon.pid}/fd`).filter((fd) => {
        try {
          return readlinkSync(`/proc/${daemon.pid}/fd/${fd}`).startsWith("socket:");
        } catch {
          return false; // The daemon has closed a file since the folder was listed.
        }
      });
      expect(sockets.length).toBeGreaterThanOrEqual(2);
      expect(await daemon.stop()).toBe(0);
    });

    test("without -U says in one line that it does not need root, and starts", async () => {
      const daemon = await startDaemon({ p2pPort: await freePort(), httpPort: await freePort() });
      const lines = daemon.stderr().split("\n");
      expect(lines.filter((line) => line.includes("root"))).toEqual([
        "unagi: this program runs as root and does not need to; -U NAME makes it run as another user",
      ]);
      expect(await daemon.stop()).toBe(0);
    });
  },
);

test.skipIf(isRoot)(
  "a daemon started with -U by a user other than root exits with 1 and the remedy",
  async () => {
    const options = ["-U", "root"];
    const daemon = spawnDaemon({ p2pPort: await freePort(), httpPort: await freePort(), options });
    expect(await daemon.exited).toBe(1);
    expect(daemon.stderr()).toMatch(/-U root: only root can become another user/);
  },
);

/** The uids of the sockets bound to this port; for TCP only those that listen. Source: proc_net(5). */
function socketOwners(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync(`/proc/net/${table}`, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => {
      return local?.endsWith(wanted) && (table.startsWith("udp") || state === "0A");
    })
    .map((fields) => fields[7] ?? "");
}
