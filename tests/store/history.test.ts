import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../../src/protocol/report.ts";
import type { EntryQuery } from "../../src/store/history-types.ts";
import { down, INTERVAL_MS, machine, noise, Place, report, T0, up, words } from "./support.ts";

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

for (const inMemory of [false, true]) {
  describe(inMemory ? "in memory" : "in a file", () => {
    test("entries come back whole, the pending ones too, newest first", () => {
      const history = place.open({ inMemory });
      const full = report("alpha", {
        cpu: { idlePercent: 12.5, cores: [1, 2] },
        messages: ["ä 😀"],
      });
      history.append("a", { state: "up", atWallMs: T0, report: full });
      history.append("a", up(1));
      history.append("b", up(1));
      expect(history.entries("a", { limit: 10 })).toEqual([
        up(1),
        { state: "up", atWallMs: T0, report: full },
      ]);
      expect(history.entries("nobody", { limit: 10 })).toEqual([]);
      expect(history.notices()).toEqual([]);
    });

    test("limit and before cut the list of entries", () => {
      const history = place.open({ inMemory });
      for (let index = 0; index < 10; index++) history.append("a", up(index));
      expect(words(history, "a", 3)).toEqual(["r9", "r8", "r7"]);
      const before = { limit: 2, beforeWallMs: T0 + 4 * INTERVAL_MS };
      expect(history.entries("a", before)).toEqual([up(3), up(2)]);
      for (const limit of [0, -1, Number.NaN]) {
        expect(history.entries("a", { limit })).toEqual([]);
      }
      expect(history.entries("a", { limit: Number.POSITIVE_INFINITY }).length).toBe(10);
    });

    test("pages of one entry each give an outage and a report of the same time once", () => {
      const history = place.open({ inMemory });
      for (const index of [0, 1, 2]) history.append("a", up(index));
      history.append("a", down(1, 2));
      const read: string[] = [];
      let query: EntryQuery = { limit: 1 };
      for (let page = 0; page < 6; page++) {
        const [entry] = history.entries("a", query);
        if (entry === undefined) break;
        read.push(`${entry.state} ${(entry.atWallMs - T0) / INTERVAL_MS}`);
        query = { limit: 1, beforeWallMs: entry.atWallMs, beforeState: entry.state };
      }
      expect(read).toEqual(["up 2", "down 1", "up 1", "up 0"]);
    });

    test("a report of the same time replaces the earlier one", () => {
      const history = place.open({ inMemory });
      history.append("a", up(0));
      history.append("a", { state: "up", atWallMs: T0, report: report("again") });
      expect(words(history, "a")).toEqual(["again"]);
    });

    test("the last entries of each machine are kept", () => {
      const history = place.open({ inMemory, entriesPerMachine: 3 });
      for (let index = 0; index < 10; index++) history.append("a", up(index));
      history.append("b", up(0));
      expect(words(history, "a")).toEqual(["r9", "r8", "r7"]);
      expect(words(history, "b")).toEqual(["r0"]);
    });

    test("outages never displace the last report", () => {
      const history = place.open({ inMemory, entriesPerMachine: 3 });
      for (let index = 0; index < 4; index++) history.append("a", up(index));
      for (let index = 4; index < 14; index += 2) {
        history.append("a", down(index));
        history.endOutage("a", T0 + (index + 1) * INTERVAL_MS);
      }
      expect(words(history, "a")).toEqual(["down 12-13", "down 10-11", "down 8-9", "r3"]);
      history.append("a", up(20));
      history.append("a", up(21));
      history.append("a", up(22));
      expect(words(history, "a")).toEqual(["r22", "r21", "r20"]);
    });

    test("with one entry kept, a machine that is down keeps its report and its outage", () => {
      const history = place.open({ inMemory, entriesPerMachine: 1 });
      history.append("a", up(0));
      history.append("a", up(1));
      history.append("a", down(1));
      expect(words(history, "a")).toEqual(["down 1-", "r1"]);
    });

    test("an outage is one entry with a begin and an end", () => {
      const history = place.open({ inMemory });
      history.append("a", up(0));
      history.append("a", down(1));
      history.append("a", down(2));
      expect(words(history, "a")).toEqual(["down 1-", "r0"]);
      history.endOutage("a", T0 + 3 * INTERVAL_MS);
      history.endOutage("a", T0 + 9 * INTERVAL_MS);
      history.endOutage("nobody", T0);
      expect(words(history, "a")).toEqual(["down 1-3", "r0"]);
    });

    test("a machine that is stopped and then down has two outages, one after the other", () => {
      const history = place.open({ inMemory });
      history.append("a", { state: "stopped", atWallMs: T0 });
      history.append("a", down(3));
      expect(words(history, "a")).toEqual(["down 3-", "stopped 0-3"]);
    });

    test("an open outage that a report followed ends at that report when the next outage begins", () => {
      const history = place.open({ inMemory });
      history.append("a", down(1));
      history.append("a", up(3));
      history.append("a", down(5));
      expect(words(history, "a")).toEqual(["down 5-", "r3", "down 1-3"]);
    });

    test("an outage never ends before it began, whatever the wall clock does", () => {
      const history = place.open({ inMemory });
      history.append("a", down(5));
      history.endOutage("a", T0);
      history.append("b", down(5, 2));
      expect(words(history, "a")).toEqual(["down 5-5"]);
      expect(words(history, "b")).toEqual(["down 5-5"]);
    });

    test("entries with impossible times are left out, and the others are kept", () => {
      const history = place.open({ inMemory });
      for (const atWallMs of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
        history.append("a", { state: "up", atWallMs, report: report("mad") });
        history.append("a", { state: "down", atWallMs });
      }
      history.endOutage("a", Number.NaN);
      history.append("a", { ...up(0), atWallMs: T0 + 0.4 });
      expect(words(history, "a")).toEqual(["r0"]);
      expect(history.notices()).toEqual([]);
    });

    test("known machines come back whole, those heard last first", () => {
      const history = place.open({ inMemory });
      const whole = machine("b", {
        lastHeardWallMs: T0 + 5,
        incarnation: "77",
        reportAtWallMs: T0,
      });
      history.remember(machine("a"));
      history.remember(machine("b"));
      history.remember(whole);
      history.append("b", { state: "up", atWallMs: T0, report: report("b") });
      history.append("never remembered", up(0));
      expect(history.knownMachines()).toEqual([{ ...whole, report: report("b") }, machine("a")]);
    });

    test("a machine that is forgotten leaves nothing", () => {
      const history = place.open({ inMemory });
      for (const id of ["a", "b"]) {
        history.remember(machine(id));
        history.append(id, up(0));
      }
      history.forget("a");
      history.forget("nobody");
      expect(history.knownMachines()).toEqual([machine("b")]);
      expect(words(history, "a")).toEqual([]);
      expect([...history.strips(0).keys()]).toEqual(["b"]);
    });

    test("a renamed machine takes its history along", () => {
      const history = place.open({ inMemory });
      history.remember(machine("10.0.0.7"));
      history.append("10.0.0.7", up(0));
      history.rename("10.0.0.7", "a");
      expect(history.knownMachines()).toEqual([machine("a", { name: "name-10.0.0.7" })]);
      expect(words(history, "a")).toEqual(["r0"]);
      expect(words(history, "10.0.0.7")).toEqual([]);
    });

    test("a rename to a known machine joins both, and the known machine's entries win", () => {
      const history = place.open({ inMemory, entriesPerMachine: 3 });
      history.remember(machine("old", { lastHeardWallMs: T0 + 9 }));
      history.remember(machine("new"));
      for (const index of [0, 1, 2]) history.append("old", up(index));
      history.append("new", { state: "up", atWallMs: T0 + INTERVAL_MS, report: report("own") });
      history.append("new", up(3));
      history.rename("old", "new");
      history.rename("old", "nobody");
      history.rename("new", "new");
      expect(history.knownMachines()).toEqual([machine("new")]);
      expect(words(history, "new")).toEqual(["r3", "r2", "own"]);
    });
  });
}

