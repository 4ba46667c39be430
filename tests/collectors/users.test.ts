/** Who is logged in: utmp in both layouts, logind where there is none, idle time and command. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { readUsers } from "../../src/collectors/users.ts";
import { parseLogindSession, readLogindSessions } from "../../src/linux/logind-sessions.ts";
import { parseUtmp } from "../../src/linux/utmp.ts";
import { fixture, withRoot } from "../linux/fixture.ts";

interface Login {
  readonly type?: number;
  readonly pid?: number;
  readonly line?: string;
  readonly user?: string;
  readonly host?: string;
  readonly seconds?: number;
}

/** A utmp file as x86-64 (384 bytes a record) or aarch64 (400) writes it. */
function utmp(layout: 384 | 400, logins: readonly Login[]): Uint8Array {
  const bytes = new Uint8Array(layout * logins.length);
  const view = new DataView(bytes.buffer);
  const put = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  for (const [index, login] of logins.entries()) {
    const at = index * layout;
    view.setInt16(at, login.type ?? 7, true);
    view.setInt32(at + 4, login.pid ?? 1, true);
    put(at + 8, login.line ?? "pts/0");
    put(at + 44, login.user ?? "alice");
    put(at + 76, login.host ?? "");
    const seconds = login.seconds ?? 1_700_000_000;
    if (layout === 384) {
      view.setInt32(at + 336, 4242, true);
      view.setUint32(at + 340, seconds, true);
      view.setUint32(at + 344, 999_999, true);
    } else {
      view.setBigInt64(at + 336, 4242n, true);
      view.setBigInt64(at + 344, BigInt(seconds), true);
      view.setBigInt64(at + 352, 999_999n, true);
    }
  }
  return bytes;
}

const several: readonly Login[] = [
  { type: 2, pid: 0, line: "~", user: "reboot", host: "6.1.0" },
  { type: 6, pid: 500, line: "tty1", user: "LOGIN" },
  { pid: 600, line: "pts/0", user: "alice", host: "192.0.2.7" },
  { type: 8, pid: 601, line: "pts/1", user: "" },
  { pid: 602, line: "pts/2", user: "bob", host: "2001:db8::1", seconds: 1_700_000_500 },
];

describe("parseUtmp", () => {
  const expected = [
    { pid: 600, line: "pts/0", user: "alice", host: "192.0.2.7", loginSeconds: 1_700_000_000 },
    { pid: 602, line: "pts/2", user: "bob", host: "2001:db8::1", loginSeconds: 1_700_000_500 },
  ];
  test.each([384, 400] as const)("finds the logins in records of %d bytes", (layout) => {
    expect(parseUtmp(utmp(layout, several))).toEqual({ ok: true, value: expected });
  });

  test.each([384, 400] as const)("tells records of %d bytes apart at any length", (layout) => {
    // 9,600 bytes is a whole number of records in both layouts.
    for (let count = 1; count <= 50; count += 1) {
      const result = parseUtmp(utmp(layout, Array(count).fill({ pid: 9, user: "bob" })));
      expect(result.ok && result.value.map((record) => record.user)).toEqual(
        Array(count).fill("bob"),
      );
    }
  });

  test("skips a last record that is cut off", () => {
    const bytes = utmp(384, several);
    const result = parseUtmp(bytes.subarray(0, bytes.length - 100));
    expect(result.ok && result.value).toEqual(expected.slice(0, 1));
  });

  test("takes times after 2038, as the 32-bit field can until 2106", () => {
    const result = parseUtmp(utmp(384, [{ seconds: 4_000_000_000 }]));
    expect(result.ok && result.value[0]?.loginSeconds).toBe(4_000_000_000);
  });

  test("a name that fills its field has no terminating zero", () => {
    const user = "a".repeat(32);
    const result = parseUtmp(utmp(384, [{ user, host: "h".repeat(256) }]));
    expect(result.ok && result.value[0]).toMatchObject({ user, host: "h".repeat(256) });
  });

  test("an empty file is nobody; other bytes are refused", () => {
    expect(parseUtmp(new Uint8Array())).toEqual({ ok: true, value: [] });
    expect(parseUtmp(new Uint8Array(1000).fill(0x41))).toMatchObject({ ok: false });
  });
});

