/** Sessions as systemd-logind writes them. */
import { describe, expect, test } from "bun:test";
import { parseLogindSession, readLogindSessions } from "../../src/linux/logind-sessions.ts";
import { fixture } from "./fixture.ts";

describe("parseLogindSession", () => {
  const alice = "USER=alice\nTTY=pts/0\nLEADER=42\nREALTIME=1700000000123456\n";
  const record = { pid: 42, line: "pts/0", user: "alice", host: "", loginSeconds: 1_700_000_000 };
  const table: [string, string, object | undefined][] = [
    ["takes a session of old systemd, without a class", alice, record],
    ["takes a user's session", `${alice}CLASS=user\n`, record],
    [
      "tells where a session comes from",
      `${alice}REMOTE_HOST=host.example\n`,
      { ...record, host: "host.example" },
    ],
    [
      "takes a session without a terminal",
      "USER=bob\nLEADER=4\n",
      { pid: 4, line: "", user: "bob", host: "", loginSeconds: 0 },
    ],
    [
      "takes a session on a display",
      "USER=bob\nDISPLAY=:0\nLEADER=4\n",
      { pid: 4, line: ":0", user: "bob", host: "", loginSeconds: 0 },
    ],
    ["leaves out a greeter's", `${alice}CLASS=greeter\n`, undefined],
    ["leaves out that of a user's service manager", `${alice}CLASS=manager\n`, undefined],
    ["leaves out one that is closing", `${alice}STATE=closing\n`, undefined],
    ["leaves out one without a user", "LEADER=4\n", undefined],
    ["leaves out an empty file", "", undefined],
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