test("the strips hold the numbers of every machine, oldest first", () => {
  const history = place.open();
  const busy: Partial<Report> = {
    cpu: { idlePercent: 30 },
    disk: { readBytesPerSecond: 100, writeBytesPerSecond: 11 },
    uptimeSeconds: 77,
  };
  history.append("a", up(0, busy));
  history.append("a", down(1));
  history.endOutage("a", T0 + 2 * INTERVAL_MS);
  history.append("a", { state: "up", atWallMs: T0 + 3 * INTERVAL_MS, report: { name: "bare" } });
  history.append("a", up(4, { cpu: { idlePercent: 150 }, disk: { writeBytesPerSecond: 5 } }));
  history.append("b", down(0));
  const at = (index: number): number => T0 + index * INTERVAL_MS;
  expect(history.strips(at(0)).get("a")).toEqual([
    { atWallMs: at(0), state: "up", cpuPercent: 70, diskBytesPerSecond: 111, uptimeSeconds: 77 },
    { atWallMs: at(1), state: "down", untilWallMs: at(2) },
    { atWallMs: at(3), state: "up" },
    { atWallMs: at(4), state: "up", cpuPercent: 0, diskBytesPerSecond: 5, uptimeSeconds: 1000 },
  ]);
  const later = history.strips(at(2));
  expect(later.get("a")?.map((point) => point.atWallMs)).toEqual([at(1), at(3), at(4)]);
  expect(later.get("b")).toEqual([{ atWallMs: at(0), state: "down" }]);
  expect(history.strips(at(9)).get("a")).toEqual([]);
  expect([...history.strips(at(2), ["a", "nobody", "'; --"])]).toEqual([
    ["a", later.get("a") ?? []],
  ]);
  expect(history.strips(at(2), []).size).toBe(0);
});

