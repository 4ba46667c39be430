import { describe, expect, test } from "bun:test";
import type { Entry, EntryQuery } from "../../src/store/history-types.ts";
import { createWarnedSince } from "../../src/view/history/warned-since.ts";

const MIB = 1024 * 1024;

/** One letter an entry, oldest first, a minute apart: s swaps, f has a full disk, d is down. */
function entriesOf(letters: string): Entry[] {
  return [...letters].map((letter, minute): Entry => {
    const atWallMs = minute * 60_000;
    if (letter === "d") return { state: "down", atWallMs, untilWallMs: atWallMs + 60_000 };
    const report = {
      name: "n",
      ...(letter === "s" ? { swap: { outBytesPerSecond: 9 * MIB } } : {}),
      ...(letter === "f" ? { filesystems: [{ mount: "/", totalBytes: 100, freeBytes: 1 }] } : {}),
    };
    return { state: "up", atWallMs, report };
  });
}

function historyOf(letters: string) {
  const history = { entries: entriesOf(letters), read: 0 };
  const since = createWarnedSince((_id: string, query: EntryQuery) => {
    const found = history.entries
      .filter(({ atWallMs }) => atWallMs < (query.beforeWallMs ?? Number.POSITIVE_INFINITY))
      .slice(-query.limit)
      .reverse();
    history.read += found.length;
    return found;
  });
  return { history, since };
}

describe("since when a machine swaps", () => {
  const cases: readonly (readonly [string, string, number | undefined, boolean])[] = [
    ["one entry ago", "...s", 3, false],
    ["since the end of an outage", "ssdsss", 3, false],
    ["longer than a batch of entries", `.${"s".repeat(100)}`, 1, false],
    ["as long as anybody knows", "s".repeat(48), 0, true],
    ["not yet for an entry", "sss.", undefined, false],
    ["while it is down", "sssd", undefined, false],
    ["without entries", "", undefined, false],
    ["with a full disk instead", "fff", undefined, false],
  ];
  for (const [name, letters, minute, isAtLeast] of cases) {
    test(`is told of ${name}`, () => {
      const wanted = minute === undefined ? undefined : { sinceWallMs: minute * 60_000, isAtLeast };
      expect(historyOf(letters).since("m1", "swapping")).toEqual(wanted);
    });
  }

  test("is told as at least three days, where going back further would hold up everything", () => {
    const { history, since } = historyOf("s".repeat(2000));
    expect(since("m1", "swapping")).toEqual({
      sinceWallMs: (2000 - 432) * 60_000,
      isAtLeast: true,
    });
    expect(history.read).toBe(433);
    // It grows from then on.
    history.entries = entriesOf("s".repeat(2100));
    expect(since("m1", "swapping")?.sinceWallMs).toBe((2000 - 432) * 60_000);
  });

  test("is told of a full disk too, and never of a clock", () => {
    const { since } = historyOf(".ff");
    expect(since("m1", "disk")).toEqual({ sinceWallMs: 60_000, isAtLeast: false });
    expect(since("m1", "clock")).toBeUndefined();
  });

  test("is read anew only when there is a new entry, and then no further than needed", () => {
    const { history, since } = historyOf(`.${"s".repeat(99)}`);
    since("m1", "swapping");
    history.read = 0;
    since("m1", "swapping");
    expect(history.read).toBe(1);
    history.entries = entriesOf(`.${"s".repeat(100)}`);
    expect(since("m1", "swapping")?.sinceWallMs).toBe(60_000);
    expect(history.read).toBeLessThan(30);
    history.entries = entriesOf(`.${"s".repeat(100)}.`);
    expect(since("m1", "swapping")).toBeUndefined();
  });
});
