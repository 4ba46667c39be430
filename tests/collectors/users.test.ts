/** Tests the collector of logged-in users: idle time, remote host and foreground command. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Section } from "../../src/collectors/collector.ts";
import { users } from "../../src/collectors/users.ts";
import { fixture, withRoot } from "../linux/fixture.ts";
import { utmp } from "../linux/utmp.ts";
import { NOW, readingOf, reportOfFirst } from "./collect.ts";

function collected(root: string): Section {
  const found = readingOf(users, root);
  if (!found.ok) throw new Error(found.reason);
  return reportOfFirst(users, found.value);
}

describe("users", () => {
  test("are asked of logind where there is no utmp, without those whose leader has ended", () => {
    const report = collected(fixture("no-utmp"));
    expect(report.userCount).toBe(2);
    expect(report.users?.find((user) => user.name === "alice")).toMatchObject({
      terminal: "pts/0",
      from: "192.0.2.7",
      loginAgeSeconds: 3600,
    });
  });

  test("are at most 10 of the living, the least idle first, and all are counted", () =>
    withRoot((root) => {
      const logins = Array.from({ length: 14 }, (_, i) => {
        return {
          pid: 100 + i,
          line: `pts/${i}`,
          user: `u${i}`,
          host: i === 3 ? ":0" : "192.0.2.7",
        };
      });
      root.write("var/run/utmp", utmp(384, [...logins, { pid: 99, user: "gone" }]));
      for (const [index, { pid, line }] of logins.entries()) {
        root.write(`proc/${pid}/stat`, "");
        root.write(`dev/${line}`, "");
        const atime = NOW.wallMs / 1000 - (100 - index);
        utimesSync(join(root.path, "dev", line), atime, atime);
      }
      const report = collected(root.path);
      expect(report.userCount).toBe(14);
      expect(report.users?.map((user) => user.idleSeconds)).toEqual([
        87, 88, 89, 90, 91, 92, 93, 94, 95, 96,
      ]);
      expect(report.users?.[0]).toMatchObject({
        name: "u13",
        terminal: "pts/13",
        from: "192.0.2.7",
      });
    }));

  test("come with the command in the foreground of a real terminal's device", () =>
    withRoot((root) => {
      // /dev/null stands for a terminal: device 1:3, which tty_nr writes as 1 × 256 + 3.
      root.write("var/run/utmp", utmp(384, [{ pid: 7, line: "console" }]));
      const rest = "1 7 7 259 7 4194304 102 0 0 0 5 3 1 1 20 0 1 0 70213 3133440 380 1";
      root.write("proc/7/stat", `7 (vim) S ${rest}\n`);
      mkdirSync(join(root.path, "dev"));
      symlinkSync("/dev/null", join(root.path, "dev/console"));
      expect(collected(root.path).users).toMatchObject([{ command: "vim", from: "" }]);
    }));

  test("have no idle time by a line that leads out of /dev", () =>
    withRoot((root) => {
      root.write("var/run/utmp", utmp(384, [{ pid: 7, line: "../proc/7/stat" }]));
      root.write("proc/7/stat", "");
      const report = collected(root.path);
      expect(report.userCount).toBe(1);
      expect(report.users?.[0]?.idleSeconds).toBeUndefined();
    }));

  test("are a problem with a remedy where neither file is there", () => {
    expect(readingOf(users, fixture("container"))).toMatchObject({
      ok: false,
      reason: "neither /var/run/utmp nor /run/systemd/sessions exists",
      remedy: "start systemd-logind, or let the login programs write /var/run/utmp",
    });
  });
});