describe("the entry that covers a time", () => {
  const at = (index: number): number => T0 + index * INTERVAL_MS;
  const cases: readonly [string, number, string | undefined][] = [
    ["the moment of a report", at(1), "r1"],
    ["the interval before a report", at(0.5), "r1"],
    ["the time just after a report", at(1) + 1, "r2"],
    ["the interval of the first report", at(-0.5), "r0"],
    ["the time long before the first report", at(-2), undefined],
    ["a time within an outage", at(3), "down"],
    ["the end of an outage", at(4), "down"],
    ["a time in a short interval", at(8) - 5000, "r8"],
    ["the time before a short interval", at(7), undefined],
    ["the time after the last entry", at(9), undefined],
  ];
  for (const [what, wallMs, expected] of cases) {
    test(`is ${expected ?? "none"} for ${what}`, () => {
      const history = place.open();
      for (const index of [0, 1, 2, 5, 6]) history.append("a", up(index));
      history.append("a", down(2.5, 4));
      history.append("a", up(8, { averageSeconds: 10 }));
      history.append("open", down(1));
      const found = history.at(wallMs);
      const entry = found.get("a");
      expect(entry?.state === "up" ? entry.report.name : entry?.state).toBe(expected);
      expect(found.has("open")).toBe(wallMs >= at(1));
    });
  }

  test("is there at any time, though a report came a little late", () => {
    const history = place.open();
    history.append("a", up(0));
    history.append("a", { ...up(1), atWallMs: at(1) + 3000 });
    for (let wallMs = at(0); wallMs <= at(1); wallMs += 1000) {
      expect(history.at(wallMs).get("a")?.state).toBe("up");
    }
  });

  test("is a report that does not tell its interval for the default one before it", () => {
    const history = place.open();
    history.append("a", { state: "up", atWallMs: at(1), report: { name: "old" } });
    expect(history.at(at(0.5)).has("a")).toBe(true);
    expect(history.at(at(-1)).has("a")).toBe(false);
  });
});

