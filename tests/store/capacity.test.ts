import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { cpSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { carryOver } from "../../src/store/carry.ts";
import { openDatabase, usedBytes } from "../../src/store/database.ts";
import { applyChange } from "../../src/store/tables.ts";
import { down, INTERVAL_MS, machine, noise, Place, T0, up, words } from "./support.ts";

const MEBIBYTE = 2 ** 20;
/** The limit of tests that write much: 2 s here, and many times that where others use the disk. */
const SLOW_DISK_MS = 60_000;
let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

const sizeOnDisk = (): number =>
  readdirSync(place.directory)
    .map((name) => statSync(join(place.directory, name)).size)
    .reduce((sum, size) => sum + size, 0);

const sizeOfLog = (directory = place.directory): number =>
  readdirSync(directory)
    .filter((name) => name.endsWith("-wal"))
    .reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);

for (const inMemory of [false, true]) {
  const caps = { fileBytes: 2 * MEBIBYTE, memoryBytes: 2 * MEBIBYTE };

  test(`at the cap ${inMemory ? "in memory" : "on disk"} the oldest entries go first, and it is said`, () => {
    const history = place.open({ inMemory, caps });
    history.append("gone long ago", up(0));
    history.append("gone long ago", down(1));
    for (let index = 2; index < 130; index++) {
      for (const id of ["a", "b", "c"]) {
        history.append(id, up(index, { messages: [noise(12_000, index)] }));
      }
      history.flush();
    }
    expect(history.notices()).toEqual([
      expect.stringMatching(
        inMemory ? /cap of 2 MB in memory: the oldest/ : /cap of 2 MB on disk: the oldest/,
      ),
    ]);
    expect(place.logged.length).toBe(1);
    // The file, its log included, and what one write adds before the cap is looked at.
    if (!inMemory) expect(sizeOnDisk()).toBeLessThan(caps.fileBytes + 5 * MEBIBYTE);
    const kept = words(history, "a");
    expect(kept.length).toBeGreaterThan(40);
    expect(kept.length).toBeLessThan(100);
    expect(kept).toEqual(kept.map((_, index) => `r${129 - index}`));
    expect(words(history, "b")).toEqual(kept);
    expect(words(history, "gone long ago")).toContain("r0");
  });

  test(`the last reports of machines stay although they exceed the cap ${inMemory ? "in memory" : "on disk"}`, () => {
    const history = place.open({
      inMemory,
      caps: { fileBytes: 200_000, memoryBytes: 200_000 },
    });
    for (let index = 0; index < 60; index++) {
      history.append(`m${index}`, up(index, { messages: [noise(12_000, index)] }));
    }
    history.flush();
    for (let index = 0; index < 60; index++) {
      expect(words(history, `m${index}`)).toEqual([`r${index}`]);
    }
  });
}

test("over the cap on machines, the one not heard for the longest time is deleted", () => {
  const history = place.open({ caps: { machines: 3 } });
  for (const [index, id] of ["a", "b", "c"].entries()) {
    history.remember(machine(id, { lastHeardWallMs: T0 + index }));
    history.append(id, up(index));
  }
  history.remember(machine("a", { lastHeardWallMs: T0 + 9 }));
  history.append("d", up(5));
  expect([...history.strips(0).keys()].sort()).toEqual(["a", "c", "d"]);
  expect(words(history, "b")).toEqual([]);
});

test("4,096 machines are remembered, reported and read again", () => {
  const history = place.open();
  for (let index = 0; index < 4096; index++) {
    history.remember(machine(`m${index}`));
    history.append(`m${index}`, up(index % 7));
  }
  history.close();
  const again = place.open();
  expect(again.knownMachines().length).toBe(4096);
  expect(again.strips(0).size).toBe(4096);
  expect([...again.strips(0).values()].every((points) => points.length === 1)).toBe(true);
  expect(again.at(T0 + 2.5 * INTERVAL_MS).size).toBe(Math.floor(4096 / 7));
  expect(again.notices()).toEqual([]);
});

test("the strips of 1,000 machines with 144 entries each are read from less than 16 MB", () => {
  place.fill({ machines: 1000, entries: 144 });
  const history = place.open();
  const strips = history.strips(T0);
  expect(strips.size).toBe(1000);
  expect([...strips.values()].every((points) => points.length === 144)).toBe(true);
  history.close();
  // All that is on the disk here: the reports stand apart, and nobody reads past them.
  expect(sizeOnDisk()).toBeLessThan(16 * MEBIBYTE);
});