describe("parseLogindSession", () => {
  const alice = "USER=alice\nTTY=pts/0\nLEADER=42\nREALTIME=1700000000123456\n";
  const record = { pid: 42, line: "pts/0", user: "alice", host: "", loginSeconds: 1_700_000_000 };
  const table: [string, string, object | undefined][] = [
    ["a session of old systemd, without a class", alice, record],
    ["a user's", `${alice}CLASS=user\n`, record],
    ["from elsewhere", `${alice}REMOTE_HOST=host.example\n`, { ...record, host: "host.example" }],
    [
      "without a terminal",
      "USER=bob\nLEADER=4\n",
      { pid: 4, line: "", user: "bob", host: "", loginSeconds: 0 },
    ],
    [
      "on a display",
      "USER=bob\nDISPLAY=:0\nLEADER=4\n",
      { pid: 4, line: ":0", user: "bob", host: "", loginSeconds: 0 },
    ],
    ["a greeter's", `${alice}CLASS=greeter\n`, undefined],
    ["the manager's", `${alice}CLASS=manager\n`, undefined],
    ["one that is closing", `${alice}STATE=closing\n`, undefined],
    ["nobody's", "LEADER=4\n", undefined],
    ["nothing", "", undefined],
  ];
  test.each(table)("%s", (_, text, expected) => {
    expect(parseLogindSession(text)).toEqual(expected as never);
  });

  test("reads the sessions and leaves the FIFOs beside them alone", () => {
    const result = readLogindSessions(fixture("no-utmp"));
    const names = result.ok ? result.value.map((record) => record.user).sort() : [];
    expect(names).toEqual(["alice", "bob", "carol"]);
  });
});

describe("readUsers", () => {
  const now = { elapsedMs: 0, wallMs: 1_700_003_600_000 };
  const nothing = new Map<number, string>();

  test("without utmp asks logind; a session whose leader has ended is nobody's", () => {
    const result = readUsers({ root: fixture("no-utmp"), now, foreground: nothing });
    const users = result.ok ? result.value.users : [];
    expect(result.ok && result.value.count).toBe(2);
    expect(users.find((user) => user.name === "alice")).toMatchObject({
      terminal: "pts/0",
      from: "192.0.2.7",
      loginAgeSeconds: 3600,
    });
  });

  test("shows at most 10 of the living, the least idle first, and counts them all", () =>
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
        const atime = now.wallMs / 1000 - (100 - index);
        utimesSync(join(root.path, "dev", line), atime, atime);
      }
      const result = readUsers({ root: root.path, now, foreground: nothing });
      const section = result.ok ? result.value : { users: [], count: 0 };
      expect(section.count).toBe(14);
      expect(section.users.map((user) => user.idleSeconds)).toEqual([
        87, 88, 89, 90, 91, 92, 93, 94, 95, 96,
      ]);
      expect(section.users[0]).toMatchObject({
        name: "u13",
        terminal: "pts/13",
        from: "192.0.2.7",
      });
    }));

  test("names the command in the foreground of a real terminal's device", () =>
    withRoot((root) => {
      // /dev/null stands for a terminal: device 1:3, which tty_nr writes as 1 × 256 + 3.
      root.write("var/run/utmp", utmp(384, [{ pid: 7, line: "console" }]));
      root.write("proc/7/stat", "");
      mkdirSync(join(root.path, "dev"));
      symlinkSync("/dev/null", join(root.path, "dev/console"));
      const foreground = new Map([[259, "vim"]]);
      const result = readUsers({ root: root.path, now, foreground });
      expect(result.ok && result.value.users[0]).toMatchObject({ command: "vim", from: "" });
    }));

  test("a line that points out of /dev is not followed", () =>
    withRoot((root) => {
      root.write("var/run/utmp", utmp(384, [{ pid: 7, line: "../proc/7/stat" }]));
      root.write("proc/7/stat", "");
      const result = readUsers({ root: root.path, now, foreground: nothing });
      expect(result.ok && result.value.users[0]?.idleSeconds).toBeUndefined();
      expect(result.ok && result.value.count).toBe(1);
    }));

  test("with neither says so", () => {
    expect(readUsers({ root: fixture("container"), now, foreground: nothing })).toMatchObject({
      reason: "neither /var/run/utmp nor /run/systemd/sessions exists",
    });
  });
});
