/** The history's file as an older program, a bad disk or an editor may have left it. */

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { Cluster } from "../../src/cluster/cluster.ts";
import type { Report } from "../../src/protocol/report.ts";
import { parseReport } from "../../src/protocol/report-json.ts";
import { historyFile } from "../../src/store/history-file.ts";
import type { KnownMachine } from "../../src/store/history-types.ts";
import { packJson } from "../../src/store/packed-json.ts";
import { handlerOver } from "../http/handler-over.ts";
import { LAB, sampleSource } from "../page/sample-cluster.ts";
import { machine, Place, T0, up } from "../store/support.ts";
import { oddValue, runs, spoiledJson } from "./spoil.ts";

let place: Place;
beforeAll(() => {
  place = new Place();
});
afterAll(() => place.remove());

/** Only two machines, because each page is rendered hundreds of times. */
const sample = sampleSource({ sketches: LAB.slice(0, 2), cells: 3 });
const REPORTS = sample.view.machines.flatMap(({ report }) => report ?? []).slice(0, 4);
const KNOWN: readonly KnownMachine[] = [
  machine("a1"),
  machine("10.0.0.7", { protocol: 1, state: "down", httpPort: 8000 }),
  {
    ...machine("b2", { incarnation: "b", sequence: 7, retiredIncarnations: ["a"] }),
    ...(REPORTS[0] === undefined ? {} : { report: REPORTS[0], reportAtWallMs: T0 }),
  },
];

/** A column holds a number, or whatever a damaged page makes of it. */
const column = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: T0 - 1e7, max: T0 + 1e7 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[0, -1, 1, 2, 99, 0.5, 2 ** 53, -(2 ** 53), 8.64e15, 9e15, 1e300, -1e300, 1e-300],
      ...[Number.POSITIVE_INFINITY, null, "", "x", "12", "1e400", new Uint8Array([1, 2])],
    ),
  },
);
const body = fc.oneof(
  spoiledJson(REPORTS).map((report) => packJson(report)),
  fc.oneof(oddValue, fc.constant("text")).map((value) => packJson(value)),
  fc.uint8Array({ maxLength: 40 }),
);
const row = fc.record({
  ...{ at: column, state: fc.oneof(fc.constantFrom<unknown>(0, 0, 0, 1, 2), column) },
  ...{ until: column, cpu: column, disk: column, uptime: column, span: column, body },
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

/** Writes one machine and its rows into the file without the history's own code. */
function plant(rows: readonly Row[], info: Uint8Array): void {
  const history = place.open();
  history.append("a1", up(0));
  history.flush();
  place.close();
  const database = new Database(historyFile(place.directory, "test"));
  database.run("DELETE FROM entries");
  database.run("DELETE FROM reports");
  database.run("UPDATE machines SET info = ?", [info]);
  const rowid = Number(database.query("SELECT rowid FROM machines").values()[0]?.[0]);
  for (const one of rows) {
    const report = database.run("INSERT INTO reports (body) VALUES (?)", [one.body]);
    try {
      database.run("INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [
        ...[rowid, one.at, one.state, one.until, one.cpu, one.disk, one.uptime, one.span],
        Number(report.lastInsertRowid),
      ] as never);
    } catch {
      // SQLite itself refuses a null here.
    }
  }
  database.close();
}

test("any row in the history's file gives a valid entry or none, and every page can be rendered from it", () => {
  const property = fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
    plant(rows, packJson(machine("a1")));
    const history = place.open();
    for (const entry of history.entries("a1", { limit: 100 })) {
      expect(() => new Date(entry.atWallMs).toISOString()).not.toThrow();
      if (entry.state !== "up") continue;
      expect(parseReport(entry.report)).toEqual({ ok: true, value: entry.report });
    }
    const [shown] = sample.view.machines;
    const only = <T>(map: ReadonlyMap<string, T>) =>
      new Map([...map].map(([, value]) => [shown?.id ?? "", value]));
    const handler = handlerOver({
      ...sample,
      entries: (_, query) => history.entries("a1", query),
      strips: (since) => only(history.strips(since)),
      at: (wallMs) => only(history.at(wallMs)),
    });
    const key = encodeURIComponent(shown?.id ?? "");
    const time = new Date(T0).toISOString();
    const paths = ["/", `/machines/${key}`, `/api/v1/machines/${key}/entries`, "/status.txt"];
    for (const path of [...paths, `/?at=${time}`, `/?open=${key}@${time}`]) {
      const request = new Request(`http://localhost${path}`, { headers: { host: "localhost" } });
      const answer = handler(request, "127.0.0.1");
      expect(answer instanceof Response && answer.status).toBe(200);
    }
    place.close();
  });
  fc.assert(property, runs(25));
});

test("any machine in the history's file is read as a valid one or not at all", () => {
  const info = fc.oneof(spoiledJson(KNOWN), oddValue).map((value) => packJson(value));
  const packed = fc.oneof(info, fc.uint8Array({ maxLength: 40 }));
  const property = fc.property(packed, fc.array(row, { maxLength: 3 }), (packed, rows) => {
    plant(rows, packed);
    const known = place.open().knownMachines();
    place.close();
    for (const one of known) inOrder(one);
    const now = { elapsedMs: 1000, wallMs: T0 };
    const core = new Cluster({
      ...{ now, signature: "lab", updateSeconds: 600, port: 10_080, maxPeers: 100 },
      self: { id: "self", incarnation: "boot", name: "me" },
      ranges: { allow: () => true, scan: { size: 0, at: () => undefined } },
      known,
      random: () => 0.5,
    });
    for (let ms = 0; ms < 5000; ms += 500) core.tick({ elapsedMs: 1000 + ms, wallMs: T0 + ms });
    JSON.stringify(core.machines({ elapsedMs: 6000, wallMs: T0 + 5000 }));
  });
  fc.assert(property, runs(40));
});

function inOrder(one: KnownMachine): void {
  expect(one.id).toBe("a1");
  expect(typeof one.name).toBe("string");
  expect(one.addresses.every((address) => typeof address === "string")).toBe(true);
  expect([1, 2]).toContain(one.protocol);
  expect(["new", "up", "silent", "stopped", "down"]).toContain(one.state);
  for (const ms of [one.stateSinceWallMs, one.lastHeardWallMs, one.reportAtWallMs ?? 0]) {
    expect(() => new Date(ms).toISOString()).not.toThrow();
  }
  if (one.report !== undefined) {
    expect(parseReport(one.report)).toEqual({ ok: true, value: one.report });
  }
}

/** The row of a report that was made at `T0`. */
function rowOf(report: Report): Row {
  const unknown = { until: null, cpu: null, disk: null, uptime: null, span: null };
  return { ...unknown, at: T0, state: 0, body: packJson(report) };
}

test("what the history has written is read back unchanged", () => {
  expect(LAB.length).toBeGreaterThan(0);
  for (const known of KNOWN) {
    const { report } = known;
    plant(report === undefined ? [] : [rowOf(report)], packJson(known));
    expect(place.open().knownMachines()).toEqual([{ ...known, id: "a1" }]);
    place.close();
  }
  const history = place.open();
  for (const [index, report] of REPORTS.entries()) {
    history.append("c3", { state: "up", atWallMs: T0 + index, report });
  }
  const read = history.entries("c3", { limit: 10 });
  expect(read.map((entry) => entry.state === "up" && entry.report)).toEqual([...REPORTS].reverse());
  place.close();
});