test("a copy holds the newest entries of each machine, within its cap in bytes", () => {
  const source = openDatabase(":memory:");
  const target = openDatabase(":memory:");
  for (let index = 0; index < 20; index++) {
    const id = `m${index}`;
    applyChange(source, { kind: "remember", machine: machine(id) }, 100);
    for (let entry = 0; entry < 50; entry++) {
      const messages = [noise(1500, entry)];
      applyChange(source, { kind: "append", id, entry: up(entry, { messages }) }, 100);
    }
  }
  const limits = { maxMachines: 100, entriesPerMachine: 144, maxBytes: 20 * 3072 * 10 };
  target.transaction(() => carryOver(source, target, limits))();
  expect(usedBytes(target)).toBeLessThan(2 * limits.maxBytes);
  const counted = target
    .query("SELECT count(*), min(at), max(at) FROM entries GROUP BY machine")
    .values();
  expect(counted.length).toBe(20);
  for (const row of counted) {
    expect(row).toEqual([10, T0 + 40 * INTERVAL_MS, T0 + 49 * INTERVAL_MS]);
  }
  source.close();
  target.close();
});

test.each([
  { what: "within its cap in bytes", maxBytes: MEBIBYTE, kept: [5, 4, 3] },
  { what: "over its cap in bytes", maxBytes: 1, kept: [3] },
])("a copy $what holds the last report of a machine that has been down twice since", (row) => {
  const source = openDatabase(":memory:");
  const target = openDatabase(":memory:");
  for (const entry of [up(2), up(3), down(4, 5), down(5)]) {
    applyChange(source, { kind: "append", id: "a", entry }, 100);
  }
  const limits = { maxMachines: 100, entriesPerMachine: 1, maxBytes: row.maxBytes };
  target.transaction(() => carryOver(source, target, limits))();
  const times = target.query("SELECT at FROM entries ORDER BY at DESC").values().flat();
  expect(times).toEqual(row.kept.map((index) => T0 + index * INTERVAL_MS));
  const reports = target.query("SELECT e.at FROM entries e JOIN reports r ON r.rowid = e.report");
  expect(reports.values()).toEqual([[T0 + 3 * INTERVAL_MS]]);
  source.close();
  target.close();
});

test("a report is deleted with its entry", () => {
  const history = place.open({ entriesPerMachine: 2 });
  for (let index = 0; index < 20; index++) history.append("a", up(index));
  history.append("a", up(19));
  history.append("b", up(1));
  history.forget("b");
  history.close();
  const name = readdirSync(place.directory)[0] ?? "";
  const database = new Database(join(place.directory, name));
  expect(database.query("SELECT count(*) AS count FROM reports").get()).toEqual({ count: 2 });
  expect(database.query("SELECT count(*) AS count FROM entries").get()).toEqual({ count: 2 });
  database.close();
});

test(
  "the write-ahead log is moved into the file by a flush, and not while a reader waits",
  () => {
    const history = place.open({});
    let [index, most] = [0, 0];
    const round = () => {
      for (let count = 0; count < 500; count++, index++) {
        history.append(`m${index % 50}`, up(index, { messages: [noise(3000, index)] }));
      }
      history.strips(0, ["m0"]);
      most = Math.max(most, sizeOfLog());
    };
    for (let count = 0; count < 6; count++) round();
    expect(most).toBeGreaterThan(8 * MEBIBYTE);
    history.flush();
    const grown = most;
    for (let count = 0; count < 6; count++) {
      round();
      history.flush();
    }
    expect(most).toBe(grown);
  },
  SLOW_DISK_MS,
);

test(
  "the write-ahead log does not grow from run to run where none ends cleanly",
  () => {
    let { directory } = place;
    let index = 0;
    for (let run = 0; run < 10; run++) {
      const history = place.open({ directory });
      for (let count = 0; count < 200; count++, index++) {
        history.append(`m${index % 20}`, up(index, { messages: [noise(6000, index)] }));
        if (count % 50 === 0) history.flush();
      }
      history.flush();
      // As a power cut would leave it.
      const next = join(place.directory, `${run}`);
      for (const name of readdirSync(directory).filter((one) => one.includes("."))) {
        cpSync(join(directory, name), join(next, name));
      }
      directory = next;
    }
    const history = place.open({ directory });
    expect(words(history, "m7").length).toBe(100);
    expect(sizeOfLog(directory)).toBeLessThan(4 * MEBIBYTE);
  },
  SLOW_DISK_MS,
);
