/** The query parameters of the JSON interface. */
import { describe, expect, test } from "bun:test";
import {
  readClusterQuery,
  readEntryQuery,
  readEventQuery,
  readFresh,
  readMachineQuery,
} from "../../src/api/query.ts";
import { createTimes } from "../../src/view/times.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 9);
const clock = { times: createTimes("UTC"), nowMs: NOW_MS };
const parameters = (query: string) => new URLSearchParams(query);
const entries = (query: string) => readEntryQuery(parameters(query), clock);

describe("the query of the cluster", () => {
  test.each([
    ["", "full"],
    ["report=summary", "summary"],
    ["report=none&fresh=2", "none"],
    ["fresh=0.5", "full"],
  ])("%j asks for the detail %s", (query, detail) => {
    expect(readClusterQuery(parameters(query))).toEqual({ detail } as never);
  });

  test.each([
    ["fresh=2", 2],
    ["fresh=0.125", 0.125],
    ["fresh=soon", undefined],
    ["fresh=-1", undefined],
    ["fresh=1e3", undefined],
    ["", undefined],
  ])("%j asks for reports of at most this age: %p", (query, seconds) => {
    expect(readFresh(parameters(query))).toBe(seconds as never);
  });
});

describe("the query of a machine's entries", () => {
  const beforeWallMs = Date.UTC(2026, 10, 24, 3, 10);

  test.each([
    ["", { limit: 144 }],
    ["limit=1000", { limit: 1000 }],
    ["before=2026-11-24T03:10:00Z", { limit: 144, beforeWallMs }],
    ["before=2026-11-24T03:10:00.000Z,up", { limit: 144, beforeWallMs, beforeState: "up" }],
    ["limit=1&before=2026-11-24T03:10:00Z,down", { limit: 1, beforeWallMs, beforeState: "down" }],
  ])("%j is read", (query, read) => {
    expect(entries(query)).toEqual(read as never);
  });
});

describe("the query of the events", () => {
  test.each([
    ["", null, undefined],
    ["since=17", null, 17],
    // A browser that connects again says what it has seen since then.
    ["since=17", "18", 18],
    ["since=17", "no number", 17],
    ["", "18", 18],
  ])("%j with the last event %j begins after version %p", (query, lastEventId, since) => {
    const read = readEventQuery(parameters(query), lastEventId);
    expect(read).toEqual(since === undefined ? { detail: "full" } : { detail: "full", since });
  });
});

describe("a wrong parameter", () => {
  const cluster = (query: string) => readClusterQuery(parameters(query));
  const events = (query: string) => readEventQuery(parameters(query), null);
  const machine = (query: string) => readMachineQuery(parameters(query));
  const cases: readonly (readonly [string, (query: string) => unknown, string])[] = [
    ["report=long", cluster, "report"],
    ["fresh=soon", cluster, "fresh"],
    ["raport=summary", cluster, "raport"],
    ["report=short", events, "report"],
    ["since=-1", events, "since"],
    ["since=1e3", events, "since"],
    ["since=9999999999999999", events, "since"],
    ["x=1", machine, "x"],
    ["limit=0", entries, "limit"],
    ["limit=1001", entries, "limit"],
    ["limit=-1", entries, "limit"],
    ["limit=1e2", entries, "limit"],
    ["limit=", entries, "limit"],
    ["before=yesterday", entries, "before"],
    [`before=${"9".repeat(4000)}`, entries, "before"],
    ["before=2026-11-24T03:10:00Z,gone", entries, "before"],
    ["before=,up", entries, "before"],
    [`${"x".repeat(4000)}=1`, entries, "x"],
  ];
  test.each(cases)("is named in a short sentence: %.40s", (query, read, parameter) => {
    const wrong = read(query) as { parameter: string; reason: string };
    expect(wrong.parameter).toStartWith(parameter);
    expect(wrong.reason).toContain(parameter);
    expect(wrong.reason.length).toBeLessThan(300);
  });
});
