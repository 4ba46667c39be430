/** Records of logins in both layouts. */
import { describe, expect, test } from "bun:test";
import { parseUtmp } from "../../src/linux/utmp.ts";
import { type Login, utmp } from "./utmp.ts";

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
