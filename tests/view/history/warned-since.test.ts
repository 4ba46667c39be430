import { describe, expect, test } from "bun:test";
import type { Entry, EntryQuery } from "../../../src/store/history-types.ts";
import { createWarnedSince } from "../../../src/view/history/warned-since.ts";

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

describe("the time since which a machine has been swapping", () => {
  const cases: readonly (readonly [string, string, number | undefined, boolean])[] = [
    ["one entry", "...s", 3, false],
    ["the entries since an outage", "ssdsss", 3, false],
    ["more entries than are read at once", `.${"s".repeat(100)}`, 1, false],
    ["all entries there are", "s".repeat(48), 0, true],
    ["a newest entry without swapping", "sss.", undefined, false],
    ["a machine that is down", "sssd", undefined, false],
    ["a machine without entries", "", undefined, false],
    ["a machine with a full disk", "fff", undefined, false],
  ];
  for (const [name, letters, minute, isAtLeast] of cases) {
    test(`is right for ${name}`, () => {
      const wanted = minute === undefined ? undefined : { sinceWallMs: minute * 60_000, isAtLeast };
      expect(historyOf(letters).since("m1", "swapping")).toEqual(wanted);
    });
  }

  test("is at least three days where reading further back would take too long", () => {
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

  test("is known of a full disk too, and never of a clock", () => {
    const { since } = historyOf(".ff");
    expect(since("m1", "disk")).toEqual({ sinceWallMs: 60_000, isAtLeast: false });
    expect(since("m1", "clock")).toBeUndefined();
  });

  test("is worked out again only after a new entry, and then from the newest entries alone", () => {
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