test("a restart keeps machines, entries and open outages", () => {
  const first = place.open();
  const known = machine("a", { reportAtWallMs: T0 });
  first.remember(known);
  first.append("a", up(0));
  first.append("a", down(1));
  first.close();
  const second = place.open();
  expect(second.knownMachines()).toEqual([{ ...known, report: report("r0") }]);
  expect(words(second, "a")).toEqual(["down 1-", "r0"]);
  second.endOutage("a", T0 + 2 * INTERVAL_MS);
  expect(words(second, "a")).toEqual(["down 1-2", "r0"]);
  expect(place.logged).toEqual([]);
});

describe("the last report of a machine", () => {
  const LARGE = report("large", { messages: [1, 2, 3, 4, 5].map((seed) => noise(250, seed)) });
  const known = machine("a", { reportAtWallMs: T0 });

  test("is stored once, as an entry, and comes back with the machine", () => {
    const history = place.open();
    history.remember(known);
    history.append("a", { state: "up", atWallMs: T0, report: LARGE });
    expect(history.knownMachines()).toEqual([{ ...known, report: LARGE }]);
    history.close();
    const [file = ""] = readdirSync(place.directory);
    const database = new Database(join(place.directory, file));
    const bytes = (sql: string) => Number(database.query(sql).values()[0]?.[0]);
    expect(bytes("SELECT sum(length(body)) FROM reports")).toBeGreaterThan(800);
    expect(bytes("SELECT sum(length(info)) FROM machines")).toBeLessThan(400);
    database.close();
  });

  test("is the one that came last, though the wall clock was set back before it came", () => {
    const history = place.open();
    history.append("a", up(5));
    history.append("a", up(2));
    history.remember(machine("a", { reportAtWallMs: T0 + 2 * INTERVAL_MS + 0.4 }));
    const [again] = history.knownMachines();
    expect([again?.report?.name, again?.reportAtWallMs]).toEqual(["r2", T0 + 2 * INTERVAL_MS]);
  });

  test("is the newest that there is, where the one that was remembered is lost", () => {
    const history = place.open();
    history.append("a", up(1));
    history.append("a", up(2));
    history.remember(machine("a", { reportAtWallMs: T0 + 3 * INTERVAL_MS }));
    expect(history.knownMachines()[0]?.report?.name).toBe("r2");
  });

  test("is left out where none is kept, or the one that is kept is damaged", () => {
    const history = place.open();
    history.remember(known);
    expect(history.knownMachines()).toEqual([machine("a")]);
    history.append("a", { state: "up", atWallMs: T0, report: LARGE });
    history.close();
    const [file = ""] = readdirSync(place.directory);
    const database = new Database(join(place.directory, file));
    database.run("UPDATE reports SET body = x'00'");
    database.close();
    const again = place.open();
    expect(again.knownMachines()).toEqual([machine("a")]);
    expect(again.notices().join()).toContain("damaged entry");
  });
});

test("another network has another file, and the first stays as it was", () => {
  const one = place.open({ signature: "one" });
  one.append("a", up(0));
  one.close();
  const two = place.open({ signature: "two" });
  expect(words(two, "a")).toEqual([]);
  two.close();
  expect(readdirSync(place.directory).length).toBe(2);
  for (const name of readdirSync(place.directory)) {
    expect(name).toMatch(/^history-[0-9a-f]{16}\.sqlite$/);
  }
  expect(words(place.open({ signature: "one" }), "a")).toEqual(["r0"]);
});

test("a closed history takes no more changes, and may be closed twice", () => {
  const history = place.open();
  history.append("a", up(0));
  history.close();
  history.close();
  history.append("a", up(1));
  history.flush();
  expect(words(place.open(), "a")).toEqual(["r0"]);
});
